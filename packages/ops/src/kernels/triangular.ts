/** Which triangle of a matrix is meant, and how. */
export interface Triangle {
  /** The lower one, else the upper one. */
  readonly lower: boolean;
  /** The transposed triangle is solved with. */
  readonly trans: boolean;
  /** The diagonal is taken to be 1 and not read. */
  readonly unitDiagonal: boolean;
}

/**
 * Overwrites B [n, columns] by T⁻¹ B, or by T⁻ᵀ B: T is a triangle of the matrix [n, n] that starts at `tStart`. Both are
 * row-major, and both are read row by row.
 *
 * Substitution: (T + ΔT) x = b with |ΔT| ≤ n ε |T| (Higham 2002, Theorem 8.5).
 */
export function solveTriangleInPlace(
  t: Float64Array,
  tStart: number,
  n: number,
  b: Float64Array,
  bStart: number,
  columns: number,
  triangle: Triangle,
): void {
  const { lower, trans, unitDiagonal } = triangle;
  const isForward = lower !== trans;
  for (let step = 0; step < n; step++) {
    const i = isForward ? step : n - 1 - step;
    const [from, to] = lower ? [0, i] : [i + 1, n];
    const row = tStart + i * n;
    const own = bStart + i * columns;
    if (!trans) subtractRows(t, row, from, to, b, bStart, columns, own);
    if (!unitDiagonal) divideRow(b, own, columns, t[row + i]!);
    if (trans) subtractFromRows(t, row, from, to, b, bStart, columns, own);
  }
}

/** b_i −= Σ_j t_ij b_j. */
function subtractRows(
  t: Float64Array,
  row: number,
  from: number,
  to: number,
  b: Float64Array,
  bStart: number,
  columns: number,
  own: number,
): void {
  if (columns === 1) {
    let sum = 0;
    for (let j = from; j < to; j++) sum += t[row + j]! * b[bStart + j]!;
    b[own]! -= sum;
    return;
  }
  for (let j = from; j < to; j++) {
    const factor = t[row + j]!;
    const other = bStart + j * columns;
    for (let k = 0; k < columns; k++) b[own + k]! -= factor * b[other + k]!;
  }
}

/** b_j −= t_ij b_i for every j. */
function subtractFromRows(
  t: Float64Array,
  row: number,
  from: number,
  to: number,
  b: Float64Array,
  bStart: number,
  columns: number,
  own: number,
): void {
  for (let j = from; j < to; j++) {
    const factor = t[row + j]!;
    const other = bStart + j * columns;
    for (let k = 0; k < columns; k++) b[other + k]! -= factor * b[own + k]!;
  }
}

function divideRow(b: Float64Array, own: number, columns: number, divisor: number): void {
  for (let k = 0; k < columns; k++) b[own + k]! /= divisor;
}

/** The first row with a zero on the diagonal of a matrix [n, n], −1 if there is none. */
export function zeroOnDiagonal(t: Float64Array, start: number, n: number): number {
  for (let i = 0; i < n; i++) if (t[start + i * n + i] === 0) return i;
  return -1;
}
