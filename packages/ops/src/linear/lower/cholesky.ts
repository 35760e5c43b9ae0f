import {
  accumulate,
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
import { solveInPlace, solveTile, tile, updateTile } from './triangular.ts';

const nan = constantOf('f64', NaN);
const zero = i32(0);
const one = i32(1);

/** Rows of a block of the factorisation: a matrix of up to 384 rows is one, read from the second-level cache. */
const largestBlock = 384;
/** Rows of a block of the adjoint: fewer, larger ones for large matrices, as each has products of its own shape. */
const adjointRows = (n: number): number => (n <= 768 ? 64 : 128);

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

/**
 * Φ(S + Sᵀ) with S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, by the factorisation run backwards, block by block from the last, in place of the
 * solves that the formula names: as many operations as two factorisations (Murray 2016, section 3.3). Of both inputs
 * the lower triangle is read; everything is kept transposed, as in {@link lowerCholesky}.
 */
export function lowerCholeskyAdjoint({
  inputs: [l, lBar],
  outputs: [aBar],
  scratch,
}: LoweringContext): readonly Statement[] | undefined {
  if (l === undefined || lBar === undefined || aBar === undefined) return undefined;
  const n = aBar.shape.at(-1)!;
  if (n === 0) return [];
  const u = rowMajor(scratch('float64', n * n), n);
  const uBar = rowMajor(scratch('float64', n * n), n);
  const size = adjointRows(n);
  const symmetric = rowMajor(scratch('float64', size * size), size);
  return forEachMatrix(aBar.shape.slice(0, -2), (place) => [
    ...copyMatrix(matrixAt(l, place), transposed(u), n, n, 'lower'),
    ...copyMatrix(matrixAt(lBar, place), transposed(uBar), n, n, 'lower'),
    ...blocksOf(n, size)
      .toReversed()
      .flatMap((rows) => reversedBlock(u, uBar, symmetric, n, rows)),
    ...copyLower(transposed(uBar), matrixOf(matrixAt(aBar, place)), n),
  ]);
}

/** Undoes the steps of one block: the rest of its rows, the block on the diagonal, what the blocks above contributed. */
function reversedBlock(
  u: MatrixView,
  uBar: MatrixView,
  symmetric: MatrixView,
  n: number,
  { start, rows }: RowBlock,
): readonly Statement[] {
  const [at, next] = [i32(start), i32(start + rows)];
  const columns = n - start - rows;
  const [d, dBar] = [partAt(u, at, at), partAt(uBar, at, at)];
  const [c, cBar] = [partAt(u, at, next), partAt(uBar, at, next)];
  const [r, rBar] = [partAt(u, zero, at), partAt(uBar, zero, at)];
  const [b, bBar] = [partAt(u, zero, next), partAt(uBar, zero, next)];
  const minus = { accumulate: true, negate: true };
  const besides = columns > 0;
  const above = start > 0;
  const solved = { isForward: false, unitDiagonal: false };
  return [
    ...(besides ? solveInPlace(d, cBar, rows, columns, solved) : []),
    ...(besides && above
      ? [matrixProduct(bBar, r, cBar, { rows: start, inner: rows, columns }, minus)]
      : []),
    ...(besides
      ? [matrixProduct(dBar, c, transposed(cBar), { rows, inner: columns, columns: rows }, minus)]
      : []),
    reversedDiagonal(d, dBar, rows),
    ...(besides && above
      ? [
          matrixProduct(
            rBar,
            b,
            transposed(cBar),
            { rows: start, inner: columns, columns: rows },
            minus,
          ),
        ]
      : []),
    ...(above
      ? [
          ...symmetrised(dBar, symmetric, rows),
          matrixProduct(rBar, r, symmetric, { rows: start, inner: rows, columns: rows }, minus),
        ]
      : []),
  ];
}

/** The factorisation of one block backwards, from its last row: of Ū the upper triangle is read and written. */
function reversedDiagonal(u: MatrixView, uBar: MatrixView, n: number): Statement {
  const [step, p, q] = [index('i'), index('p'), index('q')];
  const j = binary('sub', i32(n - 1), step);
  const [sum, root, x, scaled] = [
    local('s', 'f64'),
    local('d', 'f64'),
    local('x', 'f64'),
    local('t', 'f64'),
  ];
  const next = binary('sub', i32(n), step);
  const last = i32(n);
  const subtract = (target: Value, y: Value): Value => binary('sub', target, y);
  const product = (y: Value, z: Value): Value => binary('mul', y, z);
  return forLoop(step, zero, last, [
    block([
      letIn(root, entry(u, j, j)),
      // c̄ −= (S̄ + S̄ᵀ) c, S̄ the cotangent of what c cᵀ was subtracted from.
      forLoop(p, next, last, [
        letIn(x, entry(u, j, p)),
        letIn(sum, constantOf('f64', 0)),
        forLoop(q, p, last, [accumulate(sum, 'add', product(entry(uBar, p, q), entry(u, j, q)))], {
          vector: true,
        }),
        forLoop(
          q,
          p,
          last,
          [setEntry(uBar, j, q, subtract(entry(uBar, j, q), product(entry(uBar, p, q), x)))],
          { vector: true },
        ),
        setEntry(uBar, j, p, subtract(entry(uBar, j, p), sum)),
      ]),
      letIn(scaled, constantOf('f64', 0)),
      forLoop(q, next, last, [setEntry(uBar, j, q, binary('div', entry(uBar, j, q), root))], {
        vector: true,
      }),
      forLoop(
        q,
        next,
        last,
        [accumulate(scaled, 'add', product(entry(uBar, j, q), entry(u, j, q)))],
        {
          vector: true,
        },
      ),
      setEntry(
        uBar,
        j,
        j,
        binary('div', subtract(entry(uBar, j, j), scaled), product(constantOf('f64', 2), root)),
      ),
    ]),
  ]);
}

/** Writes X + Xᵀ for the upper triangle of X. */
function symmetrised(x: MatrixView, out: MatrixView, n: number): readonly Statement[] {
  const [i, j] = [index('i'), index('j')];
  const row = [
    setEntry(out, i, i, binary('add', entry(x, i, i), entry(x, i, i))),
    forLoop(j, plusOf(i, one), i32(n), [
      setEntry(out, i, j, entry(x, i, j)),
      setEntry(out, j, i, entry(x, i, j)),
    ]),
  ];
  return [forLoop(i, zero, i32(n), row)];
}

function copyLower(from: MatrixView, to: MatrixView, n: number): readonly Statement[] {
  const [i, j] = [index('i'), index('j')];
  const next = plusOf(i, one);
  const copied = setEntry(to, i, j, entry(from, i, j));
  const cleared = setEntry(to, i, j, constantOf('f64', 0));
  return [
    forLoop(i, zero, i32(n), [
      forLoop(j, zero, next, [copied], { vector: true }),
      forLoop(j, next, i32(n), [cleared], { vector: true }),
    ]),
  ];
}
