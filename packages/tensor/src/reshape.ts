import { copy } from './convert.ts';
import type { DType } from './dtype.ts';
import { ShapeError } from './errors.ts';
import { loopNest } from './iterate.ts';
import { formatShape, rowMajorStrides, sizeOf } from './shape.ts';
import { Tensor } from './tensor.ts';

/**
 * The same elements in row-major order under another shape, without copying.
 *
 * @param shape - of the same size; one entry may be −1 and is then worked out.
 * @returns a view, or undefined if the strides of `tensor` allow none ({@link reshapeCopy} always works).
 * @throws ShapeError `RESHAPE_SIZE_MISMATCH` if the sizes differ; `SHAPE_INVALID`.
 * @example
 * ```ts
 * import { tensorFrom, views } from '@cotangent/tensor';
 * const t = tensorFrom([[1, 2, 3], [4, 5, 6]]);
 * views.reshape(t, [3, -1])?.toArray(); // [[1, 2], [3, 4], [5, 6]]
 * views.reshape(views.transpose(t), [6]); // undefined
 * ```
 */
export function reshape<D extends DType>(
  tensor: Tensor<D>,
  shape: readonly number[],
): Tensor<D> | undefined {
  const target = resolveShape(shape, tensor.shape);
  const stride = tensor.size === 0 ? rowMajorStrides(target) : viewStrides(tensor, target);
  if (stride === undefined) return undefined;
  return new Tensor(tensor.data, target, stride, tensor.offset, tensor.dtype);
}

/**
 * The same elements in row-major order under another shape: a view where one is possible, a copy otherwise.
 *
 * @throws ShapeError as {@link reshape}.
 */
export function reshapeCopy<D extends DType>(
  tensor: Tensor<D>,
  shape: readonly number[],
): Tensor<D> {
  const view = reshape(tensor, shape);
  if (view !== undefined) return view;
  const dense = copy(tensor);
  const target = resolveShape(shape, tensor.shape);
  return new Tensor(dense.data, target, rowMajorStrides(target), 0, tensor.dtype);
}

/**
 * `shape` with its −1, if any, replaced by what the size of `from` leaves over.
 *
 * @throws ShapeError `RESHAPE_SIZE_MISMATCH` if the sizes cannot be made equal; `SHAPE_INVALID`.
 */
export function resolveShape(shape: readonly number[], from: readonly number[]): number[] {
  const size = sizeOf(from);
  const unknown = shape.indexOf(-1);
  const known = sizeOf(unknown < 0 ? shape : shape.toSpliced(unknown, 1));
  const fits = unknown < 0 ? known === size : known > 0 && size % known === 0;
  if (fits) return unknown < 0 ? [...shape] : shape.with(unknown, size / known);
  throw new ShapeError(`reshape: cannot make ${formatShape(shape)} of ${formatShape(from)}`, {
    code: 'RESHAPE_SIZE_MISMATCH',
    hint: `the new shape must have ${size} elements; one entry may be -1`,
    data: { from, to: shape },
  });
}

/**
 * Strides for `target`, or undefined. The axes of `tensor` are merged into runs of evenly spaced elements; every new
 * axis must lie within one run.
 */
function viewStrides(tensor: Tensor, target: readonly number[]): number[] | undefined {
  const runs = loopNest(tensor.shape, [tensor.stride]);
  const stride = target.map(() => 0);
  let run = runs.shape.length - 1;
  let left = runs.shape[run]!; // length of the current run not yet used up
  let step = runs.strides[0]![run]!;
  for (let axis = target.length - 1; axis >= 0; axis--) {
    const n = target[axis]!;
    if (n !== 1 && left === 1 && run > 0) {
      run--;
      left = runs.shape[run]!;
      step = runs.strides[0]![run]!;
    }
    if (left % n !== 0) return undefined;
    stride[axis] = step;
    step *= n;
    left /= n;
  }
  return stride;
}
