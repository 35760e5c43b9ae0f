import {
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
  times,
  unary,
} from '@cotangent/loops';
import type { LoweringContext, MatrixView, Statement, Value } from '@cotangent/loops';
import {
  copyMatrix,
  entry,
  forEachMatrix,
  matrixAt,
  matrixOf,
  partAt,
  plusOf,
  rowMajor,
  setEntry,
  transposed,
} from './matrix.ts';
import { solveTile, tile, updateTile } from './triangular.ts';

const nan = /* @__PURE__ */ constantOf('f64', NaN);
const zero = /* @__PURE__ */ i32(0);
const one = /* @__PURE__ */ i32(1);

/** Rows of a block of the factorisation: a matrix of up to 384 rows is one, read from the second-level cache. */
const largestBlock = 384;
/** Consecutive rows of a matrix. */
export interface RowBlock {
  readonly start: number;
  readonly rows: number;
}

/** The blocks of `size` rows, the last one maybe smaller, that n rows make. */
export function blocksOf(n: number, size: number): readonly RowBlock[] {
  return Array.from({ length: Math.ceil(n / size) }, (_, k) => ({
    start: k * size,
    rows: Math.min(size, n - k * size),
  }));
}

/**
 * L with L Lᵀ = A, zeros above. Uᵀ U = A is computed in scratch, as its rows lie together: for one block of rows after the
 * other, what the blocks above contribute is subtracted as a product of matrices; within a block the same is done tile by
 * tile (Golub & Van Loan 2013, section 4.2.9). A pivot that is not positive makes all of L NaN.
 */
export function lowerCholesky({
  inputs: [a],
  outputs: [l],
  scratch,
}: LoweringContext): readonly Statement[] | undefined {
  if (a === undefined || l === undefined) return undefined;
  const n = l.shape.at(-1)!;
  if (n === 0) return [];
  const u = rowMajor(scratch('float64', n * n), n);
  return forEachMatrix(l.shape.slice(0, -2), (place) => {
    const out = matrixOf(matrixAt(l, place));
    return [
      ...copyMatrix(matrixAt(a, place), transposed(u), n, n, 'lower'),
      ...factored(u, n),
      ...written(u, out, n),
    ];
  });
}

function factored(u: MatrixView, n: number): readonly Statement[] {
  return blocksOf(n, n <= largestBlock ? n : (largestBlock * 2) / 3).flatMap(({ start, rows }) => {
    const [at, columns] = [i32(start), n - start];
    const above = partAt(u, zero, at);
    const own = partAt(u, at, at);
    const sizes = { rows, inner: start, columns };
    const minus = { accumulate: true, negate: true };
    const update = start === 0 ? [] : [matrixProduct(own, transposed(above), above, sizes, minus)];
    return [...update, ...factoredRows(own, rows, columns)];
  });
}

/** The first `rows` rows of the factor, given a matrix whose columns go on beyond them: tile by tile. */
function factoredRows(u: MatrixView, rows: number, columns: number): readonly Statement[] {
  const rest = rows % tile;
  return [
    ...factoredTiles(u, 0, 1, rest, columns),
    ...factoredTiles(u, rest, tile, Math.floor(rows / tile), columns),
  ];
}

/** `count` tiles of `rows` rows after the first `done` rows: the triangle on the diagonal, then all that is right of it. */
function factoredTiles(
  u: MatrixView,
  done: number,
  rows: number,
  count: number,
  columns: number,
): readonly Statement[] {
  if (count === 0) return [];
  const [g, first] = [index('g'), local('first', 'i32')];
  const next = plusOf(first, i32(rows));
  const sizes = { n: 0, from: next, columns: i32(columns) };
  const body = [
    letIn(first, plusOf(times(g, rows), i32(done))),
    ...updateTile(transposed(u), u, first, rows, { from: first, columns: next }),
    factoredTile(partAt(u, first, first), rows),
    ...solveTile(transposed(u), u, first, rows, sizes, { isForward: true, unitDiagonal: false }),
  ];
  return [forLoop(g, zero, i32(count), [block(body)])];
}

/** Uᵀ U of a small block in place, one row after the other subtracted from those below. */
function factoredTile(u: MatrixView, n: number): Statement {
  const [i, q, c] = [index('i'), index('q'), index('c')];
  const [pivot, root, factor] = [local('p', 'f64'), local('d', 'f64'), local('f', 'f64')];
  const next = plusOf(i, one);
  const isPositive = compare('gt', pivot, constantOf('f64', 0));
  const reduced = binary('sub', entry(u, q, c), binary('mul', factor, entry(u, i, c)));
  return forLoop(i, zero, i32(n), [
    letIn(pivot, entry(u, i, i)),
    letIn(root, select(isPositive, unary('sqrt', pivot), nan)),
    setEntry(u, i, i, root),
    forLoop(c, next, i32(n), [setEntry(u, i, c, binary('div', entry(u, i, c), root))]),
    forLoop(q, next, i32(n), [
      letIn(factor, entry(u, i, q)),
      forLoop(c, q, i32(n), [setEntry(u, q, c, reduced)]),
    ]),
  ]);
}

/** L = Uᵀ with zeros above; all NaN if the last pivot is, which every pivot that failed brings about. */
function written(u: MatrixView, l: MatrixView, n: number): readonly Statement[] {
  const [i, j] = [index('i'), index('j')];
  const last = local('last', 'f64');
  const failed = (x: Value): Value => select(compare('eq', last, last), x, nan);
  const clear = constantOf('f64', 0);
  return [
    letIn(last, load(u.buffer, i32(n * n - 1))),
    forLoop(i, zero, i32(n), [
      forLoop(j, zero, plusOf(i, one), [setEntry(l, i, j, failed(entry(u, j, i)))], {
        vector: true,
      }),
      forLoop(j, plusOf(i, one), i32(n), [setEntry(l, i, j, failed(clear))], { vector: true }),
    ]),
  ];
}
