import type { TypedArray } from '@cotangent/tensor';
import { pairwise, pairwiseSum } from '../pairwise.ts';

/** Σ_k x[start + k] of integers, exact if the sum is below 2⁵³: halves of 16 bits cannot round on the way. */
export function integerSum(x: TypedArray, start: number, n: number): number {
  let low = 0;
  let high = 0;
  for (let k = start; k < start + n; k++) {
    const value = x[k]!;
    low += value & 0xffff;
    high += value >> 16;
  }
  return high * 0x10000 + low;
}

/** Π_k x[start + k], in float64. */
export function product(x: TypedArray, start: number, n: number): number {
  let result = 1;
  for (let k = start; k < start + n; k++) result *= x[k]!;
  return result;
}

/** Π_k x[start + k] of integers, exact if it is below 2⁵³; 0 if one factor is. */
export function integerProduct(x: TypedArray, start: number, n: number): number {
  let result = 1;
  for (let k = start; k < start + n; k++) {
    if (x[k] === 0) return 0; // also where the other factors overflow to infinity
    result *= x[k]!;
  }
  return result;
}

/** Σ_k (x_k − mean)² / (n − ddof), in two passes; NaN unless n > ddof. */
export function variance(x: TypedArray, start: number, n: number, ddof: number): number {
  if (!(n > ddof)) return Number.NaN;
  const mean = pairwiseSum(x, start, 1, n) / n;
  return pairwise(squaredDeviations, x, start, 1, n, mean) / (n - ddof);
}

function squaredDeviations(
  x: TypedArray,
  start: number,
  step: number,
  n: number,
  mean: number,
): number {
  let sum = 0;
  for (let k = 0, i = start; k < n; k++, i += step) {
    const deviation = x[i]! - mean;
    sum += deviation * deviation;
  }
  return sum;
}
