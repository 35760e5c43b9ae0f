import type { TypedArray } from '@cotangent/tensor';

/** Below this length a plain loop: its error bound is that of 64 additions. */
const block = 64;

/** Σ_k f(x[start + k · step]) for k < n in a plain loop, f with one parameter. */
export type PlainSum = (
  x: TypedArray,
  start: number,
  step: number,
  n: number,
  parameter: number,
) => number;

/** The same sum by halves: error O(ε log n), not O(ε n) (Higham 2002, §4.2). */
export function pairwise(
  plainSum: PlainSum,
  x: TypedArray,
  start: number,
  step: number,
  n: number,
  parameter: number,
): number {
  if (n <= block) return plainSum(x, start, step, n, parameter);
  const half = n >>> 1; // recursion depth is log2(n / block)
  return (
    pairwise(plainSum, x, start, step, half, parameter) +
    pairwise(plainSum, x, start + half * step, step, n - half, parameter)
  );
}

/** Σ_k x[start + k · step] for k < n, pairwise. */
export function pairwiseSum(x: TypedArray, start: number, step: number, n: number): number {
  return pairwise(elements, x, start, step, n, 0);
}

function elements(x: TypedArray, start: number, step: number, n: number): number {
  let sum = 0;
  for (let k = 0, i = start; k < n; k++, i += step) sum += x[i]!;
  return sum;
}
