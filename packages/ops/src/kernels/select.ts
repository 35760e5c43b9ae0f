import type { TypedArray } from '@cotangent/tensor';

/** Position in the row of its greatest element: the first of several, or the first NaN. The row is not empty. */
export function argmaxOf(x: TypedArray, start: number, n: number): number {
  let best = x[start]!;
  let at = 0;
  for (let k = 1; k < n && best === best; k++) {
    const value = x[start + k]!;
    if (value > best || value !== value) {
      best = value;
      at = k;
    }
  }
  return at;
}

/** Position in the row of its least element: the first of several, or the first NaN. The row is not empty. */
export function argminOf(x: TypedArray, start: number, n: number): number {
  let best = x[start]!;
  let at = 0;
  for (let k = 1; k < n && best === best; k++) {
    const value = x[start + k]!;
    if (value < best || value !== value) {
      best = value;
      at = k;
    }
  }
  return at;
}

/** 1 if some element is not 0. */
export function anyOf(x: TypedArray, start: number, n: number): number {
  for (let k = start; k < start + n; k++) if (x[k] !== 0) return 1;
  return 0;
}

/** 1 if no element is 0. */
export function allOf(x: TypedArray, start: number, n: number): number {
  for (let k = start; k < start + n; k++) if (x[k] === 0) return 0;
  return 1;
}
