import { checkDType, type DType, type TypedArray, type TypedArrayOf } from './dtype.ts';
import { ShapeError } from './errors.ts';
import { forEachRow, loopNest } from './iterate.ts';
import { broadcastTo } from './broadcast.ts';
import { formatShape } from './shape.ts';
import { zerosTensor } from './dense.ts';
import type { Tensor } from './tensor.ts';

/** Whether the elements lie in storage one after the other in row-major order, starting at `offset`. */
export function isContiguous(tensor: Tensor): boolean {
  let expected = 1;
  if (tensor.size === 0) return true;
  for (let axis = tensor.shape.length - 1; axis >= 0; axis--) {
    const n = tensor.shape[axis]!;
    if (n !== 1 && tensor.stride[axis] !== expected) return false;
    expected *= n;
  }
  return true;
}

/**
 * The same values, row-major and dense: elements are `data[offset]` to `data[offset + size − 1]`.
 *
 * @returns `tensor` itself if it is dense already, a copy otherwise.
 */
export function contiguous<D extends DType>(tensor: Tensor<D>): Tensor<D> {
  return isContiguous(tensor) ? tensor : copy(tensor);
}

/** A new dense tensor with the same values and storage of its own. */
export function copy<D extends DType>(tensor: Tensor<D>): Tensor<D> {
  const result = zerosTensor(tensor.shape, tensor.dtype);
  transfer(result, tensor);
  return result;
}

/**
 * The elements in row-major order as a typed array of exactly `size` elements. It shares the tensor's storage if the
 * tensor is dense, so treat it as read-only.
 */
export function denseData<D extends DType>(tensor: Tensor<D>): TypedArrayOf[D];
export function denseData(tensor: Tensor): TypedArray {
  const { data, offset, size } = contiguous(tensor);
  if (size === 0) return data.subarray(0, 0);
  return size === data.length ? data : data.subarray(offset, offset + size);
}

/**
 * The values converted to `dtype` as `storeValue` does: floats lose their fraction and wrap when they become integers.
 *
 * @returns `tensor` itself if it has that dtype already, a dense tensor otherwise.
 * @throws DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { astype, tensorFrom } from '@cotangent/tensor';
 * astype(tensorFrom([1.9, -1, 300]), 'uint8').toArray(); // [1, 255, 44]
 * ```
 */
export function astype<D extends DType>(tensor: Tensor, dtype: D): Tensor<D> {
  checkDType(dtype, 'astype');
  if (hasDType(tensor, dtype)) return tensor;
  const result = zerosTensor(tensor.shape, dtype);
  transfer(result, tensor);
  return result;
}

/** Whether `tensor` has `dtype`; narrows its type. */
export function hasDType<D extends DType>(tensor: Tensor, dtype: D): tensor is Tensor<D> {
  return tensor.dtype === dtype;
}

/**
 * `target[…] = source`: stores every element of `source`, broadcast to `target`'s shape and converted as `storeValue`
 * does. Right also where the two overlap in storage.
 *
 * @throws ShapeError `SHAPE_BROADCAST_MISMATCH` if `source` does not broadcast to `target`'s shape.
 * @throws ShapeError `OUTPUT_OVERLAPS_ITSELF` if several positions of `target` share an element (stride 0).
 * @example
 * ```ts
 * import { assign, tensorFrom, zerosTensor } from '@cotangent/tensor';
 * const t = zerosTensor([2, 2], 'float64');
 * assign(t, tensorFrom([1, 2]));
 * t.toArray(); // [[1, 2], [1, 2]]
 * ```
 */
export function assign(target: Tensor, source: Tensor): void {
  checkWritable(target, 'assign');
  const values = withoutAliasing(broadcastTo(source, target.shape, 'assign'), target);
  transfer(target, values);
}

/** Refuses to write through a broadcast view, where one element stands for many. */
export function checkWritable(target: Tensor, opName: string): void {
  if (target.size === 0) return;
  if (!target.shape.some((n, axis) => n > 1 && target.stride[axis] === 0)) return;
  throw new ShapeError(
    `${opName}: the target of shape ${formatShape(target.shape)} is a broadcast view`,
    {
      code: 'OUTPUT_OVERLAPS_ITSELF',
      hint: 'write into copy(target), or into the tensor that was broadcast',
      data: { op: opName, shape: target.shape, stride: target.stride },
    },
  );
}

/** `source`, or a copy of it if writing `target` element by element could change elements still to be read. */
export function withoutAliasing(source: Tensor, target: Tensor): Tensor {
  if (!mayOverlap(source, target)) return source;
  const sameWalk =
    source.dtype === target.dtype &&
    source.data.byteOffset === target.data.byteOffset &&
    source.offset === target.offset &&
    source.shape.every((n, axis) => n === 1 || source.stride[axis] === target.stride[axis]);
  return sameWalk ? source : copy(source);
}

function mayOverlap(a: Tensor, b: Tensor): boolean {
  if (a.size === 0 || b.size === 0 || a.data.buffer !== b.data.buffer) return false;
  const [startA, endA] = byteExtent(a);
  const [startB, endB] = byteExtent(b);
  return startA < endB && startB < endA;
}

/** The bytes of the buffer between the first and the last element, as [start, end). */
function byteExtent({ data, shape, stride, offset }: Tensor): readonly [number, number] {
  let least = offset;
  let greatest = offset;
  shape.forEach((n, axis) => {
    const reach = (n - 1) * stride[axis]!;
    if (reach < 0) least += reach;
    else greatest += reach;
  });
  const width = data.BYTES_PER_ELEMENT;
  return [data.byteOffset + least * width, data.byteOffset + (greatest + 1) * width];
}

/** Element-by-element copy with conversion; equal shapes, no harmful overlap. */
function transfer(target: Tensor, source: Tensor): void {
  const y: TypedArray = target.data;
  const x: TypedArray = source.data;
  const { shape, strides } = loopNest(target.shape, [target.stride, source.stride]);
  const n = shape[shape.length - 1]!;
  const sy = strides[0]![shape.length - 1]!;
  const sx = strides[1]![shape.length - 1]!;
  const toBool = target.dtype === 'bool' && source.dtype !== 'bool';
  forEachRow({ shape, strides }, [target.offset, source.offset], (start) => {
    const iy = start[0]!;
    const ix = start[1]!;
    if (toBool) copyTruth(y, iy, sy, x, ix, sx, n);
    else if (sy === 1 && sx === 1) y.set(x.subarray(ix, ix + n), iy);
    else copyRow(y, iy, sy, x, ix, sx, n);
  });
}

function copyRow(
  y: TypedArray,
  iy: number,
  sy: number,
  x: TypedArray,
  ix: number,
  sx: number,
  n: number,
): void {
  for (let k = 0; k < n; k++) y[iy + k * sy] = x[ix + k * sx]!;
}

function copyTruth(
  y: TypedArray,
  iy: number,
  sy: number,
  x: TypedArray,
  ix: number,
  sx: number,
  n: number,
): void {
  for (let k = 0; k < n; k++) y[iy + k * sy] = x[ix + k * sx] !== 0 ? 1 : 0;
}
