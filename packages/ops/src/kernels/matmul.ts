import type { TypedArray } from '@cotangent/tensor';
import { matvecInto } from './matvec.ts';

/** A matrix somewhere in storage: entry (i, j) is `data[start + i·rowStep + j·columnStep]`. */
export interface MatrixView {
  readonly data: TypedArray;
  readonly start: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** Rows and columns of the tile of C that is kept in local variables: the inner loop below is written out for 4 × 4. */
const tile = 4;
/** Length of the sums within one pass: two strips of 4 × 256 float64 fit a first-level cache. */
const depthBlock = 256;
/** Columns of B packed at a time: 256 × 512 float64 are 1 MiB. */
const columnBlock = 512;

/** Buffers for packed parts of A and B and for a tile, made once for a stack of products. */
export interface MatmulScratch {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly tile: Float64Array;
}

/** Buffers for products of [·, depth] with [depth, columns]. */
export function matmulScratch(depth: number, columns: number): MatmulScratch {
  const height = Math.min(depth, depthBlock);
  const width = tile * Math.ceil(Math.min(columns, columnBlock) / tile);
  return {
    a: new Float64Array(height * tile),
    b: new Float64Array(height * width),
    tile: new Float64Array(tile * tile),
  };
}

/**
 * C += A · B in float64: A [m, k], B [k, n], both anywhere in storage; C row-major from `cStart`.
 *
 * A and B are packed into strips of 4 rows or columns, filled up with zeros, so that the inner loop reads forward only
 * and any strides cost the same (Goto & van de Geijn 2008, Anatomy of High-Performance Matrix Multiplication, §4).
 */
export function matmulInto(
  c: Float64Array,
  cStart: number,
  a: MatrixView,
  b: MatrixView,
  m: number,
  k: number,
  n: number,
  scratch: MatmulScratch,
): void {
  if (n === 1) {
    matvecInto(c, cStart, a, b.data, b.start, b.rowStep, m, k);
    return;
  }
  if (m === 1) {
    matvecInto(c, cStart, transposed(b), a.data, a.start, a.columnStep, n, k); // (aᵀB)ᵀ = Bᵀa
    return;
  }
  for (let p = 0; p < k; p += depthBlock) {
    const depth = Math.min(depthBlock, k - p);
    for (let j = 0; j < n; j += columnBlock) {
      const columns = Math.min(columnBlock, n - j);
      packColumns(b, p, j, depth, columns, scratch.b);
      for (let i = 0; i < m; i += tile) {
        const rows = Math.min(tile, m - i);
        packRows(a, i, p, rows, depth, scratch.a);
        multiplyStrip(c, cStart + i * n + j, n, rows, columns, depth, scratch);
      }
    }
  }
}

function transposed({ data, start, rowStep, columnStep }: MatrixView): MatrixView {
  return { data, start, rowStep: columnStep, columnStep: rowStep };
}

/** Adds a packed strip of A times the packed block of B to `rows` rows of C. */
function multiplyStrip(
  c: Float64Array,
  cStart: number,
  cStep: number,
  rows: number,
  columns: number,
  depth: number,
  scratch: MatmulScratch,
): void {
  for (let j = 0; j < columns; j += tile) {
    multiplyTile(scratch.a, scratch.b, j * depth, depth, scratch.tile);
    const width = Math.min(tile, columns - j);
    for (let r = 0; r < rows; r++) {
      const row = cStart + r * cStep + j;
      for (let s = 0; s < width; s++) c[row + s]! += scratch.tile[r * tile + s]!;
    }
  }
}

/** out[r, s] = Σ_p a[p, r] · b[p, s], the sums in local variables. */
function multiplyTile(
  a: Float64Array,
  b: Float64Array,
  bStart: number,
  depth: number,
  out: Float64Array,
): void {
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  for (let p = 0; p < depth; p++) {
    const pa = p * 4;
    const pb = bStart + pa;
    const a0 = a[pa]!;
    const a1 = a[pa + 1]!;
    const a2 = a[pa + 2]!;
    const a3 = a[pa + 3]!;
    const b0 = b[pb]!;
    const b1 = b[pb + 1]!;
    const b2 = b[pb + 2]!;
    const b3 = b[pb + 3]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  out[0] = c00;
  out[1] = c01;
  out[2] = c02;
  out[3] = c03;
  out[4] = c10;
  out[5] = c11;
  out[6] = c12;
  out[7] = c13;
  out[8] = c20;
  out[9] = c21;
  out[10] = c22;
  out[11] = c23;
  out[12] = c30;
  out[13] = c31;
  out[14] = c32;
  out[15] = c33;
}

/** out[p, r] = A[i + r, p0 + p] for r < rows, 0 beyond. */
function packRows(
  { data, start, rowStep, columnStep }: MatrixView,
  i: number,
  p0: number,
  rows: number,
  depth: number,
  out: Float64Array,
): void {
  packStrip(data, start + i * rowStep + p0 * columnStep, rowStep, columnStep, rows, depth, out, 0);
}

/** Strips of 4 columns, one after the other: strip s holds out[p, r] = B[p0 + p, j + 4s + r]. */
function packColumns(
  { data, start, rowStep, columnStep }: MatrixView,
  p0: number,
  j: number,
  depth: number,
  columns: number,
  out: Float64Array,
): void {
  for (let s = 0; s < columns; s += tile) {
    const from = start + p0 * rowStep + (j + s) * columnStep;
    const width = Math.min(tile, columns - s);
    packStrip(data, from, columnStep, rowStep, width, depth, out, s * depth);
  }
}

/** out[outStart + 4p + r] = data[from + r·across + p·along] for r < width, 0 beyond. */
function packStrip(
  data: TypedArray,
  from: number,
  across: number,
  along: number,
  width: number,
  depth: number,
  out: Float64Array,
  outStart: number,
): void {
  for (let r = 0; r < tile; r++) {
    let at = from + r * across;
    for (let to = outStart + r, p = 0; p < depth; p++, to += tile, at += along) {
      out[to] = r < width ? data[at]! : 0;
    }
  }
}
