import { applyReflection, makeReflection } from './reflection.ts';
import { hypotOf } from './hypot.ts';
import { powerOfTwoBelow } from './power-of-two.ts';

/**
 * Eigenvalues of a symmetric matrix [n, n], of which the lower triangle is read, in ascending order, and eigenvectors as
 * the rows of `vectors`: of unit length, their entry of largest magnitude positive.
 *
 * Reduced to tridiagonal form by reflections, then QR steps with Wilkinson's shift (Golub & Van Loan 2013, Algorithms
 * 8.3.1 and 8.3.2). Backward error a small multiple of n ε ‖A‖. All NaN if an entry read is not finite.
 */
export function symmetricEigen(
  a: Float64Array,
  start: number,
  n: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const full = mirrored(a, start, n);
  const scale = scaleOf(full);
  if (!Number.isFinite(scale)) {
    return { values: new Float64Array(n).fill(NaN), vectors: full.fill(NaN) };
  }
  for (let k = 0; k < full.length; k++) full[k]! /= scale;
  const { diagonal, beside, basis } = tridiagonal(full, n);
  const isDone = diagonalise(diagonal, beside, basis, n);
  if (!isDone) return { values: diagonal.fill(NaN), vectors: basis.fill(NaN) };
  for (let k = 0; k < n; k++) diagonal[k]! *= scale;
  return inOrder(diagonal, basis, n);
}

function mirrored(a: Float64Array, start: number, n: number): Float64Array {
  const full = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) full[i * n + j] = full[j * n + i] = a[start + i * n + j]!;
  return full;
}

/** A power of two near the largest magnitude, so that no square over- or underflows; 1 of zeros, NaN if not finite. */
function scaleOf(a: Float64Array): number {
  let largest = 0;
  for (let k = 0; k < a.length; k++) {
    const size = Math.abs(a[k]!);
    if (!Number.isFinite(size)) return NaN;
    if (size > largest) largest = size;
  }
  return largest === 0 ? 1 : powerOfTwoBelow(largest);
}

/** T = Qᵀ A Q, of which the diagonal and the entries beside it; the rows of `basis` are the columns of Q. */
function tridiagonal(
  a: Float64Array,
  n: number,
): {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
  readonly basis: Float64Array;
} {
  const beside = new Float64Array(Math.max(0, n - 1));
  const v = new Float64Array(n * n); // row k holds the k-th reflection, of the entries after k
  const weights = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) {
    const row = v.subarray(k * n, (k + 1) * n);
    for (let i = k + 1; i < n; i++) row[i] = a[i * n + k]!;
    const { value, weight } = makeReflection(row, k + 1, n);
    beside[k] = value;
    weights[k] = weight;
    if (weight !== 0) reflectBothSides(a, n, k + 1, row, weight);
  }
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  // Qᵀ = H_{n−2} … H_0: its rows are the columns of Q, and each H acts on the columns after k.
  for (let k = n - 2; k >= 0; k--)
    for (let i = k + 1; i < n; i++)
      applyReflection(basis, i * n, v.subarray(k * n, (k + 1) * n), k + 1, n, weights[k]!);
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
  return { diagonal, beside, basis };
}

/** A ← H A H with H = I − τ v vᵀ on rows and columns from k on, as A − v wᵀ − w vᵀ. */
function reflectBothSides(
  a: Float64Array,
  n: number,
  k: number,
  v: Float64Array,
  weight: number,
): void {
  const w = new Float64Array(n);
  let overlap = 0;
  for (let i = k; i < n; i++) {
    let sum = 0;
    for (let j = k; j < n; j++) sum += a[i * n + j]! * v[j]!;
    w[i] = weight * sum;
    overlap += w[i]! * v[i]!;
  }
  for (let i = k; i < n; i++) w[i]! -= 0.5 * weight * overlap * v[i]!;
  for (let i = k; i < n; i++) {
    const [vi, wi] = [v[i]!, w[i]!];
    for (let j = k; j < n; j++) a[i * n + j]! -= vi * w[j]! + wi * v[j]!;
  }
}

