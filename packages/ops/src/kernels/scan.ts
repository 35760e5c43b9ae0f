import type { TypedArray } from '@cotangent/tensor';

/** y_k = y_{k−1} + x_k along the row, or from its end; sums are kept in float64. */
export function runningSum(
  x: TypedArray,
  start: number,
  n: number,
  out: TypedArray,
  outStart: number,
  reverse: boolean,
): void {
  const step = reverse ? -1 : 1;
  let k = reverse ? n - 1 : 0;
  let sum = 0;
  for (let count = 0; count < n; count++, k += step) {
    sum += x[start + k]!;
    out[outStart + k] = sum;
  }
}

/** y_k = y_{k−1} · x_k along the row, or from its end. */
export function runningProduct(
  x: TypedArray,
  start: number,
  n: number,
  out: TypedArray,
  outStart: number,
  reverse: boolean,
): void {
  const step = reverse ? -1 : 1;
  let k = reverse ? n - 1 : 0;
  let result = 1;
  for (let count = 0; count < n; count++, k += step) {
    result *= x[start + k]!;
    out[outStart + k] = result;
  }
}

/** r_k = a_k · r_{k−1} + b_k along the row, r before it 0. */
export function affineRow(
  a: TypedArray,
  aStart: number,
  b: TypedArray,
  bStart: number,
  n: number,
  out: TypedArray,
  outStart: number,
  reverse: boolean,
): void {
  const step = reverse ? -1 : 1;
  let k = reverse ? n - 1 : 0;
  let r = 0;
  for (let count = 0; count < n; count++, k += step) {
    r = count === 0 ? b[bStart + k]! : a[aStart + k]! * r + b[bStart + k]!;
    out[outStart + k] = r;
  }
}
