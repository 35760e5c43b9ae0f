import {
  addressOf,
  assign,
  binary,
  block,
  compare,
  constantOf,
  forLoop,
  i32,
  index,
  letIn,
  load,
  local,
  matrixProduct,
  select,
  store,
  times,
} from '@cotangent/loops';
import type {
  Local,
  LoweringContext,
  MatrixView,
  Statement,
  StridedView,
  Value,
} from '@cotangent/loops';
import type { Triangle } from '../../kernels/triangular.ts';
import {
  copyMatrix,
  entry,
  forEachMatrix,
  matrixAt,
  matrixOf,
  minusOf,
  partAt,
  plusOf,
  rowMajor,
  transposed,
  viewOf,
} from './matrix.ts';

/** Rows of X that are kept in registers while all rows before them are subtracted. */
export const tile = 8;
/** Rows of a diagonal block; what lies beside it is subtracted as a product of matrices. */
const blockRows = 64;

/** How a triangle is solved with. */
export interface Substitution {
  /** From the first row on: the triangle is lower. Else from the last: it is upper. */
  readonly isForward: boolean;
  readonly unitDiagonal: boolean;
}

/**
 * Overwrites X [n, columns] by T⁻¹ X: float64, the columns of X side by side. A zero on the diagonal gives NaN in every
 * row from there on, so that the row solved last tells whether there was one.
 */
export function solveInPlace(
  t: MatrixView,
  x: MatrixView,
  n: number,
  columns: number,
  how: Substitution,
): readonly Statement[] {
  if (columns === 0) return [];
  if (n <= 2 * blockRows || columns < tile) return solveBlock(t, x, n, columns, how);
  const starts = Array.from({ length: Math.ceil(n / blockRows) }, (_, k) => k * blockRows);
  const order = how.isForward ? starts : starts.toReversed();
  return order.flatMap((start) => {
    const rows = Math.min(blockRows, n - start);
    const [from, inner] = how.isForward ? [0, start] : [start + rows, n - start - rows];
    const [at, zero] = [i32(start), i32(0)];
    const own = partAt(x, at, zero);
    return [
      ...(inner === 0
        ? []
        : [
            matrixProduct(
              own,
              partAt(t, at, i32(from)),
              partAt(x, i32(from), zero),
              { rows, inner, columns },
              { accumulate: true, negate: true },
            ),
          ]),
      ...solveBlock(partAt(t, at, at), own, rows, columns, how),
    ];
  });
}

/** Substitution: the rows that do not fill a tile come first and one by one, then `tile` rows at a time. */
function solveBlock(
  t: MatrixView,
  x: MatrixView,
  n: number,
  columns: number,
  how: Substitution,
): readonly Statement[] {
  const rest = n % tile;
  const sizes = { n, from: i32(0), columns: i32(columns) };
  return [
    ...solveTiles(t, x, 0, 1, rest, sizes, how),
    ...solveTiles(t, x, rest, tile, Math.floor(n / tile), sizes, how),
  ];
}

/** `count` groups of `rows` rows each, after the first `done` ones in the order of the substitution. */
function solveTiles(
  t: MatrixView,
  x: MatrixView,
  done: number,
  rows: number,
  count: number,
  sizes: TileSizes,
  how: Substitution,
): readonly Statement[] {
  if (count === 0) return [];
  const g = index('g');
  const start = how.isForward
    ? plusOf(times(g, rows), i32(done))
    : minusOf(i32(sizes.n - done - rows), times(g, rows));
  const first = local('first', 'i32');
  const body = [letIn(first, start), ...solveTile(t, x, first, rows, sizes, how)];
  return [forLoop(g, i32(0), i32(count), [block(body)])];
}

/** From which column of X up to which. */
export interface ColumnRange {
  readonly from: Value;
  readonly columns: Value;
}

/** Rows of the whole triangle, which matter backwards, and the columns of X to solve for. */
export interface TileSizes extends ColumnRange {
  readonly n: number;
}

/** Rows from `start` on, given those before them in the order of the substitution. */
export function solveTile(
  t: MatrixView,
  x: MatrixView,
  start: Value,
  rows: number,
  { n, from, columns }: TileSizes,
  how: Substitution,
): readonly Statement[] {
  const [before, after] = how.isForward ? [i32(0), start] : [plusOf(start, i32(rows)), i32(n)];
  return tileLoop(t, x, start, rows, { from, columns }, [before, after], (sums, ts) =>
    solvedTile(sums, start, ts, how),
  );
}

/** The same without the triangle of the tile itself: what the rows before contribute is subtracted. */
export function updateTile(
  t: MatrixView,
  x: MatrixView,
  start: Value,
  rows: number,
  range: ColumnRange,
): readonly Statement[] {
  return tileLoop(t, x, start, rows, range, [i32(0), start], () => []);
}

