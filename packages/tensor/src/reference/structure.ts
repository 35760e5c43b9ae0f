import ops from 'ndarray-ops';
import { ShapeError, ValueError } from '../errors.ts';
import { resultType, strongDType } from '../promotion.ts';
import { formatShape, normalizeAxes, normalizeAxis } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { doubles, stretchTogether, toNdArray, toTensor } from './arrays.ts';
import { zerosTensor } from '../dense.ts';

/** Axes in the order given, reversed without `axes`; a copy. */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  const rank = x.shape.length;
  const order = axes === undefined ? normalizeAxes(axes, rank, 'transpose').reverse() : axes;
  const view = toNdArray(x).transpose(...normalizeAxes(order, rank, 'transpose'));
  return toTensor(ops.assign(doubles(view.shape), view), x.dtype);
}

/**
 * `x` repeated to a larger shape; a copy.
 *
 * @throws ShapeError `SHAPE_BROADCAST_MISMATCH`.
 */
export function broadcastTo(x: Tensor, shape: readonly number[]): Tensor {
  const { arrays, shape: common } = stretchTogether([x, zerosTensor(shape, 'bool')], 'broadcastTo');
  if (common.length !== shape.length || common.some((n, axis) => n !== shape[axis])) {
    throw new ShapeError(
      `broadcastTo: cannot broadcast ${formatShape(x.shape)} to ${formatShape(shape)}`,
      { code: 'SHAPE_BROADCAST_MISMATCH', data: { shapes: [x.shape, shape] } },
    );
  }
  return toTensor(ops.assign(doubles(shape), arrays[0]!), x.dtype);
}

/**
 * Tensors joined along `axis`; the other axes must agree.
 *
 * @throws ValueError `CONCATENATE_EMPTY` without tensors; ShapeError `CONCATENATE_SHAPES`.
 */
export function concatenate(tensors: readonly Tensor[], axis: number = 0): Tensor {
  const first = tensors[0];
  if (first === undefined) {
    throw new ValueError('concatenate: no tensors', { code: 'CONCATENATE_EMPTY' });
  }
  const along = normalizeAxis(axis, first.shape.length, 'concatenate');
  const length = tensors.reduce((total, t) => total + lengthAlong(t, along, first), 0);
  const out = doubles(first.shape.with(along, length));
  let start = 0;
  for (const t of tensors) {
    const from = t.shape.map((_, k) => (k === along ? start : 0));
    ops.assign(out.lo(...from).hi(...t.shape), toNdArray(t));
    start += t.shape[along]!;
  }
  return toTensor(out, strongDType(resultType(tensors.map((t) => t.dtype))));
}

function lengthAlong(t: Tensor, along: number, first: Tensor): number {
  const agrees = t.shape.every((n, k) => k === along || n === first.shape[k]);
  if (agrees && t.shape.length === first.shape.length) return t.shape[along]!;
  throw new ShapeError(
    `concatenate: ${formatShape(t.shape)} does not fit ${formatShape(first.shape)} along axis ${along}`,
    { code: 'CONCATENATE_SHAPES', data: { shapes: [first.shape, t.shape], axis: along } },
  );
}
