import type { TypedArray } from '@cotangent/tensor';
import { powerOfTwoBelow } from './power-of-two.ts';

/**
 * (Σ |x_k|^p)^(1/p) of `n` elements from `start`. Scaled by the largest element, for p < 0 by the smallest, so that no
 * power over- or underflows unless the result does; for p = 2 by a power of two, which rounds nothing.
 */
export function powerNorm(x: TypedArray, start: number, n: number, p: number): number {
  const extreme = p > 0 ? largest(x, start, n) : smallest(x, start, n);
  if (extreme === 0 || !Number.isFinite(extreme)) return extreme;
  const scale = p === 2 ? powerOfTwoBelow(extreme) : extreme;
  let sum = 0;
  for (let k = start; k < start + n; k++) {
    const ratio = Math.abs(x[k]!) / scale;
    sum += p === 2 ? ratio * ratio : ratio ** p;
  }
  return scale * (p === 2 ? Math.sqrt(sum) : sum ** (1 / p));
}

/** max |x_k|, NaN if there is one; of none 0. */
function largest(x: TypedArray, start: number, n: number): number {
  let result = 0;
  for (let k = start; k < start + n; k++) {
    const size = Math.abs(x[k]!);
    if (!(size <= result)) result = size;
    if (Number.isNaN(size)) return size;
  }
  return result;
}

/** min |x_k|, NaN if there is one; of none +∞. */
function smallest(x: TypedArray, start: number, n: number): number {
  let result = Infinity;
  for (let k = start; k < start + n; k++) {
    const size = Math.abs(x[k]!);
    if (Number.isNaN(size)) return size;
    if (size < result) result = size;
  }
  return result;
}
