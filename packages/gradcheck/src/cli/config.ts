import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import type { Mode } from '@cotangent/compile';
import type { OpSample } from '@cotangent/graph';
import type { FloatDType } from '@cotangent/tensor';
import type { SuiteSkip } from '../suite/suite.ts';
import { UsageError } from './errors.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const milliseconds = v.pipe(v.number(), v.gtValue(0));
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const text = v.pipe(v.string(), v.nonEmpty());

/** A report that the command can write. */
export type Format = 'table' | 'json' | 'junit' | 'github';

/** All of them. */
export const formats: readonly Format[] = ['table', 'json', 'junit', 'github'];

const skip = v.strictObject({ check: text, sample: v.optional(text), reason: text });
const sample = v.looseObject({ name: v.optional(text), inputs: v.array(v.unknown()) });

const settings = {
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  runs: v.optional(count),
  dtypes: v.optional(v.pipe(v.array(v.picklist(['float64', 'float32'])), v.nonEmpty())),
  order: v.optional(v.picklist([1, 2, 3])),
  modes: v.optional(v.pipe(v.array(v.picklist(['fast', 'reference', 'debug'])), v.nonEmpty())),
  effort: v.optional(v.picklist(['fast', 'normal', 'thorough'])),
  checks: v.optional(v.pipe(v.array(text), v.nonEmpty())),
  budget: v.optional(milliseconds),
  timeout: v.optional(milliseconds),
  jobs: v.optional(count),
  strict: v.optional(v.boolean()),
  requireCoverage: v.optional(percent),
  requireMutation: v.optional(percent),
  formats: v.optional(v.pipe(v.array(v.picklist([...formats])), v.nonEmpty())),
  output: v.optional(text),
  baseline: v.optional(text),
};

const config = v.strictObject({
  $schema: v.optional(text),
  ...settings,
  modules: v.optional(v.array(text)),
  ops: v.optional(v.unknown()),
  samples: v.optional(v.record(v.string(), v.array(sample))),
  skip: v.optional(v.record(v.string(), v.array(skip))),
});

/** What a configuration file and the command line have in common. */
export interface Settings {
  /** First seed; default 0x5eed. */
  readonly seed?: number | undefined;
  /** How many seeds; default 1. */
  readonly runs?: number | undefined;
  /** Default both. */
  readonly dtypes?: readonly FloatDType[] | undefined;
  /** Default 2. */
  readonly order?: 1 | 2 | 3 | undefined;
  /** Modes of compilation that must agree with `eval`; default `reference` and `fast`. */
  readonly modes?: readonly Mode[] | undefined;
  /** Default `normal`. */
  readonly effort?: 'fast' | 'normal' | 'thorough' | undefined;
  /** Ids of the checks to report; default all. */
  readonly checks?: readonly string[] | undefined;
  /** Milliseconds for the differences at one sample; default no limit. */
  readonly budget?: number | undefined;
  /** Milliseconds for one op; default 60000. */
  readonly timeout?: number | undefined;
  /** Threads; default one for each processor. */
  readonly jobs?: number | undefined;
  /** Whether what is inconclusive or uncovered fails; default false. */
  readonly strict?: boolean | undefined;
  /** Percent of the ops that must have samples. */
  readonly requireCoverage?: number | undefined;
  /** Percent of mutants that the samples must notice. */
  readonly requireMutation?: number | undefined;
  readonly formats?: readonly Format[] | undefined;
  /** Folder for `gradcheck.json` and `gradcheck.xml`. */
  readonly output?: string | undefined;
  /** File of what every op had reached before. */
  readonly baseline?: string | undefined;
}

/** `gradcheck.config.{mjs,js,json}`, or the field `gradcheck` of `package.json`. */
export interface GradcheckConfig extends Settings {
  /**
   * Modules and packages whose ops are checked, relative to the file; default the entry point of the package, and its sample
   * modules `*.gradcheck.{js,mjs,ts}`.
   */
  readonly modules?: readonly string[] | undefined;
  /** Ops, suites, or arrays of them; of a JavaScript configuration. */
  readonly ops?: unknown;
  /** Samples in place of those of an op's record, by the op's name. */
  readonly samples?: Readonly<Record<string, readonly OpSample[]>> | undefined;
  /** Failures that are expected, by the op's name. */
  readonly skip?: Readonly<Record<string, readonly SuiteSkip[]>> | undefined;
}

/** A configuration and the folder that paths in it start from. */
export interface LoadedConfig {
  readonly config: GradcheckConfig;
  readonly folder: string;
}

const fileNames = ['gradcheck.config.mjs', 'gradcheck.config.js', 'gradcheck.config.json'];

/** The configuration of a folder, if it has one. */
export async function configIn(folder: string): Promise<LoadedConfig | undefined> {
  const file = fileNames.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file !== undefined) return configFrom(file);
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const value = readJson(manifest);
  const field: unknown = Object(value).gradcheck;
  return field === undefined
    ? undefined
    : { config: checkedConfig(field, `${manifest}#gradcheck`), folder };
}

/**
 * @throws UsageError `GRADCHECK_CONFIG_NOT_FOUND`, `GRADCHECK_CONFIG_UNREADABLE`, `GRADCHECK_INVALID_CONFIG`.
 */
export async function configFrom(file: string): Promise<LoadedConfig> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new UsageError(`gradcheck: there is no configuration ${file}`, {
      code: 'GRADCHECK_CONFIG_NOT_FOUND',
      hint: 'check the path after --config',
    });
  }
  const value = path.endsWith('.json') ? readJson(path) : await defaultExport(path);
  return { config: checkedConfig(value, file), folder: dirname(path) };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function defaultExport(path: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    return Object(module).default;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): UsageError {
  const why = error instanceof Error ? error.message : String(error);
  return new UsageError(`gradcheck: ${path} cannot be read: ${why}`, {
    code: 'GRADCHECK_CONFIG_UNREADABLE',
    hint: 'write `export default { … }`, or JSON in a file that ends in .json',
    cause: error,
  });
}

function checkedConfig(value: unknown, source: string): GradcheckConfig {
  const result = v.safeParse(config, value);
  if (!result.success) {
    const [issue] = result.issues;
    const path = v.getDotPath(issue) ?? '';
    throw new UsageError(
      `gradcheck: ${source}${path === '' ? '' : `, ${path}`}: ${issue.message}`,
      {
        code: 'GRADCHECK_INVALID_CONFIG',
        hint: `known are ${Object.keys(config.entries).join(', ')}`,
        data: { source, path },
      },
    );
  }
  // Samples and check ids were looked at as far as valibot can; the checks themselves refuse the rest by name.
  return result.output as GradcheckConfig;
}
