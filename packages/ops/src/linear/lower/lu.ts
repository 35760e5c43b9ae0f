import {
  accumulate,
  assign,
  binary,
  block,
  compare,
  constantOf,
  forLoop,
  i32,
  ifThen,
  index,
  letIn,
  load,
  local,
  matrixProduct,
  select,
  store,
  unary,
} from '@cotangent/loops';
import type { Buffer, LoweringContext, MatrixView, Statement, Value } from '@cotangent/loops';
import { addressIn, subview } from '@cotangent/loops';
import { blocksOf } from './cholesky.ts';
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
  viewOf,
} from './matrix.ts';
import { solveInPlace } from './triangular.ts';

const zero = /* @__PURE__ */ i32(0);
const nothing = /* @__PURE__ */ constantOf('f64', 0);

/** Columns factored at a time: more of them for large matrices, as each panel has a product of its own shape. */
const panelColumns = (n: number): number => (n <= 256 ? 32 : n <= 1024 ? 64 : 128);

/** What is exchanged with the rows of a matrix that is factored. */
interface Companions {
  /** Rows of a right-hand side. */
  readonly rows?: { readonly matrix: MatrixView; readonly columns: number };
  /** One number, whose sign changes with each exchange. */
  readonly sign?: Buffer;
}

/** Y = A⁻¹ B or A⁻ᵀ B, stacks broadcast: LU factors in scratch, then two substitutions. */
export function lowerSolve({
  inputs: [a, b],
  outputs: [y],
  attrs: { trans },
  scratch,
}: LoweringContext<{ readonly trans: boolean }>): readonly Statement[] | undefined {
  if (a === undefined || b === undefined || y === undefined) return undefined;
  const [n, columns] = [y.shape.at(-2)!, y.shape.at(-1)!];
  if (n * columns === 0) return undefined; // eval factors the matrix also of an empty system
  const lu = rowMajor(scratch('float64', n * n), n);
  const x = rowMajor(scratch('float64', n * columns), columns);
  return forEachMatrix(y.shape.slice(0, -2), (place) => [
    ...copyMatrix(matrixAt(a, place), trans ? transposed(lu) : lu, n, n),
    ...copyMatrix(matrixAt(b, place), x, n, columns),
    ...factored(lu, n, { rows: { matrix: x, columns } }),
    ...substituted(lu, x, n, columns),
    ...copyMatrix(viewOf(x, n, columns), matrixOf(matrixAt(y, place)), n, columns),
  ]);
}

/** Y = A⁻¹, as the solution for the identity. */
export function lowerInverse({
  inputs: [a],
  outputs: [y],
  scratch,
}: LoweringContext): readonly Statement[] | undefined {
  if (a === undefined || y === undefined) return undefined;
  const n = y.shape.at(-1)!;
  if (n === 0) return [];
  const lu = rowMajor(scratch('float64', n * n), n);
  const x = rowMajor(scratch('float64', n * n), n);
  return forEachMatrix(y.shape.slice(0, -2), (place) => [
    ...copyMatrix(matrixAt(a, place), lu, n, n),
    ...identity(x, n),
    ...factored(lu, n, { rows: { matrix: x, columns: n } }),
    ...substituted(lu, x, n, n),
    ...copyMatrix(viewOf(x, n, n), matrixOf(matrixAt(y, place)), n, n),
  ]);
}

/** y = det A: the product of the pivots and the sign of the exchanges. */
export function lowerDeterminant({
  inputs: [a],
  outputs: [y],
  scratch,
}: LoweringContext): readonly Statement[] | undefined {
  if (a === undefined || y === undefined) return undefined;
  const n = a.shape.at(-1)!;
  const lu = rowMajor(scratch('float64', Math.max(1, n * n)), n);
  const sign = scratch('float64', 1);
  const [i, product] = [index('i'), local('p', 'f64')];
  return forEachMatrix(y.shape, (place) => [
    ...copyMatrix(matrixAt(a, place), lu, n, n),
    store(sign, zero, constantOf('f64', 1)),
    ...factored(lu, n, { sign }),
    letIn(product, load(sign, zero)),
    forLoop(i, zero, i32(n), [accumulate(product, 'mul', entry(lu, i, i))]),
    store(y.buffer, addressIn(subview(y, place), []), product),
  ]);
}

/** [sign det A, log |det A|]: signs and logarithms of the pivots. */
export function lowerSlogdet({
  inputs: [a],
  outputs: [sign, log],
  scratch,
}: LoweringContext): readonly Statement[] | undefined {
  if (a === undefined || sign === undefined || log === undefined) return undefined;
  const n = a.shape.at(-1)!;
  const lu = rowMajor(scratch('float64', Math.max(1, n * n)), n);
  const exchanges = scratch('float64', 1);
  const [i, product, sum, pivot] = [
    index('i'),
    local('p', 'f64'),
    local('s', 'f64'),
    local('d', 'f64'),
  ];
  return forEachMatrix(sign.shape, (place) => [
    ...copyMatrix(matrixAt(a, place), lu, n, n),
    store(exchanges, zero, constantOf('f64', 1)),
    ...factored(lu, n, { sign: exchanges }),
    letIn(product, load(exchanges, zero)),
    letIn(sum, nothing),
    forLoop(i, zero, i32(n), [
      letIn(pivot, entry(lu, i, i)),
      accumulate(product, 'mul', signOf(pivot)),
      accumulate(sum, 'add', unary('log', unary('abs', pivot))),
    ]),
    store(sign.buffer, addressIn(subview(sign, place), []), product),
    store(log.buffer, addressIn(subview(log, place), []), sum),
  ]);
}

