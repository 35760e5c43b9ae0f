import { allocate, storeValue, type DType, type TypedArrayOf } from './dtype.ts';
import { ArgumentTypeError, ShapeError } from './errors.ts';
import { formatShape, rowMajorStrides, sizeOf } from './shape.ts';
import { Tensor } from './tensor.ts';

/**
 * A row-major tensor over `data`, sharing it. Unlike the constructor it checks that the sizes agree.
 *
 * @throws ShapeError `SHAPE_SIZE_MISMATCH` if `data` does not have exactly one element per position.
 */
export function denseTensor<D extends DType>(
  data: TypedArrayOf[D],
  shape: readonly number[],
  dtype: D,
): Tensor<D> {
  const size = sizeOf(shape);
  if (data.length !== size) {
    throw new ShapeError(`${data.length} elements do not fill shape ${formatShape(shape)}`, {
      code: 'SHAPE_SIZE_MISMATCH',
      hint: `that shape has ${size} elements`,
      data: { length: data.length, shape },
    });
  }
  return new Tensor(data, [...shape], rowMajorStrides(shape), 0, dtype);
}

/**
 * A new tensor of zeros (`false` for dtype `bool`).
 *
 * @throws ShapeError `SHAPE_INVALID`; ValueError `OUT_OF_MEMORY`.
 * @example
 * ```ts
 * import { zerosTensor } from '@cotangent/tensor';
 * zerosTensor([2, 3], 'float32').size; // 6
 * ```
 */
export function zerosTensor<D extends DType>(shape: readonly number[], dtype: D): Tensor<D> {
  return denseTensor(allocate(dtype, sizeOf(shape)), shape, dtype);
}

/**
 * A new tensor with `value` everywhere, converted as `storeValue` does.
 *
 * @throws ShapeError `SHAPE_INVALID`; ArgumentTypeError `NOT_A_NUMBER`; ValueError `OUT_OF_MEMORY`.
 * @example
 * ```ts
 * import { fullTensor } from '@cotangent/tensor';
 * fullTensor([2], 7, 'int32').toArray(); // [7, 7]
 * ```
 */
export function fullTensor<D extends DType>(
  shape: readonly number[],
  value: number | boolean,
  dtype: D,
): Tensor<D> {
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    throw new ArgumentTypeError(`fullTensor: ${String(value)} is not a number`, {
      code: 'NOT_A_NUMBER',
      data: { value },
    });
  }
  const tensor = zerosTensor(shape, dtype);
  tensor.data.fill(storeValue(Number(value), dtype));
  return tensor;
}
