import type { TypedArray } from '@cotangent/tensor';
import { pairwiseSum } from '../pairwise.ts';
import { argmaxOf } from './select.ts';

/** The greatest element, NaN if there is one, −∞ of none. */
function greatest(x: TypedArray, start: number, n: number): number {
  return n === 0 ? -Infinity : x[start + argmaxOf(x, start, n)]!;
}

/** Fills the scratch with exp(x_k − shift) and gives their sum. */
function exponentials(
  x: TypedArray,
  start: number,
  n: number,
  shift: number,
  scratch: Float64Array,
): number {
  for (let k = 0; k < n; k++) scratch[k] = Math.exp(x[start + k]! - shift);
  return pairwiseSum(scratch, 0, 1, n);
}

/** log Σ exp x_k, shifted by the greatest x so that nothing overflows; of none −∞. */
export function logSumExpOf(
  x: TypedArray,
  start: number,
  n: number,
  scratch: Float64Array,
): number {
  const shift = greatest(x, start, n);
  if (!Number.isFinite(shift)) return shift;
  return shift + Math.log(exponentials(x, start, n, shift, scratch));
}

/**
 * exp x_k / Σ exp x. NaN if the greatest x is infinite, as it stands; with `shares`, the weights of logSumExp:
 * entries of +∞ share 1, and all −∞ weigh 0.
 */
export function softmaxRow(
  x: TypedArray,
  start: number,
  n: number,
  out: TypedArray,
  outStart: number,
  scratch: Float64Array,
  shares: boolean,
): void {
  const shift = greatest(x, start, n);
  if (shares && Math.abs(shift) === Infinity) {
    sharesOfInfinity(x, start, n, out, outStart);
    return;
  }
  const sum = exponentials(x, start, n, shift, scratch);
  for (let k = 0; k < n; k++) out[outStart + k] = scratch[k]! / sum;
}

function sharesOfInfinity(
  x: TypedArray,
  start: number,
  n: number,
  out: TypedArray,
  outStart: number,
): void {
  let count = 0;
  for (let k = start; k < start + n; k++) if (x[k] === Infinity) count++;
  for (let k = 0; k < n; k++) out[outStart + k] = x[start + k] === Infinity ? 1 / count : 0;
}

/** x_k − log Σ exp x, without the cancellation of taking the two apart. */
export function logSoftmaxRow(
  x: TypedArray,
  start: number,
  n: number,
  out: TypedArray,
  outStart: number,
  scratch: Float64Array,
): void {
  const top = greatest(x, start, n);
  const shift = Math.abs(top) === Infinity ? 0 : top;
  const logSum = Math.log(exponentials(x, start, n, shift, scratch));
  for (let k = 0; k < n; k++) out[outStart + k] = x[start + k]! - shift - logSum;
}