/** 1, −1, or x itself if it is a zero or NaN. */
function signOf(x: Value): Value {
  const one = constantOf('f64', 1);
  const negative = select(compare('lt', x, nothing), constantOf('f64', -1), x);
  return select(compare('gt', x, nothing), one, negative);
}

/**
 * P A = L U in place with partial pivoting, one block of columns after the other: the block is factored row by row, the
 * rows of U beside it are solved for, and what is left gets their product subtracted (Golub & Van Loan 2013, section
 * 3.4.7). Whole rows are exchanged.
 */
function factored(a: MatrixView, n: number, companions: Companions): readonly Statement[] {
  return blocksOf(n, panelColumns(n)).flatMap(({ start, rows }) => {
    const next = start + rows;
    const columns = n - next;
    const [at, after] = [i32(start), i32(next)];
    const panel = factoredPanel(a, n, start, rows, companions);
    if (columns === 0) return [panel];
    const beside = partAt(a, at, after);
    return [
      panel,
      ...solveInPlace(partAt(a, at, at), beside, rows, columns, {
        isForward: true,
        unitDiagonal: true,
      }),
      matrixProduct(
        partAt(a, after, after),
        partAt(a, after, at),
        beside,
        { rows: columns, inner: rows, columns },
        { accumulate: true, negate: true },
      ),
    ];
  });
}

function factoredPanel(
  a: MatrixView,
  n: number,
  start: number,
  rows: number,
  companions: Companions,
): Statement {
  const [k, r, c] = [index('k'), index('r'), index('c')];
  const next = plusOf(k, i32(1));
  const [best, chosen] = [local('best', 'f64'), local('row', 'i32')];
  const [size, pivot, factor] = [local('size', 'f64'), local('d', 'f64'), local('f', 'f64')];
  const isZero = compare('eq', pivot, nothing);
  const reduced = binary('sub', entry(a, r, c), binary('mul', factor, entry(a, k, c)));
  return forLoop(k, i32(start), i32(start + rows), [
    block([
      letIn(best, unary('abs', entry(a, k, k))),
      letIn(chosen, k),
      forLoop(r, next, i32(n), [
        letIn(size, unary('abs', entry(a, r, k))),
        ifThen(compare('gt', size, best), [assign(best, size), assign(chosen, r)]),
      ]),
      ifThen(compare('ne', chosen, k), exchanged(a, n, k, chosen, companions)),
      letIn(pivot, entry(a, k, k)),
      forLoop(r, next, i32(n), [
        // Below a pivot of zero there are only zeros.
        letIn(factor, select(isZero, nothing, binary('div', entry(a, r, k), pivot))),
        setEntry(a, r, k, factor),
        forLoop(c, next, i32(start + rows), [setEntry(a, r, c, reduced)], { vector: true }),
      ]),
    ]),
  ]);
}

function exchanged(
  a: MatrixView,
  n: number,
  p: Value,
  q: Value,
  { rows, sign }: Companions,
): readonly Statement[] {
  return [
    exchangedRows(a, n, p, q),
    ...(rows === undefined ? [] : [exchangedRows(rows.matrix, rows.columns, p, q)]),
    ...(sign === undefined ? [] : [store(sign, zero, unary('neg', load(sign, zero)))]),
  ];
}

function exchangedRows(m: MatrixView, columns: number, p: Value, q: Value): Statement {
  const [c, left, right] = [index('c'), local('left', 'f64'), local('right', 'f64')];
  return forLoop(c, zero, i32(columns), [
    letIn(left, entry(m, p, c)),
    letIn(right, entry(m, q, c)),
    setEntry(m, p, c, right),
    setEntry(m, q, c, left),
  ]);
}

function substituted(
  lu: MatrixView,
  x: MatrixView,
  n: number,
  columns: number,
): readonly Statement[] {
  return [
    ...solveInPlace(lu, x, n, columns, { isForward: true, unitDiagonal: true }),
    ...solveInPlace(lu, x, n, columns, { isForward: false, unitDiagonal: false }),
  ];
}

function identity(x: MatrixView, n: number): readonly Statement[] {
  const [i, j] = [index('i'), index('j')];
  return [
    forLoop(i, zero, i32(n), [
      forLoop(j, zero, i32(n), [setEntry(x, i, j, nothing)], { vector: true }),
      setEntry(x, i, i, constantOf('f64', 1)),
    ]),
  ];
}