/** For each column of X: x_m −= Σ_k t_mk x_k over rows k already solved, in registers, and then what `finish` adds. */
function tileLoop(
  t: MatrixView,
  x: MatrixView,
  start: Value,
  rows: number,
  { from, columns }: ColumnRange,
  [before, after]: readonly [Value, Value],
  finish: (sums: readonly Local[], ts: TileRows) => readonly Statement[],
): readonly Statement[] {
  const [r, k] = [index('r'), index('k')];
  const sums = Array.from({ length: rows }, (_, m) => local(`x${m}`, 'f64'));
  const ts = rowsFrom(t, start, 't');
  const xs = rowsFrom(x, start, 'at');
  const solved = local('v', 'f64');
  const body: readonly Statement[] = [
    ...sums.map((sum, m) => letIn(sum, xs.entry(m, r))),
    forLoop(k, before, after, [
      letIn(solved, entry(x, k, r)),
      ...sums.map((sum, m) => subtract(sum, ts.entry(m, k), solved)),
    ]),
    ...finish(sums, ts),
    ...sums.map((sum, m) => xs.set(m, r, sum)),
  ];
  return [ts.first, xs.first, forLoop(r, from, columns, body, { vector: true })];
}

/** The triangle of the tile itself. */
function solvedTile(
  sums: readonly Local[],
  start: Value,
  t: TileRows,
  { isForward, unitDiagonal }: Substitution,
): readonly Statement[] {
  const order = isForward ? sums : sums.toReversed();
  return order.flatMap((sum, step) => {
    const m = sums.indexOf(sum);
    const column = plusOf(start, i32(m));
    return [
      ...(unitDiagonal ? [] : [assign(sum, over(sum, t.entry(m, column)))]),
      ...order
        .slice(step + 1)
        .map((other) => subtract(other, t.entry(sums.indexOf(other), column), sum)),
    ];
  });
}

/** Rows of a matrix, the position of the first in a local, so that addresses stay short. */
interface TileRows {
  readonly first: Statement;
  readonly entry: (m: number, column: Value) => Value;
  readonly set: (m: number, column: Value, value: Value) => Statement;
}

function rowsFrom(matrix: MatrixView, start: Value, name: string): TileRows {
  const { buffer, rowStride, columnStride } = matrix;
  const first = local(name, 'i32');
  const at = (m: number, column: Value): Value =>
    plusOf(first, addressOf([column], [columnStride], m * rowStride));
  return {
    first: letIn(first, partAt(matrix, start, i32(0)).offset),
    entry: (m, column) => load(buffer, at(m, column)),
    set: (m, column, value) => store(buffer, at(m, column), value),
  };
}

function subtract(sum: Local, factor: Value, x: Value): Statement {
  return assign(sum, binary('sub', sum, binary('mul', factor, x)));
}

/** x / d, and NaN for d = 0. */
function over(x: Value, d: Value): Value {
  const isZero = compare('eq', d, constantOf('f64', 0));
  return binary('div', x, select(isZero, constantOf('f64', NaN), d));
}

/** Y = T⁻¹ B, stacks broadcast: B is copied to where Y goes, or to scratch if that is not float64. */
export function lowerSolveTriangular({
  inputs: [a, b],
  outputs: [y],
  attrs: { lower, trans, unitDiagonal },
  scratch,
}: LoweringContext<Triangle>): readonly Statement[] | undefined {
  if (a === undefined || b === undefined || y === undefined) return undefined;
  const [n, columns] = [y.shape.at(-2)!, y.shape.at(-1)!];
  if (n * columns === 0) return undefined; // eval looks at the diagonal also of an empty system
  const spare = isPlain(a) ? undefined : rowMajor(scratch('float64', n * n), n);
  const room =
    y.buffer.dtype === 'float64' ? undefined : rowMajor(scratch('float64', n * columns), columns);
  return forEachMatrix(y.shape.slice(0, -2), (place) => {
    const [from, out] = [matrixAt(a, place), matrixAt(y, place)];
    const t = spare ?? matrixOf(from);
    const x = room ?? matrixOf(out);
    return [
      ...(spare === undefined ? [] : copyMatrix(from, spare, n, n)),
      ...copyMatrix(matrixAt(b, place), x, n, columns),
      ...solveInPlace(trans ? transposed(t) : t, x, n, columns, {
        isForward: lower !== trans,
        unitDiagonal,
      }),
      ...(room === undefined
        ? []
        : copyMatrix(viewOf(room, n, columns), matrixOf(out), n, columns)),
    ];
  });
}

/** Whether products of matrices can read a view as it is. */
function isPlain({ buffer, strides }: StridedView): boolean {
  const [row, column] = strides.slice(-2);
  return buffer.dtype === 'float64' && (row === 1 || column === 1);
}
