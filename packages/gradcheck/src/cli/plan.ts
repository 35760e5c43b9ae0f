import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ResolvedSuite } from '../suite/suite.ts';
import { suitesIn } from '../suite/suite.ts';
import { configFrom, configIn } from './config.ts';
import type { GradcheckConfig, LoadedConfig, Settings } from './config.ts';
import { UsageError } from './errors.ts';
import { packageFolderOf, resolveTarget } from './resolve.ts';
import type { Target } from './resolve.ts';
import { sampleModulesIn } from './sample-modules.ts';
import { definitionSites } from './sites.ts';

/** What to load. */
export interface PlanRequest {
  /** The working directory: paths start here. */
  readonly folder: string;
  readonly config: string | undefined;
  readonly targets: readonly string[];
}

/** An op to check. */
export interface PlannedSuite {
  readonly suite: ResolvedSuite;
  readonly module: string;
  /** The folder of its package. */
  readonly folder: string;
}

/** Everything there is to check, in a fixed order, and the settings of the first configuration. */
export interface Plan {
  readonly suites: readonly PlannedSuite[];
  readonly settings: Settings;
}

/** An op of a plan as data. */
export interface PlannedOp {
  readonly index: number;
  readonly name: string;
  readonly module: string;
  readonly samples: number;
  readonly file?: string;
  readonly line?: number;
}

/**
 * Imports what is to be checked and finds the ops in it.
 *
 * @throws UsageError `GRADCHECK_LOAD_FAILED`, and those of configuration and resolution.
 */
export async function loadPlan(request: PlanRequest): Promise<Plan> {
  const sources = await sourcesOf(request);
  const suites: PlannedSuite[] = [];
  for (const { target, config } of sources) {
    for (const planned of await suitesOf(target, config)) addSuite(suites, planned);
  }
  const configs = sources.map(({ config }) => config);
  refuseUnknown(configs, suites);
  return { suites, settings: settingsOf(configs) };
}

/** Where suites come from: a module, or a configuration itself. */
interface Source {
  readonly target: Target | LoadedConfig;
  readonly config: GradcheckConfig;
}

async function sourcesOf({ folder, config, targets }: PlanRequest): Promise<readonly Source[]> {
  const given = config === undefined ? undefined : await configFrom(config);
  if (targets.length === 0) return sourcesIn(given ?? (await ownConfig(folder)));
  if (given !== undefined) return sourcesIn(given, targets, folder);
  const all = await Promise.all(
    targets.map(async (name) => {
      const home = packageFolderOf(name, folder);
      return home === undefined
        ? [{ target: resolveTarget(name, folder), config: {} }]
        : sourcesIn(await ownConfig(home));
    }),
  );
  return all.flat();
}

/** The configuration of a package; without one its entry point is checked. */
async function ownConfig(folder: string): Promise<LoadedConfig> {
  return (await configIn(folder)) ?? { config: {}, folder };
}

function sourcesIn(
  loaded: LoadedConfig,
  targets?: readonly string[],
  folder: string = loaded.folder,
): readonly Source[] {
  const { config } = loaded;
  const modules = targets ?? config.modules ?? (config.ops === undefined ? modulesOf(loaded) : []);
  return [
    ...opsOf(loaded),
    ...modules.map((name): Source => ({ target: resolveTarget(name, folder), config })),
  ];
}

/** The entry point of a package, and what its sample modules say of the ops in it. */
function modulesOf({ folder }: LoadedConfig): readonly string[] {
  return ['.', ...sampleModulesIn(folder)];
}

function opsOf(loaded: LoadedConfig): readonly Source[] {
  return loaded.config.ops === undefined ? [] : [{ target: loaded, config: loaded.config }];
}

async function suitesOf(
  target: Target | LoadedConfig,
  config: GradcheckConfig,
): Promise<readonly PlannedSuite[]> {
  const { folder } = target;
  const values: readonly unknown[] =
    'file' in target ? Object.values(await imported(target)) : [target.config.ops];
  const module = 'file' in target ? target.label : 'configuration';
  return values
    .flatMap((value) => suitesIn(value))
    .map((suite) => ({ suite: configured(suite, config), module, folder }));
}

async function imported({ file, label }: Target): Promise<object> {
  try {
    const module: unknown = await import(pathToFileURL(file).href);
    return Object(module);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`gradcheck: ${label} cannot be imported: ${why}`, {
      code: 'GRADCHECK_LOAD_FAILED',
      hint: 'it must be an ES module that this version of Node can load: build TypeScript first',
      cause: error,
    });
  }
}

function configured(suite: ResolvedSuite, { samples, skip }: GradcheckConfig): ResolvedSuite {
  const { name } = suite.record;
  const own = samples !== undefined && Object.hasOwn(samples, name) ? samples[name] : undefined;
  const more = skip !== undefined && Object.hasOwn(skip, name) ? (skip[name] ?? []) : [];
  return {
    ...suite,
    ...(own !== undefined && { samples: own }),
    skip: [...(suite.skip ?? []), ...more],
  };
}

/** One suite for each record: what a later one says of samples, skips or errors replaces what was said before. */
function addSuite(suites: PlannedSuite[], added: PlannedSuite): void {
  const at = suites.findIndex(({ suite }) => suite.record === added.suite.record);
  const before = suites[at];
  if (before === undefined) suites.push(added);
  else {
    const said = Object.entries(added.suite).filter(([, value]) => value !== undefined);
    const skip = [...(added.suite.skip ?? []), ...(before.suite.skip ?? [])];
    const unique = skip.filter((s, i) => skip.findIndex((t) => t === s) === i);
    suites[at] = {
      ...before,
      suite: { ...before.suite, ...Object.fromEntries(said), skip: unique },
    };
  }
}

/** A skip of an op that does not exist would be silently without effect. */
function refuseUnknown(configs: readonly GradcheckConfig[], suites: readonly PlannedSuite[]): void {
  const known = new Set(suites.map(({ suite }) => suite.record.name));
  const named = configs.flatMap(({ samples, skip }) => Object.keys({ ...samples, ...skip }));
  const unknown = named.find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new UsageError(`gradcheck: the configuration speaks of an op ${JSON.stringify(unknown)}`, {
    code: 'GRADCHECK_UNKNOWN_OP',
    hint: 'nothing that is checked exports an op of that name',
    data: { op: unknown },
  });
}

function settingsOf([first]: readonly GradcheckConfig[]): Settings {
  if (first === undefined) return {};
  const own = ['$schema', 'modules', 'ops', 'samples', 'skip'];
  return Object.fromEntries(Object.entries(first).filter(([key]) => !own.includes(key)));
}

/** The ops of a plan as data, with the places where they are defined relative to `base`. */
export function describePlan({ suites }: Plan, base: string): readonly PlannedOp[] {
  const folders = [...new Set(suites.map(({ folder }) => folder))];
  const names = new Set(suites.map(({ suite }) => suite.record.name));
  const sites = new Map(folders.map((folder) => [folder, definitionSites(folder, names)]));
  return suites.map(({ suite, module, folder }, index) => {
    const { name } = suite.record;
    const site = sites.get(folder)?.get(name);
    const samples = (suite.samples ?? suite.record.samples ?? []).length;
    const place =
      site === undefined
        ? {}
        : { file: relative(base, site.file).replaceAll('\\', '/'), line: site.line };
    return { index, name, module, samples, ...place };
  });
}
