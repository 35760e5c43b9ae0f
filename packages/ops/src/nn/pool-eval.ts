import { allocate, denseData, denseTensor, integerRange, isFloat, sizeOf } from '@cotangent/tensor';
import type { DType, Tensor, TypedArray } from '@cotangent/tensor';
import { forEachWindow } from '../kernels/pool.ts';
import { axesOf, poolShape } from './pool-geometry.ts';
import type { PoolAttrs } from './pool-geometry.ts';

function planesOf(shape: readonly number[], axes: number): number {
  return sizeOf(shape.slice(0, shape.length - axes));
}

/** The greatest entry of every window. */
export function greatest(x: Tensor, attrs: PoolAttrs): Tensor {
  const data = denseData(x);
  const shape = poolShape(x.shape, attrs, 'maxPool').map(Number);
  const y = allocate(x.dtype, sizeOf(shape));
  const least = isFloat(x.dtype) ? -Infinity : integerRange(x.dtype)[0];
  forEachWindow(
    planesOf(x.shape, attrs.window.length),
    axesOf(x.shape, attrs),
    (k, entries, at) => {
      const place = placeOfGreatest(data, entries, at);
      y[k] = place < 0 ? least : data[at + place]!;
    },
  );
  return denseTensor(y, shape, x.dtype);
}

/** Its place in its plane. */
export function placesOf(x: Tensor, attrs: PoolAttrs): Tensor {
  const data = denseData(x);
  const shape = poolShape(x.shape, attrs, 'maxPool').map(Number);
  const y = new Int32Array(sizeOf(shape));
  forEachWindow(
    planesOf(x.shape, attrs.window.length),
    axesOf(x.shape, attrs),
    (k, entries, at) => {
      y[k] = placeOfGreatest(data, entries, at);
    },
  );
  return denseTensor(y, shape, 'int32');
}

/** Among these entries of a plane, the first of the greatest, or the first NaN; −1 of none. */
function placeOfGreatest(data: TypedArray, entries: Int32Array, start: number): number {
  let place = entries[0] ?? -1;
  for (const entry of entries) {
    const [x, best] = [data[start + entry]!, data[start + place]!];
    if (Number.isNaN(best)) return place;
    if (x > best || Number.isNaN(x)) place = entry;
  }
  return place;
}

/** The entries of planes at these places. */
export function gathered(x: Tensor, indices: Tensor, axes: number): Tensor {
  const [data, at] = [denseData(x), denseData(indices)];
  const planes = planesOf(x.shape, axes);
  const [size, count] = [x.size / planes, at.length / planes];
  const y = allocate(x.dtype, at.length);
  at.forEach((place, k) => {
    y[k] = place < 0 ? 0 : data[Math.floor(k / count) * size + place]!;
  });
  return denseTensor(y, indices.shape, x.dtype);
}

/** Planes with values added at these places. */
export function scattered(
  y: Tensor,
  indices: Tensor,
  shape: readonly number[],
  axes: number,
): Tensor {
  const [data, at] = [denseData(y), denseData(indices)];
  const planes = planesOf(shape, axes);
  const [size, count] = [sizeOf(shape) / planes, at.length / planes];
  const x = new Float64Array(sizeOf(shape));
  at.forEach((place, k) => {
    if (place >= 0) x[Math.floor(k / count) * size + place]! += data[k]!;
  });
  return denseTensor(stored(y.dtype, x), shape, y.dtype);
}

/** The sum of every window. */
export function windowSums(x: Tensor, attrs: PoolAttrs, dtype: DType): Tensor {
  const data = denseData(x);
  const shape = poolShape(x.shape, attrs, 'sumPool').map(Number);
  const y = new Float64Array(sizeOf(shape));
  forEachWindow(
    planesOf(x.shape, attrs.window.length),
    axesOf(x.shape, attrs),
    (k, entries, at) => {
      for (const entry of entries) y[k]! += data[at + entry]!;
    },
  );
  return denseTensor(stored(dtype, y), shape, dtype);
}

/** Each value added to the entries of its window. */
export function spread(y: Tensor, shape: readonly number[], attrs: PoolAttrs): Tensor {
  const data = denseData(y);
  const x = new Float64Array(sizeOf(shape));
  forEachWindow(planesOf(shape, attrs.window.length), axesOf(shape, attrs), (k, entries, at) => {
    for (const entry of entries) x[at + entry]! += data[k]!;
  });
  return denseTensor(stored(y.dtype, x), shape, y.dtype);
}

function stored(dtype: DType, values: Float64Array): TypedArray {
  const data = allocate(dtype, values.length);
  data.set(values);
  return data;
}
