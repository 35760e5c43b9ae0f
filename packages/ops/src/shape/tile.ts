import { ValueError, normalizeAxis } from '@cotangent/tensor';
import { asVariable, isVariable } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { mul } from '../elementwise/arithmetic.ts';
import { take } from '../indexing/take.ts';
import { broadcastTo } from './broadcast.ts';
import { flatten, reshape } from './reshape.ts';
import { shapeAt } from './size.ts';
import { transpose, withUnitAxes } from './transpose.ts';

/**
 * `x` repeated as a whole along its axes. With fewer numbers than axes they count from the last axis; with more, `x` gets
 * axes in front.
 *
 * @param reps - how often along each axis: whole numbers ≥ 0, or integer scalars of the graph.
 * @throws ValueError `OP_INVALID_SIZE` if a number is not whole or negative.
 * @example tile([1, 2], 2)      // [1, 2, 1, 2]
 * @example tile([1, 2], [2, 2]) // [[1, 2, 1, 2], [1, 2, 1, 2]]
 */
export function tile(x: Operand, reps: Count | readonly Count[]): Variable {
  const given = isList(reps) ? reps : [reps];
  given.forEach((count) => checkCount(count, 'tile'));
  const variable = asVariable(x, 'tile');
  const rank = Math.max(variable.rank, given.length);
  const source = withUnitAxes(variable, 0, rank - variable.rank);
  const counts: readonly Count[] = [...Array<number>(rank - given.length).fill(1), ...given];
  if (counts.every((count) => count === 1)) return source;
  // Each axis [n] becomes [count, n], is repeated along the first, and is one axis again.
  const sizes = counts.map((_, axis) => sizeOf(source, axis));
  const spread = transpose(
    source,
    counts.flatMap((_, axis) => ['x' as const, axis]),
  );
  const repeated = broadcastTo(
    spread,
    counts.flatMap((count, axis) => [count, sizes[axis]!]),
  );
  return reshape(
    repeated,
    counts.map((count, axis) => product(count, sizes[axis]!)),
  );
}

/**
 * Every entry of `x` repeated in place.
 *
 * @param n - how often: a whole number ≥ 0 or an integer scalar of the graph, or a list with a number for each entry along the axis.
 * @param options.axis - one axis, negative from the end. Default: `x` is flattened first.
 * @throws ValueError `OP_INVALID_SIZE` if a number is not whole or negative; ShapeError `RESHAPE_SIZE_MISMATCH` if a list
 *   has not as many numbers as the axis has entries, at run time where the size is not known before; `AXIS_OUT_OF_RANGE`.
 * @example repeat([1, 2], 2)      // [1, 1, 2, 2]
 * @example repeat([1, 2], [3, 1]) // [1, 1, 1, 2]
 */
export function repeat(
  x: Operand,
  n: Count | readonly number[],
  options: { readonly axis?: number | undefined } = {},
): Variable {
  const given = asVariable(x, 'repeat');
  const variable = options.axis === undefined ? flatten(given) : given;
  const axis = normalizeAxis(options.axis ?? 0, variable.rank, 'repeat');
  (isList(n) ? n : [n]).forEach((count) => checkCount(count, 'repeat'));
  if (isList(n)) return repeatedEach(variable, n, axis);
  if (n === 1) return variable;
  const sizes = variable.shape.map((_, k) => sizeOf(variable, k));
  const spread = broadcastTo(withUnitAxes(variable, axis + 1, 1), sizes.toSpliced(axis + 1, 0, n));
  return reshape(spread, sizes.with(axis, product(n, sizes[axis]!)));
}

function repeatedEach(x: Variable, counts: readonly number[], axis: number): Variable {
  const sizes = x.shape.map((_, k) => (k === axis ? counts.length : sizeOf(x, k)));
  const checked = x.shape[axis] === counts.length ? x : reshape(x, sizes);
  const places = counts.flatMap((count, k) => Array.from({ length: count }, () => k));
  return take(checked, Int32Array.from(places), { axis });
}

/** How often: a number, or an integer scalar of the graph. */
type Count = number | Variable;

function isList<T extends Count>(counts: Count | readonly T[]): counts is readonly T[] {
  return Array.isArray(counts);
}

function sizeOf(x: Variable, axis: number): Count {
  return x.shape[axis] ?? shapeAt(x, axis);
}

function product(a: Count, b: Count): Count {
  return typeof a === 'number' && typeof b === 'number' ? a * b : mul(a, b);
}

function checkCount(count: Count, op: string): void {
  if (isVariable(count) || (Number.isInteger(count) && count >= 0)) return;
  throw new ValueError(`${op}: ${String(count)} repetitions`, {
    code: 'OP_INVALID_SIZE',
    hint: 'a number of repetitions is a whole number ≥ 0',
    data: { op, count },
  });
}
