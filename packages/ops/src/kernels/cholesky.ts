/**
 * Overwrites the lower triangle of a symmetric matrix [n, n], row-major from `start`, by the factor L of A = L Lᵀ, and
 * the other triangle, which is not read, by zeros. Row by row, so that every inner product runs along two rows.
 *
 * Backward stable: |A − L Lᵀ| ≤ (n + 1) ε |L| |Lᵀ| (Higham 2002, Theorem 10.3).
 *
 * @returns −1, or the first row whose pivot is not positive (NaN included); what is written is then of no use.
 */
export function choleskyInPlace(a: Float64Array, start: number, n: number): number {
  for (let i = 0; i < n; i++) {
    const row = start + i * n;
    for (let j = 0; j < i; j++) {
      const other = start + j * n;
      a[row + j] = (a[row + j]! - rowProduct(a, row, other, j)) / a[other + j]!;
    }
    const pivot = a[row + i]! - rowProduct(a, row, row, i);
    if (!(pivot > 0)) return i;
    a[row + i] = Math.sqrt(pivot);
    a.fill(0, row + i + 1, row + n);
  }
  return -1;
}

/** Σ_{k<n} a[p + k] a[q + k], in four partial sums. */
export function rowProduct(a: Float64Array, p: number, q: number, n: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < n; k += 4) {
    s0 += a[p + k]! * a[q + k]!;
    s1 += a[p + k + 1]! * a[q + k + 1]!;
    s2 += a[p + k + 2]! * a[q + k + 2]!;
    s3 += a[p + k + 3]! * a[q + k + 3]!;
  }
  for (; k < n; k++) s0 += a[p + k]! * a[q + k]!;
  return s0 + s1 + (s2 + s3);
}
