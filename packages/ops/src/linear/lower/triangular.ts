import {
  assign,
  binary,
  block,
  compare,
  constantOf,
  forLoop,
  i32,
  index,
  letIn,
  local,
  matrixProduct,
  select,
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
  setEntry,
  transposed,
  viewOf,
} from './matrix.ts';

/** Rows of X that are kept in registers while all rows before them are subtracted. */
const tile = 8;
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

/** Substitution, `tile` rows at a time; the rows that do not fill a tile come first. */
function solveBlock(
  t: MatrixView,
  x: MatrixView,
  n: number,
  columns: number,
  how: Substitution,
): readonly Statement[] {
  const rest = n % tile;
  const g = index('g');
  const first = how.isForward ? i32(0) : i32(n - rest);
  const start = how.isForward
    ? plusOf(times(g, tile), i32(rest))
    : minusOf(i32(n - rest - tile), times(g, tile));
  const sizes = { n, columns };
  const before = rest === 0 ? [] : [block(solveTile(t, x, first, rest, sizes, how))];
  const count = Math.floor(n / tile);
  const each = block(solveTile(t, x, start, tile, sizes, how));
  return [...before, ...(count === 0 ? [] : [forLoop(g, i32(0), i32(count), [each])])];
}

function solveTile(
  t: MatrixView,
  x: MatrixView,
  start: Value,
  rows: number,
  { n, columns }: { readonly n: number; readonly columns: number },
  { isForward, unitDiagonal }: Substitution,
): readonly Statement[] {
  const [r, k] = [index('r'), index('k')];
  const sums = Array.from({ length: rows }, (_, m) => local(`x${m}`, 'f64'));
  const rowOf = (m: number): Value => plusOf(start, i32(m));
  const solved = local('v', 'f64');
  const [from, to] = isForward ? [i32(0), start] : [rowOf(rows), i32(n)];
  const order = sums.map((_, m) => (isForward ? m : rows - 1 - m));
  const body: readonly Statement[] = [
    ...sums.map((sum, m) => letIn(sum, entry(x, rowOf(m), r))),
    forLoop(k, from, to, [
      letIn(solved, entry(x, k, r)),
      ...sums.map((sum, m) => subtract(sum, entry(t, rowOf(m), k), solved)),
    ]),
    ...order.flatMap((m, step) => [
      ...(unitDiagonal ? [] : [assign(sums[m]!, over(sums[m]!, entry(t, rowOf(m), rowOf(m))))]),
      ...order
        .slice(step + 1)
        .map((other) => subtract(sums[other]!, entry(t, rowOf(other), rowOf(m)), sums[m]!)),
    ]),
    ...sums.map((sum, m) => setEntry(x, rowOf(m), r, sum)),
  ];
  return [forLoop(r, i32(0), i32(columns), body, { vector: true })];
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
