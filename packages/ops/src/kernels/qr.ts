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
  const v = new Float64Array(m * steps); // column k holds the k-th reflection, 1 in row k
  for (let k = 0; k < steps; k++) {
    weights[k] = makeReflection(a, start, m, n, k, v, steps);
    reflect(a, start, n, k + 1, k, m, v, steps, weights[k]!, scratch);
  }
  for (let i = 0; i < m; i++)
    for (let j = 0; j < width; j++) q[qStart + i * width + j] = i === j ? 1 : 0;
  for (let k = steps - 1; k >= 0; k--)
    reflect(q, qStart, width, k, k, m, v, steps, weights[k]!, scratch);
}

/** The reflection I − τ v vᵀ that maps column k to a multiple of e_k, which is written there. Gives τ. */
function makeReflection(
  a: Float64Array,
  start: number,
  m: number,
  n: number,
  k: number,
  v: Float64Array,
  steps: number,
): number {
  const head = a[start + k * n + k]!;
  v[k * steps + k] = 1;
  const below = columnNorm(a, start + (k + 1) * n + k, n, m - k - 1);
  if (below === 0) return 0;
  const norm = Math.hypot(head, below);
  const value = head < 0 || Object.is(head, -0) ? norm : -norm;
  for (let i = k + 1; i < m; i++) {
    v[i * steps + k] = a[start + i * n + k]! / (head - value);
    a[start + i * n + k] = 0;
  }
  a[start + k * n + k] = value;
  return (value - head) / value;
}

/** ‖x‖₂ of `count` entries `step` apart, scaled by the largest so that no square over- or underflows. */
function columnNorm(a: Float64Array, start: number, step: number, count: number): number {
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const size = Math.abs(a[start + i * step]!);
    if (!(size <= largest)) largest = size;
  }
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const scaled = a[start + i * step]! / largest;
    sum += scaled * scaled;
  }
  return largest * Math.sqrt(sum);
}

/** x −= τ v (vᵀ x) for rows k … m and columns `from` … n: row by row, vᵀx gathered in `scratch`. */
function reflect(
  x: Float64Array,
  start: number,
  n: number,
  from: number,
  k: number,
  m: number,
  v: Float64Array,
  steps: number,
  weight: number,
  scratch: Float64Array,
): void {
  if (weight === 0) return;
  scratch.fill(0, from, n);
  for (let i = k; i < m; i++) {
    const factor = v[i * steps + k]!;
    const row = start + i * n;
    for (let j = from; j < n; j++) scratch[j]! += factor * x[row + j]!;
  }
  for (let i = k; i < m; i++) {
    const factor = weight * v[i * steps + k]!;
    const row = start + i * n;
    for (let j = from; j < n; j++) x[row + j]! -= factor * scratch[j]!;
  }
}
