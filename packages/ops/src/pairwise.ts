import type { TypedArray } from '@cotangent/tensor';

/**
 * Σ x[start + k · step] for k < n, halves first: error O(ε log n), not O(ε n) (Higham 2002, §4.2).
 */
export function pairwiseSum(x: TypedArray, start: number, step: number, n: number): number {
  if (n > 64) {
    const half = n >>> 1; // recursion depth is log2(n / 64)
    return (
      pairwiseSum(x, start, step, half) + pairwiseSum(x, start + half * step, step, n - half)
    );
  }
  let sum = 0;
  for (let k = 0, i = start; k < n; k++, i += step) sum += x[i]!;
  return sum;
}
