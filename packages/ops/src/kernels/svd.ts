import { signOfLargest } from './eigh.ts';
import { qrInPlace } from './qr.ts';
import { norm } from './reflection.ts';
import { hypotOf } from './hypot.ts';
import { powerOfTwoBelow } from './power-of-two.ts';

/** Singular values in descending order; left and right singular vectors as rows, min(m, n) of each. */
export interface SingularValues {
  readonly values: Float64Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/**
 * The singular value decomposition of a matrix [m, n], row-major from `start`, by one-sided Jacobi rotations, which give
 * small singular values of scaled matrices to high relative accuracy (Demmel & Veselić 1992; Golub & Van Loan 2013,
 * section 8.6.3). The entry of largest magnitude of each left vector is positive. All NaN if an entry is not finite.
 */
export function singularValues(
  a: Float64Array,
  start: number,
  m: number,
  n: number,
): SingularValues {
  if (m < n) {
    const { values, left, right } = singularValues(transposedCopy(a, start, m, n), 0, n, m);
    return withSigns(values, right, m, left, n);
  }
  const left = transposedCopy(a, start, m, n); // row k: column k of A, then of U S
  const right = new Float64Array(n * n);
  for (let k = 0; k < n; k++) right[k * n + k] = 1;
  const scale = scaleDown(left);
  if (!Number.isFinite(scale)) return notANumber(m, n);
  orthogonalise(left, m, right, n);
  const lengths = Float64Array.from({ length: n }, (_, k) => lengthOf(left, k * m, m));
  const order = [...lengths.keys()].sort((i, j) => lengths[j]! - lengths[i]!);
  const values = Float64Array.from(order, (k) => lengths[k]! * scale);
  const sortedLeft = rowsInOrder(left, order, m);
  normaliseRows(
    sortedLeft,
    Float64Array.from(order, (k) => lengths[k]!),
    m,
  );
  return withSigns(values, sortedLeft, m, rowsInOrder(right, order, n), n);
}

function transposedCopy(a: Float64Array, start: number, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[start + i * n + j]!;
  return out;
}

/** Divides by a power of two near the largest magnitude, which is given; NaN if an entry is not finite. */
function scaleDown(x: Float64Array): number {
  let largest = 0;
  for (const value of x) {
    const size = Math.abs(value);
    if (!Number.isFinite(size)) return NaN;
    if (size > largest) largest = size;
  }
  const scale = largest === 0 ? 1 : powerOfTwoBelow(largest);
  for (let k = 0; k < x.length; k++) x[k]! /= scale;
  return scale;
}

/** ‖x‖, 0 if that is so small that squares of it underflow: the rotations do not see it. */
function lengthOf(x: Float64Array, start: number, m: number): number {
  const length = norm(x, start, start + m);
  return length < 2 ** -500 ? 0 : length;
}

/** Far more than are ever needed: ten do for n in the hundreds. */
const mostSweeps = 60;

/** Rotates pairs of rows of `x`, and those of `basis` alike, until all rows are orthogonal to working precision. */
function orthogonalise(x: Float64Array, m: number, basis: Float64Array, n: number): void {
  const tolerance = Number.EPSILON * Math.sqrt(m);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let isRotated = false;
    for (let i = 0; i + 1 < n; i++) {
      for (let j = i + 1; j < n; j++) {
        if (rotatePair(x, m, basis, n, i, j, tolerance)) isRotated = true;
      }
    }
    if (!isRotated) return;
  }
}

/** Makes rows i and j orthogonal; false if they are already. */
function rotatePair(
  x: Float64Array,
  m: number,
  basis: Float64Array,
  n: number,
  i: number,
  j: number,
  tolerance: number,
): boolean {
  let [a, b, d] = [0, 0, 0];
  for (let k = 0; k < m; k++) {
    const [u, v] = [x[i * m + k]!, x[j * m + k]!];
    a += u * u;
    b += u * v;
    d += v * v;
  }
  if (Math.abs(b) <= tolerance * Math.sqrt(a) * Math.sqrt(d)) return false;
  // The smaller root of t² + 2 ζ t − 1 = 0 annihilates the product.
  const zeta = (d - a) / (2 * b);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + hypotOf(1, zeta));
  const c = 1 / hypotOf(1, t);
  rotate(x, i * m, j * m, m, c, c * t);
  rotate(basis, i * n, j * n, n, c, c * t);
  return true;
}

function rotate(x: Float64Array, p: number, q: number, n: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const [u, v] = [x[p + k]!, x[q + k]!];
    x[p + k] = c * u - s * v;
    x[q + k] = s * u + c * v;
  }
}

function rowsInOrder(x: Float64Array, order: readonly number[], n: number): Float64Array {
  const out = new Float64Array(x.length);
  order.forEach((from, to) => out.set(x.subarray(from * n, (from + 1) * n), to * n));
  return out;
}

/** Divides rows by their lengths. Rows of length 0, which come last, become any that complete an orthonormal system. */
function normaliseRows(x: Float64Array, lengths: Float64Array, m: number): void {
  const rank = lengths.findIndex((length) => length === 0);
  const count = rank < 0 ? lengths.length : rank;
  for (let k = 0; k < count; k++) for (let i = 0; i < m; i++) x[k * m + i]! /= lengths[k]!;
  if (count < lengths.length) complete(x, count, lengths.length, m);
}

/** Fills rows `count` to `total` so that all are orthonormal: the later columns of Q in a QR of the earlier rows. */
export function complete(x: Float64Array, count: number, total: number, m: number): void {
  const columns = new Float64Array(m * count);
  for (let k = 0; k < count; k++)
    for (let i = 0; i < m; i++) columns[i * count + k] = x[k * m + i]!;
  const q = new Float64Array(m * total);
  qrInPlace(columns, 0, m, count, q, 0, total);
  for (let k = count; k < total; k++) for (let i = 0; i < m; i++) x[k * m + i] = q[i * total + k]!;
}

/** Both vectors of a pair turned so that the largest entry of the left one is positive. */
function withSigns(
  values: Float64Array,
  left: Float64Array,
  m: number,
  right: Float64Array,
  n: number,
): SingularValues {
  for (let k = 0; k < values.length; k++) {
    const row = left.subarray(k * m, (k + 1) * m);
    if (signOfLargest(row) > 0) continue;
    for (let i = 0; i < m; i++) row[i]! *= -1;
    for (let i = k * n; i < (k + 1) * n; i++) right[i]! *= -1;
  }
  return { values, left, right };
}

function notANumber(m: number, n: number): SingularValues {
  return {
    values: new Float64Array(n).fill(NaN),
    left: new Float64Array(n * m).fill(NaN),
    right: new Float64Array(n * n).fill(NaN),
  };
}
