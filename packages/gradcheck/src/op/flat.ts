import { astype, denseData, denseTensor, sizeOf } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';

/** Dtype and shape of one of several tensors that are handled as one vector. */
export interface Part {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Number of elements of all parts. */
export function lengthOf(parts: readonly Part[]): number {
  return parts.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** The elements of all tensors, one after the other. A missing tensor counts as zeros. */
export function pack(
  tensors: readonly (Tensor | undefined)[],
  parts: readonly Part[],
): Float64Array {
  const flat = new Float64Array(lengthOf(parts));
  let start = 0;
  parts.forEach(({ shape }, k) => {
    const tensor = tensors[k];
    if (tensor !== undefined) flat.set(denseData(tensor), start);
    start += sizeOf(shape);
  });
  return flat;
}

/** The tensors that {@link pack} makes `flat` of, with storage of their own. */
export function unpack(flat: Float64Array, parts: readonly Part[]): readonly Tensor[] {
  let start = 0;
  return parts.map(({ dtype, shape }) => {
    const size = sizeOf(shape);
    const values = flat.slice(start, start + size);
    start += size;
    return astype(denseTensor(values, shape, 'float64'), dtype);
  });
}

/** Which part, and which element of it, a position in the vector is. */
export function locate(
  position: number,
  parts: readonly Part[],
): { readonly part: number; readonly flat: number } {
  let flat = position;
  let part = 0;
  while (part < parts.length - 1 && flat >= sizeOf(parts[part]!.shape)) {
    flat -= sizeOf(parts[part]!.shape);
    part++;
  }
  return { part, flat };
}

/** Same dtype, shape and bits; NaN equals NaN. */
export function sameBits(a: Tensor, b: Tensor): boolean {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
  const [x, y] = [denseData(a), denseData(b)];
  return x.every((value, k) => Object.is(value, y[k]));
}
