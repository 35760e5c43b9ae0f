import { ValueError, normalizeAxes } from '@cotangent/tensor';
import { asVariable, formatShape } from '@cotangent/graph';
import type { OpFunction, Operand, Shape, TensorType, Variable } from '@cotangent/graph';
import { expandDims } from '../shape/transpose.ts';

/** Options of the functions that reduce axes. */
export interface ReduceOptions {
  /** An axis or a list of axes, negative from the end. Default: all axes. */
  readonly axis?: number | readonly number[] | undefined;
  /** Leaves the reduced axes in place, with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

/** Attributes of the ops that reduce axes: `axes` sorted, not negative. */
export type ReduceAttrs = { readonly axes: readonly number[]; readonly keepDims: boolean };

/** The attributes that options mean for `x`. */
export function reduceAttrs(x: Variable, options: ReduceOptions, op: string): ReduceAttrs {
  return {
    axes: normalizeAxes(options.axis, x.rank, op).sort((a, b) => a - b),
    keepDims: options.keepDims ?? false,
  };
}

/** Applies a reduction to the axes that options name. */
export function reducedBy(
  make: OpFunction<1, 1, ReduceAttrs>,
  x: Operand,
  options: ReduceOptions,
): Variable {
  const variable = asVariable(x, make.op.name);
  return make(variable, reduceAttrs(variable, options, make.op.name));
}

/** `shape` without `axes`, or with 1 in their places. */
export function reducedShape(shape: Shape, { axes, keepDims }: ReduceAttrs): Shape {
  return keepDims
    ? shape.map((n, axis) => (axes.includes(axis) ? 1 : n))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** `y`, a result of a reduction, with the reduced axes back as axes of size 1. */
export function restoreAxes(y: Variable, { axes, keepDims }: ReduceAttrs): Variable {
  return keepDims ? y : expandDims(y, axes);
}

/** The type of a sum or product: bool and uint8 count in int32. */
export function countingType(x: TensorType, shape: Shape): TensorType {
  return x.dtype === 'uint8' || x.dtype === 'bool'
    ? { ...x, dtype: 'int32', shape }
    : { ...x, shape };
}

/** `value` if an int32 can hold it. @throws ValueError `OP_INTEGER_OVERFLOW`. */
export function checkInt32(value: number, op: string): number {
  if (value >= -2147483648 && value <= 2147483647) return value;
  throw new ValueError(`${op}: the result ${value} does not fit an int32`, {
    code: 'OP_INTEGER_OVERFLOW',
    hint: "cast the input to 'float64' first",
    data: { op, value },
  });
}

/**
 * Checks that there is something to choose from in every group; no groups need nothing.
 *
 * @throws ValueError `OP_EMPTY_REDUCTION`.
 */
export function checkNotEmpty(shape: Shape, axes: readonly number[], op: string): void {
  const kept = shape.filter((_, axis) => !axes.includes(axis));
  if (!axes.some((axis) => shape[axis] === 0) || kept.some((n) => n === 0 || n === null)) return;
  throw new ValueError(`${op}: no elements along axes ${axes.join(',')} of ${formatShape(shape)}`, {
    code: 'OP_EMPTY_REDUCTION',
    hint: 'max and min take an initial value to start from',
    data: { op, shape, axes },
  });
}
