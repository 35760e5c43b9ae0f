import { ArgumentTypeError, ValueError } from '@cotangent/tensor';
import type { Operand, Variable } from '@cotangent/graph';
import type { Backend } from './backend.ts';
import { describeValue } from './errors.ts';
import { referenceBackend } from './reference.ts';
import type { Shared } from './shared.ts';

/** How a compiled function computes; see {@link CompileOptions.mode}. */
export type Mode = 'fast' | 'reference' | 'debug';

/** Codes of the warnings that compiling and debugging give. */
export type CompileWarningCode = 'COMPILE_UNUSED_INPUT' | 'DEBUG_INFINITY';

/** Receives warnings in place of the console. */
export type CompileWarningSink = (
  code: CompileWarningCode,
  message: string,
  variable: Variable,
) => void;

/** Replacements of variables: a `Map` or pairs. */
export type Givens = Iterable<readonly [variable: Variable, replacement: Operand]>;

/** New values of shared variables: a `Map` or pairs. */
export type Updates = Iterable<readonly [variable: Shared, value: Operand]>;

/** Options of {@link compile}. */
export interface CompileOptions {
  /**
   * - `'fast'` (default): the rewritten graph on `backend`. Until one is given that is the reference
   *   backend, so that `'fast'` and `'reference'` then differ in nothing.
   * - `'reference'`: the rewritten graph, one `eval` of an op after another.
   * - `'debug'`: every node of the bare and of the rewritten graph, and on `backend`, compared; checks
   *   dtypes, shapes and that no op writes to its inputs, and says where a NaN was made.
   */
  readonly mode?: Mode | undefined;
  /**
   * Variables to replace before anything else, simultaneously. What replaces a variable is searched for
   * others that are to be replaced, as long as no variable is needed for its own replacement.
   */
  readonly givens?: Givens | undefined;
  /** What shared variables become after a call, computed from their values before it. */
  readonly updates?: Updates | undefined;
  /** For messages and `explain`. Default `'compiled'`. */
  readonly name?: string | undefined;
  /** What to do about an input that nothing depends on. Default `'raise'`. */
  readonly onUnusedInput?: 'raise' | 'warn' | 'ignore' | undefined;
  /**
   * - `'all'` (default): simplifies, and computes what would overflow or cancel in another way: last digits may differ
   *   from those of the graph as it was built, and a NaN or infinity may become the number it should have been.
   * - `'exact'`: only what leaves every value as it is, signs of zeros apart.
   * - `'none'`: runs the graph as it was built.
   */
  readonly rewrites?: 'all' | 'exact' | 'none' | undefined;
  /**
   * Whether every number may be taken to be finite, so that x − x is 0 and x/x is 1. Default false: NaN and infinities
   * go where they should.
   */
  readonly assumeFinite?: boolean | undefined;
  /**
   * Return results as they are computed instead of copying those that share storage with an argument, a
   * constant, a shared value or each other: do not write to them, and use them before the next call.
   */
  readonly borrow?: boolean | undefined;
  /** What runs the graph in modes `'fast'` and `'debug'`. Default {@link referenceBackend}. */
  readonly backend?: Backend | undefined;
  /** Receives warnings; default: the console. */
  readonly onWarning?: CompileWarningSink | undefined;
}

/** {@link CompileOptions}, checked and complete. */
export interface Settings {
  readonly mode: Mode;
  readonly givens: unknown;
  readonly updates: unknown;
  readonly name: string;
  readonly onUnusedInput: 'raise' | 'warn' | 'ignore';
  readonly rewrites: 'all' | 'exact' | 'none';
  readonly assumeFinite: boolean;
  readonly borrow: boolean;
  readonly backend: Backend;
  readonly warn: CompileWarningSink;
}

type Check = (value: unknown) => boolean;

const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value);
const isIterable: Check = (value) => typeof Object(value)[Symbol.iterator] === 'function';

const checks: {
  readonly [K in keyof Required<CompileOptions>]: readonly [check: Check, allowed: string];
} = {
  mode: [oneOf('fast', 'reference', 'debug'), "'fast', 'reference' or 'debug'"],
  givens: [(value) => typeof value !== 'string' && isIterable(value), 'a Map or pairs'],
  updates: [(value) => typeof value !== 'string' && isIterable(value), 'a Map or pairs'],
  name: [(value) => typeof value === 'string', 'a string'],
  onUnusedInput: [oneOf('raise', 'warn', 'ignore'), "'raise', 'warn' or 'ignore'"],
  rewrites: [oneOf('all', 'exact', 'none'), "'all', 'exact' or 'none'"],
  assumeFinite: [oneOf(true, false), 'true or false'],
  borrow: [oneOf(true, false), 'true or false'],
  backend: [isBackend, 'an object with a name and a method prepare'],
  onWarning: [(value) => typeof value === 'function', 'a function'],
};

function isBackend(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!('name' in value && 'prepare' in value)) return false;
  return typeof value.name === 'string' && typeof value.prepare === 'function';
}

/**
 * Checks every option, used or not, and fills in the defaults.
 *
 * @throws ArgumentTypeError `COMPILE_OPTIONS_TYPE`; ValueError `COMPILE_UNKNOWN_OPTION`,
 *   `COMPILE_INVALID_OPTION`.
 */
export function readOptions(options: CompileOptions): Settings {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ArgumentTypeError(`compile: the options are ${describeValue(options)}`, {
      code: 'COMPILE_OPTIONS_TYPE',
      hint: 'write compile(inputs, outputs, { mode, updates, … })',
    });
  }
  for (const [option, value] of Object.entries(options)) checkOption(option, value);
  return {
    mode: options.mode ?? 'fast',
    givens: options.givens ?? [],
    updates: options.updates ?? [],
    name: options.name ?? 'compiled',
    onUnusedInput: options.onUnusedInput ?? 'raise',
    rewrites: options.rewrites ?? 'all',
    assumeFinite: options.assumeFinite ?? false,
    borrow: options.borrow ?? false,
    backend: options.backend ?? referenceBackend,
    warn: options.onWarning ?? ((code, message) => console.warn(`${code}: ${message}`)),
  };
}

function checkOption(option: string, value: unknown): void {
  const known: Readonly<Record<string, readonly [Check, string]>> = checks;
  const rule = Object.hasOwn(checks, option) ? known[option] : undefined;
  if (rule === undefined) {
    throw new ValueError(`compile: unknown option ${JSON.stringify(option)}`, {
      code: 'COMPILE_UNKNOWN_OPTION',
      hint: `known are ${Object.keys(checks).join(', ')}`,
      data: { option },
    });
  }
  const [check, allowed] = rule;
  if (value === undefined || check(value)) return;
  const shown = typeof value === 'string' ? JSON.stringify(value) : describeValue(value);
  throw new ValueError(`compile: option ${option} is ${shown}`, {
    code: 'COMPILE_INVALID_OPTION',
    hint: `${option} must be ${allowed}`,
    data: { option, value },
  });
}
