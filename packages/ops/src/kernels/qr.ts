import { makeReflection } from './reflection.ts';

/**
 * A = Q R by Householder reflections (Golub & Van Loan 2013, Algorithm 5.2.1), with LAPACK's signs: R_kk = −sign(x₁)·‖x‖ of
 * the column x that the k-th reflection annihilates, and x₁ itself where nothing below it is left to annihilate.
 *
 * @param a - [m, n], row-major from `start`: overwritten, R on and above the diagonal.
 * @param q - [m, width] from `qStart`, width ≤ m: its columns become the first `width` ones of Q.
 */
export function qrInPlace(
  a: Float64Array,
  start: number,
  m: number,
  n: number,
  q: Float64Array,
  qStart: number,
  width: number,
): void {
  const steps = Math.min(m, n);
  const weights = new Float64Array(steps);
  const scratch = new Float64Array(Math.max(n, width));
  const v = new Float64Array(steps * m); // row k holds the k-th reflection
  for (let k = 0; k < steps; k++) {
    const row = v.subarray(k * m, (k + 1) * m);
    for (let i = k; i < m; i++) row[i] = a[start + i * n + k]!;
    const { value, weight } = makeReflection(row, k, m);
    weights[k] = weight;
    a[start + k * n + k] = value;
    for (let i = k + 1; i < m; i++) a[start + i * n + k] = 0;
    reflectRows(a, start, n, k + 1, row, k, weight, scratch);
  }
  for (let i = 0; i < m; i++)
    for (let j = 0; j < width; j++) q[qStart + i * width + j] = i === j ? 1 : 0;
  for (let k = steps - 1; k >= 0; k--) {
    const row = v.subarray(k * m, (k + 1) * m);
    reflectRows(q, qStart, width, k, row, k, weights[k]!, scratch);
  }
}

/** X −= τ v (vᵀ X) for rows from k on and columns from `from` on: row by row, vᵀ X gathered in `scratch`. */
function reflectRows(
  x: Float64Array,
  start: number,
  n: number,
  from: number,
  v: Float64Array,
  k: number,
  weight: number,
  scratch: Float64Array,
): void {
  if (weight === 0) return;
  scratch.fill(0, from, n);
  for (let i = k; i < v.length; i++) {
    const factor = v[i]!;
    const row = start + i * n;
    for (let j = from; j < n; j++) scratch[j]! += factor * x[row + j]!;
  }
  for (let i = k; i < v.length; i++) {
    const factor = weight * v[i]!;
    const row = start + i * n;
    for (let j = from; j < n; j++) x[row + j]! -= factor * scratch[j]!;
  }
}
