import type { DType } from './dtype.ts';
import { ShapeError } from './errors.ts';
import { formatShape, sameShape, sizeOf } from './shape.ts';
import { Tensor } from './tensor.ts';

/**
 * `tensor` seen with a larger shape: axes of length 1 are repeated (stride 0), new ones added in front. A view; its
 * elements share storage, so do not write through it.
 *
 * @throws ShapeError `SHAPE_BROADCAST_MISMATCH` if the shape cannot be reached.
 * @example
 * ```ts
 * import { tensorFrom, views } from '@cotangent/tensor';
 * views.broadcastTo(tensorFrom([1, 2]), [3, 2]).toArray(); // [[1, 2], [1, 2], [1, 2]]
 * ```
 */
export function broadcastTo<D extends DType>(
  tensor: Tensor<D>,
  shape: readonly number[],
  opName: string = 'broadcastTo',
): Tensor<D> {
  if (sameShape(tensor.shape, shape)) return tensor;
  sizeOf(shape);
  const shift = shape.length - tensor.shape.length;
  const fits = shift >= 0 && tensor.shape.every((n, axis) => n === 1 || n === shape[axis + shift]);
  if (!fits) {
    throw new ShapeError(
      `${opName}: cannot broadcast ${formatShape(tensor.shape)} to ${formatShape(shape)}`,
      {
        code: 'SHAPE_BROADCAST_MISMATCH',
        hint: 'sizes must match or be 1, axis by axis from the right',
        data: { op: opName, shapes: [tensor.shape, shape] },
      },
    );
  }
  const stride = shape.map((_, axis) =>
    axis < shift || tensor.shape[axis - shift] === 1 ? 0 : tensor.stride[axis - shift]!,
  );
  return new Tensor(tensor.data, [...shape], stride, tensor.offset, tensor.dtype);
}
