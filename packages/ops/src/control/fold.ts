import { ArgumentTypeError, asVariable, isVariable } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { runScan } from './scan.ts';

/** Operands that a loop goes through: a variable, or an array of operands. */
export type Sequences = Variable | readonly Operand[];

/**
 * `fn` applied to the elements of one sequence or several, one after the other.
 *
 * @param fn - receives one element of each sequence, then the non-sequences; it returns a variable, or an array
 *   of them. Variables around it may be used.
 * @param sequences - a variable, or an array of operands, along their first axes; all of one length.
 * @param nonSequences - what every call receives unchanged.
 * @returns the results along a new first axis: a variable, or an array if `fn` returns one.
 * @throws as {@link scan}.
 * @example map((x) => sum(square(x)), [[[1, 2], [3, 4]]]) // [5, 25]
 */
export function map(
  fn: (...args: readonly Variable[]) => Variable,
  sequences: Sequences,
  nonSequences?: readonly Operand[],
): Variable;
export function map(
  fn: (...args: readonly Variable[]) => readonly Variable[],
  sequences: Sequences,
  nonSequences?: readonly Operand[],
): readonly Variable[];
export function map(
  fn: (...args: readonly Variable[]) => Variable | readonly Variable[],
  sequences: Sequences,
  nonSequences: readonly Operand[] = [],
): Variable | readonly Variable[] {
  let isSingle = false;
  const step = (...args: readonly Variable[]): Variable | readonly Variable[] => {
    const result = fn(...args);
    isSingle = isVariable(result);
    return result;
  };
  const { stacked } = runScan('map', step, { sequences: listed(sequences), nonSequences });
  return isSingle ? stacked[0]! : stacked;
}

/**
 * The elements of sequences combined into one value, from the first to the last: s ← fn(x…, s).
 *
 * @param fn - receives one element of each sequence, the value so far and the non-sequences; it returns the
 *   new value, of the same dtype and shape.
 * @param sequences - a variable, or an array of operands, along their first axes; all of one length.
 * @param initial - the value before the first element, which is the result for empty sequences.
 * @throws as {@link scan}.
 * @example reduce((x, s) => maximum(x, s), xs, -Infinity)
 */
export function reduce(
  fn: (...args: readonly Variable[]) => Variable,
  sequences: Sequences,
  initial: Operand,
  nonSequences: readonly Operand[] = [],
): Variable {
  return folded('reduce', fn, sequences, initial, nonSequences, false);
}

/**
 * {@link reduce} under its other name: from the first element to the last.
 *
 * @throws as {@link scan}.
 * @example foldl((x, s) => add(mul(s, 10), x), [[1, 2, 3]], 0) // 123
 */
export function foldl(
  fn: (...args: readonly Variable[]) => Variable,
  sequences: Sequences,
  initial: Operand,
  nonSequences: readonly Operand[] = [],
): Variable {
  return folded('foldl', fn, sequences, initial, nonSequences, false);
}

/**
 * {@link reduce} from the last element to the first.
 *
 * @throws as {@link scan}.
 * @example foldr((x, s) => add(mul(s, 10), x), [[1, 2, 3]], 0) // 321
 */
export function foldr(
  fn: (...args: readonly Variable[]) => Variable,
  sequences: Sequences,
  initial: Operand,
  nonSequences: readonly Operand[] = [],
): Variable {
  return folded('foldr', fn, sequences, initial, nonSequences, true);
}

function folded(
  op: string,
  fn: (...args: readonly Variable[]) => Variable,
  sequences: Sequences,
  initial: Operand,
  nonSequences: readonly Operand[],
  goBackwards: boolean,
): Variable {
  const options = {
    sequences: listed(sequences),
    initial: [initial],
    nonSequences,
    goBackwards,
    keep: 'last' as const,
  };
  const step = (...args: readonly Variable[]): Variable => {
    const result: unknown = fn(...args);
    if (isVariable(result)) return result;
    throw new ArgumentTypeError(`${op}: the function did not return one variable`, {
      code: 'GRAPH_NOT_A_VARIABLE',
      hint: 'return the new value; several states need scan',
      data: { op },
    });
  };
  return runScan(op, step, options).finals[0]!;
}

function listed(sequences: Sequences): readonly Operand[] {
  return Array.isArray(sequences) ? sequences : [asVariable(sequences as Operand)];
}
