import { solveTriangleInPlace } from './triangular.ts';

/** What {@link luInPlace} did: row i of P A is row `rows[i]` of A; `sign` is the determinant of P. */
export interface Permutation {
  readonly rows: Int32Array;
  readonly sign: 1 | -1;
}

/**
 * Overwrites a matrix [n, n], row-major from `start`, by L (below the diagonal, its own being 1) and U (the rest) of
 * P A = L U. The pivot of a column is its entry of largest magnitude; a column of zeros is left as it is.
 *
 * Golub & Van Loan (2013), Matrix Computations, Algorithm 3.4.1; backward error n ε ‖ |L| |U| ‖.
 */
export function luInPlace(a: Float64Array, start: number, n: number): Permutation {
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  let sign: 1 | -1 = 1;
  for (let k = 0; k < n; k++) {
    const p = pivotRow(a, start, n, k);
    if (p !== k) {
      swapRows(a, start, n, rows, p, k);
      sign = sign === 1 ? -1 : 1;
    }
    if (a[start + k * n + k] !== 0) eliminate(a, start, n, k);
  }
  return { rows, sign };
}

/** The row of the largest entry of column k on or below the diagonal; the first NaN, if there is one. */
function pivotRow(a: Float64Array, start: number, n: number, k: number): number {
  let best = k;
  for (let i = k; i < n; i++) {
    const value = Math.abs(a[start + i * n + k]!);
    if (Number.isNaN(value)) return i;
    if (value > Math.abs(a[start + best * n + k]!)) best = i;
  }
  return best;
}

function swapRows(
  a: Float64Array,
  start: number,
  n: number,
  rows: Int32Array,
  p: number,
  q: number,
): void {
  const [left, right] = [start + p * n, start + q * n];
  for (let j = 0; j < n; j++) {
    const kept = a[left + j]!;
    a[left + j] = a[right + j]!;
    a[right + j] = kept;
  }
  const row = rows[p]!;
  rows[p] = rows[q]!;
  rows[q] = row;
}

function eliminate(a: Float64Array, start: number, n: number, k: number): void {
  const own = start + k * n;
  const pivot = a[own + k]!;
  for (let i = k + 1; i < n; i++) {
    const row = start + i * n;
    const factor = a[row + k]! / pivot;
    a[row + k] = factor;
    if (factor === 0) continue;
    for (let j = k + 1; j < n; j++) a[row + j]! -= factor * a[own + j]!;
  }
}

/**
 * Writes A⁻¹ B, or A⁻ᵀ B with `trans`, to `out`, from the factors of A. B and `out` are [n, columns], row-major, and do
 * not overlap.
 */
export function luSolveInto(
  out: Float64Array,
  outStart: number,
  lu: Float64Array,
  luStart: number,
  { rows }: Permutation,
  b: Float64Array,
  bStart: number,
  columns: number,
  trans: boolean,
): void {
  const n = rows.length;
  const [first, second] = trans ? [upperTransposed, unitLowerTransposed] : [unitLower, upper];
  // A = Pᵀ L U, so A x = b is L U x = P b, and Aᵀ x = b is Uᵀ Lᵀ (P x) = b.
  const room = trans ? new Float64Array(n * columns) : out;
  const at = trans ? 0 : outStart;
  for (let i = 0; i < n; i++) {
    const from = bStart + (trans ? i : rows[i]!) * columns;
    for (let k = 0; k < columns; k++) room[at + i * columns + k] = b[from + k]!;
  }
  solveTriangleInPlace(lu, luStart, n, room, at, columns, first);
  solveTriangleInPlace(lu, luStart, n, room, at, columns, second);
  if (!trans) return;
  for (let i = 0; i < n; i++) {
    const to = outStart + rows[i]! * columns;
    for (let k = 0; k < columns; k++) out[to + k] = room[i * columns + k]!;
  }
}

const unitLower = { lower: true, trans: false, unitDiagonal: true };
const upper = { lower: false, trans: false, unitDiagonal: false };
const upperTransposed = { lower: false, trans: true, unitDiagonal: false };
const unitLowerTransposed = { lower: true, trans: true, unitDiagonal: true };
