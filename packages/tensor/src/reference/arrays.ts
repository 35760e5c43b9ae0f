import ndarray from 'ndarray';
import type { NdArray } from 'ndarray';
import { astype } from '../convert.ts';
import type { DType, TypedArray } from '../dtype.ts';
import { broadcastShapes, sizeOf } from '../shape.ts';
import { denseTensor } from '../dense.ts';
import type { Tensor } from '../tensor.ts';

/** An npm ndarray over a storage that tensors have. */
export type Strided = NdArray<TypedArray>;

/** The tensor's elements as an npm ndarray that shares them: from here on only `ndarray`'s own code is trusted. */
export function toNdArray(tensor: Tensor): Strided {
  const { data, shape, stride, offset } = tensor;
  return ndarray(data, [...shape], [...stride], offset);
}

/** A fresh ndarray of doubles, all zero. */
export function doubles(shape: readonly number[]): NdArray<Float64Array> {
  return ndarray(new Float64Array(sizeOf(shape)), [...shape]);
}

/** A dense ndarray of doubles as a tensor of `dtype`: every kernel computes in double and rounds once. */
export function toTensor(array: NdArray<Float64Array>, dtype: DType): Tensor {
  return astype(denseTensor(array.data, array.shape, 'float64'), dtype);
}

/** `array` repeated (stride 0) along the axes that `shape` adds or lengthens. */
export function stretch(array: Strided, shape: readonly number[]): Strided {
  const shift = shape.length - array.shape.length;
  const stride = shape.map((n, axis) =>
    axis < shift || array.shape[axis - shift] !== n ? 0 : array.stride[axis - shift]!,
  );
  return ndarray(array.data, [...shape], stride, array.offset);
}

/** The operands as ndarrays of their common shape. */
export function stretchTogether(
  tensors: readonly Tensor[],
  opName: string,
): { readonly shape: number[]; readonly arrays: Strided[] } {
  const shapes = tensors.map((t) => t.shape);
  const shape = broadcastShapes(shapes, opName);
  return { shape, arrays: tensors.map((t) => stretch(toNdArray(t), shape)) };
}
