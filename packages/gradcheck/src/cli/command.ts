import { gradcheckIds } from '../modern/report.ts';
import { checkIds } from '../op/report.ts';
import { parseReplay } from '../replay-token.ts';
import type { ReplayTarget } from '../replay-token.ts';
import { formats } from './config.ts';
import type { Settings } from './config.ts';
import { UsageError } from './errors.ts';
import { invalidValue, readFlags } from './flags.ts';
import type { Flag, GivenFlags } from './flags.ts';

/** Which ops to check. */
export interface Selection {
  readonly filter: RegExp | undefined;
  readonly ops: readonly string[];
  readonly shard: { readonly part: number; readonly of: number } | undefined;
  readonly replay: ReplayTarget | undefined;
}

/** What the command line asks for. */
export interface CheckCommand {
  readonly kind: 'check' | 'list';
  readonly targets: readonly string[];
  readonly config: string | undefined;
  readonly selection: Selection;
  /** What the command line says; it has precedence over a configuration. */
  readonly settings: Settings;
  readonly mutate: boolean;
  readonly updateBaseline: boolean;
}

export type Command =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'merge';
      readonly files: readonly string[];
      readonly settings: Pick<Settings, 'formats' | 'output' | 'strict'>;
    }
  | CheckCommand;

/**
 * Reads the command line.
 *
 * @throws UsageError `USAGE_UNKNOWN_FLAG`, `USAGE_VALUE_MISSING`, `USAGE_VALUE_UNWANTED`, `USAGE_VALUE_INVALID`,
 *   `USAGE_CONFLICT`; ValueError `GRADCHECK_INVALID_REPLAY`.
 */
export function parseCommand(args: readonly string[]): Command {
  const given = readFlags(args);
  const has = (flag: Flag): boolean => given.values.has(flag);
  if (has('help')) return { kind: 'help' };
  refuseConflicts(given);
  const settings = settingsFrom(given);
  if (given.rest[0] === 'merge') return { kind: 'merge', files: given.rest.slice(1), settings };
  return {
    kind: has('list') ? 'list' : 'check',
    targets: given.rest,
    config: last(given, 'config'),
    selection: selectionFrom(given),
    settings,
    mutate: has('mutate'),
    updateBaseline: has('update-baseline'),
  };
}

function refuseConflicts(given: GivenFlags): void {
  const pairs: readonly (readonly [Flag, Flag])[] = [
    ['fast', 'thorough'],
    ['replay', 'seed'],
    ['replay', 'runs'],
    ['replay', 'check'],
    ['replay', 'mutate'],
    ['output', 'out'],
  ];
  const both = pairs.find((pair) => pair.every((flag) => given.values.has(flag)));
  if (both !== undefined) {
    throw conflict(`--${both[0]} and --${both[1]} exclude each other`, 'leave one of them out');
  }
  if (given.values.has('update-baseline') && !given.values.has('baseline')) {
    throw conflict('--update-baseline needs --baseline FILE', 'name the file to write');
  }
}

function conflict(what: string, hint: string): UsageError {
  return new UsageError(`gradcheck: ${what}`, { code: 'USAGE_CONFLICT', hint });
}

function selectionFrom(given: GivenFlags): Selection {
  const token = last(given, 'replay');
  return {
    filter: pattern(given),
    ops: given.values.get('op') ?? [],
    shard: shard(given),
    replay: token === undefined ? undefined : parseReplay(token),
  };
}

function settingsFrom(given: GivenFlags): Settings {
  const isThorough = given.values.has('thorough');
  const isFast = given.values.has('fast');
  const order = oneOf(given, 'order', ['1', '2', '3']);
  const said: { [K in keyof Settings]: Settings[K] | undefined } = {
    seed: seed(given),
    runs: number(given, 'runs', 1, 1e6, 'a whole number above 0') ?? (isThorough ? 10 : undefined),
    dtypes: list(given, 'dtype', ['float64', 'float32']),
    order: order === undefined ? (isFast ? 1 : undefined) : orders[order],
    modes: list(given, 'mode', ['reference', 'fast', 'debug']),
    effort: isThorough ? 'thorough' : isFast ? 'fast' : undefined,
    checks: list(given, 'check', [...new Set([...checkIds, ...gradcheckIds])]),
    budget: number(given, 'budget', 1, 1e9, 'milliseconds above 0'),
    timeout: number(given, 'timeout', 1, 2 ** 31 - 1, 'milliseconds above 0'),
    jobs: number(given, 'jobs', 1, 1024, 'a whole number from 1 to 1024'),
    strict: given.values.has('strict') ? true : undefined,
    requireCoverage: number(given, 'require-coverage', 0, 100, 'a percentage'),
    requireMutation: number(given, 'require-mutation', 0, 100, 'a percentage'),
    formats: list(given, 'format', formats),
    output: last(given, 'output') ?? last(given, 'out'),
    baseline: last(given, 'baseline'),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

const orders = { '1': 1, '2': 2, '3': 3 } as const;

function last({ values }: GivenFlags, flag: Flag): string | undefined {
  return values.get(flag)?.at(-1);
}

function oneOf<T extends string>(
  given: GivenFlags,
  flag: Flag,
  allowed: readonly T[],
): T | undefined {
  const text = last(given, flag);
  if (text === undefined) return undefined;
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw invalidValue(flag, text, `one of ${allowed.join(', ')}`);
  return found;
}

/** Texts separated by commas; a flag that is repeated adds to them. */
function list<T extends string>(
  { values }: GivenFlags,
  flag: Flag,
  allowed: readonly T[],
): T[] | undefined {
  const texts = values.get(flag)?.flatMap((text) => text.split(','));
  return texts?.map((text) => {
    const found = allowed.find((value) => value === text.trim());
    if (found === undefined) throw invalidValue(flag, text, `of ${allowed.join(', ')}`);
    return found;
  });
}

function number(
  given: GivenFlags,
  flag: Flag,
  from: number,
  to: number,
  allowed: string,
): number | undefined {
  const text = last(given, flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  const isWhole = !allowed.startsWith('a whole') || Number.isInteger(value);
  if (text.trim() !== '' && isWhole && value >= from && value <= to) return value;
  throw invalidValue(flag, text, allowed);
}

function seed(given: GivenFlags): number | undefined {
  const text = last(given, 'seed');
  if (text === 'random') return Math.floor(Math.random() * 2 ** 32);
  return number(given, 'seed', 0, Number.MAX_SAFE_INTEGER, 'a whole number, 0x… or random');
}

function pattern(given: GivenFlags): RegExp | undefined {
  const text = last(given, 'filter');
  if (text === undefined) return undefined;
  try {
    return new RegExp(text);
  } catch {
    throw invalidValue('filter', text, 'a regular expression');
  }
}

function shard(given: GivenFlags): Selection['shard'] {
  const text = last(given, 'shard');
  if (text === undefined) return undefined;
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (part === undefined || of === undefined || part < 1 || part > of) {
    throw invalidValue('shard', text, 'I/N with I from 1 to N');
  }
  return { part, of };
}