/** QR steps until nothing is left beside the diagonal; false if that takes too long. */
function diagonalise(
  diagonal: Float64Array,
  beside: Float64Array,
  basis: Float64Array,
  n: number,
): boolean {
  let last = n - 1;
  for (let steps = 30 * n; last > 0;) {
    if (isNegligible(diagonal, beside, last - 1)) {
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNegligible(diagonal, beside, first - 1)) first--;
    if (steps-- === 0) return false;
    stepOfQr(diagonal, beside, basis, n, first, last);
  }
  return true;
}

/** Sets an entry beside the diagonal that is below the rounding error of its neighbours to zero. */
function isNegligible(diagonal: Float64Array, beside: Float64Array, k: number): boolean {
  const neighbours = Math.abs(diagonal[k]!) + Math.abs(diagonal[k + 1]!);
  const isSmall = Math.abs(beside[k]!) <= Number.EPSILON * neighbours + smallestNormal;
  if (isSmall) beside[k] = 0;
  return isSmall;
}

const smallestNormal = 2 ** -1022;

/** One implicit QR step on the block from `first` to `last`; the rotations are applied to the rows of `basis`. */
function stepOfQr(
  diagonal: Float64Array,
  beside: Float64Array,
  basis: Float64Array,
  n: number,
  first: number,
  last: number,
): void {
  let x = diagonal[first]! - wilkinsonShift(diagonal, beside, last);
  let z = beside[first]!;
  for (let k = first; k < last; k++) {
    const r = hypotOf(x, z);
    const [c, s] = r === 0 ? [1, 0] : [x / r, z / r];
    if (k > first) beside[k - 1] = r;
    const [a, b, d] = [diagonal[k]!, beside[k]!, diagonal[k + 1]!];
    diagonal[k] = c * c * a + 2 * c * s * b + s * s * d;
    diagonal[k + 1] = s * s * a - 2 * c * s * b + c * c * d;
    beside[k] = c * s * (d - a) + (c * c - s * s) * b;
    rotateRows(basis, n, k, c, s);
    if (k + 1 === last) return;
    x = beside[k]!;
    z = s * beside[k + 1]!;
    beside[k + 1]! *= c;
  }
}

/** The eigenvalue of the last 2 × 2 block that is nearer to its last entry. */
function wilkinsonShift(diagonal: Float64Array, beside: Float64Array, last: number): number {
  const half = (diagonal[last - 1]! - diagonal[last]!) / 2;
  const b = beside[last - 1]!;
  return diagonal[last]! - (b * b) / (half + (half < 0 ? -1 : 1) * hypotOf(half, b));
}

function rotateRows(x: Float64Array, n: number, k: number, c: number, s: number): void {
  const [p, q] = [k * n, (k + 1) * n];
  for (let j = 0; j < n; j++) {
    const [u, v] = [x[p + j]!, x[q + j]!];
    x[p + j] = c * u + s * v;
    x[q + j] = c * v - s * u;
  }
}

function inOrder(
  diagonal: Float64Array,
  basis: Float64Array,
  n: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const order = [...diagonal.keys()].sort((i, j) => diagonal[i]! - diagonal[j]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const row = basis.subarray(from * n, (from + 1) * n);
    const sign = signOfLargest(row);
    for (let j = 0; j < n; j++) vectors[to * n + j] = sign * row[j]!;
  });
  return { values: Float64Array.from(order, (k) => diagonal[k]!), vectors };
}

/** −1 if the entry of largest magnitude is negative, else 1. */
export function signOfLargest(row: Float64Array): 1 | -1 {
  let best = 0;
  for (const x of row) if (Math.abs(x) > Math.abs(best)) best = x;
  return best < 0 ? -1 : 1;
}
