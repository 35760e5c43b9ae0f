/** Views: tensors that share storage with another. Each takes O(rank) time and copies no element. */
import type { DType } from './dtype.ts';
import { ShapeError, ValueError } from './errors.ts';
import { formatShape, normalizeAxes, normalizeAxis } from './shape.ts';
import { Tensor } from './tensor.ts';

export { broadcastTo } from './broadcast.ts';
export { reshape, reshapeCopy } from './reshape.ts';
export { slice } from './slice.ts';

/** A view with other axes: `axes[k]` is the axis of `tensor` that becomes axis k, or −1 for a new axis of length 1. */
function rearranged<D extends DType>(tensor: Tensor<D>, axes: readonly number[]): Tensor<D> {
  const shape = axes.map((axis) => (axis < 0 ? 1 : tensor.shape[axis]!));
  const stride = axes.map((axis) => (axis < 0 ? 0 : tensor.stride[axis]!));
  return new Tensor(tensor.data, shape, stride, tensor.offset, tensor.dtype);
}

/**
 * Axes in another order: axis k of the result is axis `axes[k]` of `tensor`; without `axes` they are reversed (NumPy).
 *
 * @throws ValueError `AXES_NOT_PERMUTATION` unless every axis occurs once; `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { views, zerosTensor } from '@cotangent/tensor';
 * views.transpose(zerosTensor([2, 3, 4], 'float64'), [1, 0, 2]).shape; // [3, 2, 4]
 * ```
 */
export function transpose<D extends DType>(tensor: Tensor<D>, axes?: readonly number[]): Tensor<D> {
  const rank = tensor.shape.length;
  const order = axes === undefined ? normalizeAxes(axes, rank, 'transpose').reverse() : axes;
  if (order.length !== rank) {
    throw new ValueError(`transpose: ${formatShape(order)} is no permutation of ${rank} axes`, {
      code: 'AXES_NOT_PERMUTATION',
      hint: 'name every axis exactly once',
      data: { axes: order, rank },
    });
  }
  return rearranged(tensor, normalizeAxes(order, rank, 'transpose'));
}

/** Exchanges two axes. Errors as `normalizeAxis`. */
export function swapAxes<D extends DType>(tensor: Tensor<D>, a: number, b: number): Tensor<D> {
  const rank = tensor.shape.length;
  const first = normalizeAxis(a, rank, 'swapAxes');
  const second = normalizeAxis(b, rank, 'swapAxes');
  const order = tensor.shape
    .map((_, k) => k)
    .with(first, second)
    .with(second, first);
  return rearranged(tensor, order);
}

/** Moves axis `from` so that it becomes axis `to`; the others keep their order. Errors as `normalizeAxis`. */
export function moveAxis<D extends DType>(tensor: Tensor<D>, from: number, to: number): Tensor<D> {
  const rank = tensor.shape.length;
  const source = normalizeAxis(from, rank, 'moveAxis');
  const others = tensor.shape.map((_, k) => k).toSpliced(source, 1);
  return rearranged(tensor, others.toSpliced(normalizeAxis(to, rank, 'moveAxis'), 0, source));
}

/**
 * New axes of length 1.
 *
 * @param axes - where they are in the result.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { tensorFrom, views } from '@cotangent/tensor';
 * views.expandDims(tensorFrom([1, 2, 3]), [0, -1]).shape; // [1, 3, 1]
 * ```
 */
export function expandDims<D extends DType>(
  tensor: Tensor<D>,
  axes: number | readonly number[],
): Tensor<D> {
  const added = typeof axes === 'number' ? 1 : axes.length;
  const rank = tensor.shape.length + added;
  const fresh = new Set(normalizeAxes(axes, rank, 'expandDims'));
  let next = 0;
  const order = Array.from({ length: rank }, (_, axis) => (fresh.has(axis) ? -1 : next++));
  return rearranged(tensor, order);
}

/**
 * Drops axes of length 1: those named, or all of them.
 *
 * @throws ShapeError `SQUEEZE_AXIS` if a named axis is longer; ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 */
export function squeeze<D extends DType>(
  tensor: Tensor<D>,
  axes?: number | readonly number[],
): Tensor<D> {
  const { shape } = tensor;
  const dropped = new Set(
    axes === undefined
      ? shape.flatMap((n, axis) => (n === 1 ? [axis] : []))
      : normalizeAxes(axes, shape.length, 'squeeze'),
  );
  for (const axis of dropped) {
    if (shape[axis] === 1) continue;
    throw new ShapeError(`squeeze: axis ${axis} of shape ${formatShape(shape)} is not 1 long`, {
      code: 'SQUEEZE_AXIS',
      hint: 'only axes of length 1 can be dropped; slice with an index picks one entry',
      data: { axis, shape },
    });
  }
  return rearranged(
    tensor,
    shape.flatMap((_, axis) => (dropped.has(axis) ? [] : [axis])),
  );
}

/**
 * Reverses axes: those named, or all of them. Errors as `normalizeAxes`.
 *
 * @example
 * ```ts
 * import { tensorFrom, views } from '@cotangent/tensor';
 * views.flip(tensorFrom([[1, 2], [3, 4]]), 1).toArray(); // [[2, 1], [4, 3]]
 * ```
 */
export function flip<D extends DType>(
  tensor: Tensor<D>,
  axes?: number | readonly number[],
): Tensor<D> {
  const flipped = normalizeAxes(axes, tensor.shape.length, 'flip');
  return tensor.step(...tensor.shape.map((_, axis) => (flipped.includes(axis) ? -1 : 1)));
}

/** Where a diagonal lies; as in NumPy. */
export interface DiagonalOptions {
  /** Which diagonal: 0 the main one, positive above it, negative below. Default 0. */
  readonly offset?: number;
  /** Axis of the rows. Default 0. */
  readonly axis1?: number;
  /** Axis of the columns. Default 1. */
  readonly axis2?: number;
}

/**
 * The diagonal over two axes, which are dropped; it becomes the last axis.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { tensorFrom, views } from '@cotangent/tensor';
 * views.diagonal(tensorFrom([[1, 2], [3, 4]])).toArray(); // [1, 4]
 * ```
 */
export function diagonal<D extends DType>(
  tensor: Tensor<D>,
  { offset = 0, axis1 = 0, axis2 = 1 }: DiagonalOptions = {},
): Tensor<D> {
  const { shape, stride } = tensor;
  const axes = normalizeAxes([axis1, axis2], shape.length, 'diagonal');
  const [row, column] = [axes[0]!, axes[1]!];
  const firstRow = Math.max(0, -offset);
  const firstColumn = Math.max(0, offset);
  const length = Math.max(0, Math.min(shape[row]! - firstRow, shape[column]! - firstColumn));
  const start = length > 0 ? firstRow * stride[row]! + firstColumn * stride[column]! : 0;
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  return new Tensor(
    tensor.data,
    [...kept.map((axis) => shape[axis]!), length],
    [...kept.map((axis) => stride[axis]!), stride[row]! + stride[column]!],
    tensor.offset + start,
    tensor.dtype,
  );
}
