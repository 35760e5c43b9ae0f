import { ArgumentTypeError, ValueError, isAbsence, isVariable } from '@cotangent/graph';
import type { Absence, Variable } from '@cotangent/graph';
import { warnOnConsole } from './call.ts';
import type { WarningSink } from './call.ts';

/** What to do where a derivative has no path. */
export type OnDisconnected = 'raise' | 'warn' | 'ignore';
/** What to return there: zeros of the run-time shape, `null`, or a stand-in of DisconnectedType. */
export type ReturnDisconnected = 'zero' | 'none' | 'disconnected';
/** What to do where a derivative does not exist. */
export type OnNull = 'raise' | 'return';

const allowed = {
  disconnectedInputs: ['raise', 'warn', 'ignore'],
  disconnectedOutputs: ['raise', 'warn', 'ignore'],
  returnDisconnected: ['zero', 'none', 'disconnected'],
  nullGradients: ['raise', 'return'],
  useOpPushforward: [true, false],
} as const;

type Choices = { readonly [K in keyof typeof allowed]?: (typeof allowed)[K][number] };

/**
 * Checks every option on entry, used or not.
 *
 * @throws ValueError naming the option, the value and the values allowed, also for unknown options.
 */
export function checkChoices(caller: string, options: object, known: readonly string[]): void {
  for (const [option, value] of Object.entries(options)) {
    if (!known.includes(option)) {
      throw new ValueError(`${caller}: unknown option ${JSON.stringify(option)}`, {
        code: 'GRAD_UNKNOWN_OPTION',
        hint: `known are ${known.join(', ')}`,
        data: { option },
      });
    }
    const values: readonly unknown[] | undefined = allowed[option as keyof Choices];
    if (values === undefined || value === undefined || values.includes(value)) continue;
    throw new ValueError(`${caller}: ${option} is ${JSON.stringify(value) ?? String(value)}`, {
      code: 'GRAD_INVALID_OPTION',
      hint: `allowed are ${values.map((v) => JSON.stringify(v)).join(', ')}`,
      data: { option, value, allowed: values },
    });
  }
}

/**
 * One result per entry of `W`: an array for an array, with its length where that is known, and a single
 * one for a single one. Where the form of `W` is not known, neither is that of the result.
 */
export type Mirror<W, R> = unknown extends W
  ? R | readonly R[]
  : W extends readonly unknown[]
    ? { readonly [K in keyof W]: R }
    : R;

/**
 * The variables of an argument that takes one or an array of them.
 *
 * @throws ArgumentTypeError for anything else, sets and generators included: they have no order that
 *   the caller could see in the result.
 */
export function variableList(
  caller: string,
  argument: string,
  value: Variable | readonly Variable[],
): readonly Variable[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((x, position) => {
    if (isVariable(x)) return x;
    const where = Array.isArray(value) ? `${argument}[${position}]` : argument;
    throw new ArgumentTypeError(`${caller}: ${where} is ${kindOf(x)}, not a variable`, {
      code: 'GRAD_NOT_A_VARIABLE',
      hint: `${argument} is a variable of the graph, or an array of them`,
      data: { argument, position },
    });
  });
}

/** Results in the form of `like`: an array for an array, else the only one. */
export function mirrorForm<W, O>(
  like: W,
  results: readonly (Variable | Absence | null)[],
): Mirror<W, MaybeAbsent<O>> {
  // The one place where types say what run time decides: the form by Array.isArray, and which
  // absences can occur by the options that `finish` and `finishTangent` followed.
  return (Array.isArray(like) ? results : results[0]) as Mirror<W, MaybeAbsent<O>>;
}

/**
 * The set of `considerConstant`, read once.
 *
 * @throws ArgumentTypeError if it is not iterable or an element is not a variable.
 */
export function constantSet(
  caller: string,
  given: Iterable<Variable> | undefined,
): ReadonlySet<Variable> {
  if (given === undefined) return new Set();
  if (typeof Object(given)[Symbol.iterator] !== 'function' || typeof given === 'string') {
    throw new ArgumentTypeError(`${caller}: considerConstant is ${kindOf(given)}, not iterable`, {
      code: 'GRAD_CONSTANTS_NOT_ITERABLE',
      hint: 'pass an array or a set of variables',
    });
  }
  return new Set(variableList(caller, 'considerConstant', [...given]));
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isAbsence(value)) return value.toString();
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `a ${value.constructor?.name ?? 'object'}`;
  return `a ${typeof value}`;
}

/**
 * Results as a list, or alone: the originals' helper, kept for parity with them.
 *
 * @param useList - return an array, also of a lone value.
 * @param useTuple - the same; the originals' tuples are arrays here.
 * @throws ValueError if both flags are set, or if neither is and there is not exactly one value.
 */
export function formatAs<T>(
  useList: boolean,
  useTuple: boolean,
  outputs: T | readonly T[],
): T | readonly T[] {
  const list: readonly T[] = Array.isArray(outputs) ? outputs : [outputs as T];
  const [only] = list;
  if (
    (useList && useTuple) ||
    (!useList && !useTuple && (list.length !== 1 || only === undefined))
  ) {
    throw new ValueError(`formatAs: cannot shape ${list.length} values so`, {
      code: 'GRAD_FORMAT',
      hint: 'set at most one flag, and none only for a single value',
      data: { useList, useTuple, count: list.length },
    });
  }
  return useList || useTuple || only === undefined ? list : only;
}

/** Options that the functions of this package share. */
export interface SharedOptions {
  readonly returnDisconnected?: ReturnDisconnected;
  readonly nullGradients?: OnNull;
  /** Receives warnings; default: the console. */
  readonly onWarning?: WarningSink;
}

/**
 * What a derivative is under the options `O`: a variable, and besides whatever they may let take its
 * place. Options of a wide type (`GradOptions`, `any`) may be any of its values.
 */
export type MaybeAbsent<O> =
  | Variable
  | ('none' extends Choice<O, 'returnDisconnected'> ? null : never)
  | ('disconnected' extends Choice<O, 'returnDisconnected'> ? Absence : never)
  | ('return' extends Choice<O, 'nullGradients'> ? Absence : never);
type Choice<O, K extends PropertyKey> = O extends unknown
  ? K extends keyof O
    ? O[K]
    : undefined
  : never;

/** Options without those that let absences take the place of variables: what no options stand for. */
export type Plain<O> = Omit<O, 'returnDisconnected' | 'nullGradients'>;

export function sinkOf(options: SharedOptions): WarningSink {
  return options.onWarning ?? warnOnConsole;
}
