/** Row-major matrices as lists, just large enough for the catalogue. */

const cell = (a: readonly number[], n: number, i: number, j: number): number => a[i * n + j]!;

/** L with A = L Lᵀ; reads the lower triangle. */
export function cholesky(a: readonly number[], n: number): number[] {
  const l = Array<number>(n * n).fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = cell(a, n, i, j);
      for (let k = 0; k < j; k++) rest -= cell(l, n, i, k) * cell(l, n, j, k);
      l[i * n + j] = i === j ? Math.sqrt(rest) : rest / cell(l, n, j, j);
    }
  }
  return l;
}

const product = (a: readonly number[], b: readonly number[], n: number): number[] =>
  a.map((_, k) =>
    Array.from(
      { length: n },
      (_j, j) => cell(a, n, Math.floor(k / n), j) * cell(b, n, j, k % n),
    ).reduce((x, y) => x + y, 0),
  );
const transposed = (a: readonly number[], n: number): number[] =>
  a.map((_, k) => cell(a, n, k % n, Math.floor(k / n)));

function inverseOfLower(l: readonly number[], n: number): number[] {
  const inverse = Array<number>(n * n).fill(0);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let rest = i === j ? 1 : 0;
      for (let k = j; k < i; k++) rest -= cell(l, n, i, k) * cell(inverse, n, k, j);
      inverse[i * n + j] = rest / cell(l, n, i, i);
    }
  }
  return inverse;
}

/**
 * Ā = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, Φ the lower triangle with half the diagonal (Murray 2016, §4.3), made symmetric, or with
 * everything in the lower triangle.
 */
export function choleskyPullback(
  a: readonly number[],
  lBar: readonly number[],
  n: number,
  convention: 'lower' | 'symmetric',
): number[] {
  const l = cholesky(a, n);
  const isLower = (k: number): boolean => k % n <= Math.floor(k / n);
  const masked = lBar.map((value, k) => (isLower(k) ? value : 0));
  const inner = product(transposed(l, n), masked, n).map((value, k) =>
    k % n === Math.floor(k / n) ? value / 2 : isLower(k) ? value : 0,
  );
  const inverse = inverseOfLower(l, n);
  const s = product(product(transposed(inverse, n), inner, n), inverse, n);
  const symmetric = s.map((value, k) => (value + transposed(s, n)[k]!) / 2);
  if (convention === 'symmetric') return symmetric;
  return symmetric.map((value, k) =>
    k % n === Math.floor(k / n) ? value : isLower(k) ? 2 * value : 0,
  );
}

/** ⟨q, r⟩² for the eigenvector q of the larger eigenvalue of a symmetric 2×2 matrix and r = (1, 0.5), with its gradient. */
export function topOfTwo(a: readonly number[]): {
  readonly value: number;
  readonly gradient: number[];
} {
  const [p = 0, b01 = 0, b10 = 0, c = 0] = a;
  const b = (b01 + b10) / 2;
  const angle = 0.5 * Math.atan2(2 * b, p - c);
  const q = [Math.cos(angle), Math.sin(angle)];
  const other = [-Math.sin(angle), Math.cos(angle)];
  const gap = Math.hypot(p - c, 2 * b);
  const alongR = (v: readonly number[]): number => v[0]! + 0.5 * v[1]!;
  const factor = (2 * alongR(q) * alongR(other)) / gap;
  const gradient = [0, 1, 2, 3].map((k) => {
    const [i, j] = [k >> 1, k & 1];
    return (factor * (other[i]! * q[j]! + other[j]! * q[i]!)) / 2;
  });
  return { value: alongR(q) ** 2, gradient };
}
