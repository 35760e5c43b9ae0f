import { normalizeAxis, tensorFrom } from '@cotangent/tensor';
import { asVariable, callable, defineOp, disconnected, isKnownShape } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, TensorType, Variable } from '@cotangent/graph';
import { shiftAxis, unbatched } from '../batch.ts';
import { mul } from '../elementwise/arithmetic.ts';

type ShapeAtAttrs = { readonly axis: number };

const dimension: TensorType = { kind: 'tensor', dtype: 'int32', shape: [], weak: true };

/** y = the size of one axis of x: a weak integer.  Nothing flows back. */
const shapeAtOp: OpFunction<1, 1, ShapeAtAttrs> = defineOp<1, 1, ShapeAtAttrs>(
  'shapeAt',
  { inputs: 1, outputs: 1 },
  {
    infer: () => [dimension],
    connectionPattern: [[false]],
    pushforward: () => [disconnected],
    pullback: () => [disconnected],
    batch: ([{ value }], { attrs: { axis } }) => [unbatched(shapeAt(value, shiftAxis(axis)))],
    eval: ([x], { axis }) => [tensorFrom(x.shape[axis] ?? 1, { dtype: 'int32' })],
    samples: [{ inputs: [[[1, 2, 3]]], attrs: { axis: 1 } }],
  },
);

/** y = the number of elements of x: a weak integer.  Nothing flows back. */
const sizeOp: OpFunction<1, 1> = defineOp<1, 1>(
  'size',
  { inputs: 1, outputs: 1 },
  {
    infer: () => [dimension],
    connectionPattern: [[false]],
    pushforward: () => [disconnected],
    pullback: () => [disconnected],
    batch: ([{ value }]) => [unbatched(asVariable(countAlong(value, elementAxes(value))))],
    eval: ([x]) => [tensorFrom(x.size, { dtype: 'int32' })],
    samples: [{ inputs: [[[1, 2, 3]]] }, { name: 'rank 0', inputs: [1] }],
  },
);

/**
 * The size of one axis of `x`, as an integer scalar that takes the dtype of what it meets: dividing a float32 by it
 * gives a float32. A constant where the size is known. Independent of the elements of `x`.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`.
 * @example div(sum(x), shapeAt(x, 0))
 */
export const shapeAt: Callable<(x: Operand, axis: number) => Variable> = callable(
  shapeAtOp.op,
  (x: Operand, axis: number): Variable => {
    const variable = asVariable(x, 'shapeAt');
    const normalized = normalizeAxis(axis, variable.rank, 'shapeAt');
    const known = variable.shape[normalized] ?? null;
    return known === null ? shapeAtOp(variable, { axis: normalized }) : asVariable(known);
  },
);

/**
 * The number of elements of `x`, as {@link shapeAt} gives the size of an axis.
 *
 * @example size([[1, 2, 3], [4, 5, 6]]) // 6
 */
export const size: Callable<(x: Operand) => Variable> = callable(
  sizeOp.op,
  (x: Operand): Variable => {
    const variable = asVariable(x, 'size');
    if (!isKnownShape(variable.shape)) return sizeOp(variable);
    return asVariable(variable.shape.reduce((product, n) => product * n, 1));
  },
);

/** How many elements `x` has along `axes`: a number, or a weak integer of the graph. */
export function countAlong(x: Variable, axes: readonly number[]): number | Variable {
  const sizes: Shape = axes.map((axis) => x.shape[axis] ?? null);
  if (isKnownShape(sizes)) return sizes.reduce<number>((product, n) => product * n, 1);
  return axes.map((axis): Variable => shapeAt(x, axis)).reduce((product, n) => mul(product, n));
}

/** The axes that each element of a batch has, as axes of the batch. */
export function elementAxes(batch: Variable): readonly number[] {
  return Array.from({ length: batch.rank - 1 }, (_, axis) => shiftAxis(axis));
}
