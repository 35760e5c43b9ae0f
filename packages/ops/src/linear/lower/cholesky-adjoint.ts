import {
  accumulate,
  binary,
  block,
  constantOf,
  forLoop,
  i32,
  index,
  letIn,
  local,
  matrixProduct,
} from '@cotangent/loops';
import type { LoweringContext, MatrixView, Statement, Value } from '@cotangent/loops';
import { blocksOf } from './cholesky.ts';
import type { RowBlock } from './cholesky.ts';
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
import { solveInPlace } from './triangular.ts';

const zero = /* @__PURE__ */ i32(0);
const one = /* @__PURE__ */ i32(1);
const minus = { accumulate: true, negate: true };

/** Rows of a block: fewer, larger ones for large matrices, as each has products of its own shape. */
const rowsOfBlock = (n: number): number => (n <= 768 ? 64 : 128);

/** U, its cotangent, and room for a block that is symmetric. */
interface Factor {
  readonly u: MatrixView;
  readonly uBar: MatrixView;
  readonly symmetric: MatrixView;
  readonly n: number;
}

/**
 * Φ(S + Sᵀ) with S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, by the factorisation run backwards, block by block from the last, in place of the
 * solves that the formula names: as many operations as two factorisations (Murray 2016, section 3.3). Of both inputs
 * the lower triangle is read; everything is kept transposed, as the factorisation itself keeps it.
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
  const size = rowsOfBlock(n);
  const symmetric = rowMajor(scratch('float64', size * size), size);
  return forEachMatrix(aBar.shape.slice(0, -2), (place) => [
    ...copyMatrix(matrixAt(l, place), transposed(u), n, n, 'lower'),
    ...copyMatrix(matrixAt(lBar, place), transposed(uBar), n, n, 'lower'),
    ...blocksOf(n, size)
      .toReversed()
      .flatMap((rows) => reversedBlock({ u, uBar, symmetric, n }, rows)),
    copyLower(transposed(uBar), matrixOf(matrixAt(aBar, place)), n),
  ]);
}

/** Undoes the steps of one block of rows: what is right of the diagonal, the diagonal, what the rows above contributed. */
function reversedBlock(factor: Factor, rows: RowBlock): readonly Statement[] {
  const at = i32(rows.start);
  return [
    ...reversedBeside(factor, rows),
    reversedDiagonal(partAt(factor.u, at, at), partAt(factor.uBar, at, at), rows.rows),
    ...reversedAbove(factor, rows),
  ];
}

/** C̄ ← D⁻¹ C̄ for C right of the block D, B̄ −= R C̄ above C, D̄ −= C C̄ᵀ. */
function reversedBeside({ u, uBar, n }: Factor, { start, rows }: RowBlock): readonly Statement[] {
  const columns = n - start - rows;
  if (columns === 0) return [];
  const [at, next] = [i32(start), i32(start + rows)];
  const [c, cBar] = [partAt(u, at, next), partAt(uBar, at, next)];
  const sizes = { rows, inner: columns, columns: rows };
  return [
    ...solveInPlace(partAt(u, at, at), cBar, rows, columns, {
      isForward: false,
      unitDiagonal: false,
    }),
    ...(start === 0
      ? []
      : [
          matrixProduct(
            partAt(uBar, zero, next),
            partAt(u, zero, at),
            cBar,
            { rows: start, inner: rows, columns },
            minus,
          ),
        ]),
    matrixProduct(partAt(uBar, at, at), c, transposed(cBar), sizes, minus),
  ];
}

/** R̄ −= B C̄ᵀ + R (D̄ + D̄ᵀ) for R above the block D and B above C. */
function reversedAbove(
  { u, uBar, symmetric, n }: Factor,
  { start, rows }: RowBlock,
): readonly Statement[] {
  if (start === 0) return [];
  const [at, next] = [i32(start), i32(start + rows)];
  const rBar = partAt(uBar, zero, at);
  const inner = n - start - rows;
  const sizes = { rows: start, columns: rows };
  const cBar = partAt(uBar, at, next);
  return [
    ...(inner === 0
      ? []
      : [matrixProduct(rBar, partAt(u, zero, next), transposed(cBar), { ...sizes, inner }, minus)]),
    symmetrised(partAt(uBar, at, at), symmetric, rows),
    matrixProduct(rBar, partAt(u, zero, at), symmetric, { ...sizes, inner: rows }, minus),
  ];
}

/** The factorisation of one block backwards, from its last row: of Ū the upper triangle is read and written. */
function reversedDiagonal(u: MatrixView, uBar: MatrixView, n: number): Statement {
  const [step, p] = [index('i'), index('p')];
  const j = binary('sub', i32(n - 1), step);
  const next = binary('sub', i32(n), step);
  const body = [
    forLoop(p, next, i32(n), reversedUpdate(u, uBar, n, j, p)),
    ...reversedRow(u, uBar, n, j, next),
  ];
  return forLoop(step, zero, i32(n), [block(body)]);
}

/** c̄ −= (S̄ + S̄ᵀ) c for row p of S̄, the cotangent of what c cᵀ was subtracted from; c is row j. */
function reversedUpdate(
  u: MatrixView,
  uBar: MatrixView,
  n: number,
  j: Value,
  p: Value,
): readonly Statement[] {
  const q = index('q');
  const [sum, x] = [local('s', 'f64'), local('x', 'f64')];
  const moved = binary('sub', entry(uBar, j, q), binary('mul', entry(uBar, p, q), x));
  const product = binary('mul', entry(uBar, p, q), entry(u, j, q));
  return [
    letIn(x, entry(u, j, p)),
    letIn(sum, constantOf('f64', 0)),
    forLoop(q, p, i32(n), [accumulate(sum, 'add', product)], { vector: true }),
    forLoop(q, p, i32(n), [setEntry(uBar, j, q, moved)], { vector: true }),
    setEntry(uBar, j, p, binary('sub', entry(uBar, j, p), sum)),
  ];
}

/** c = a/d and d = √p backwards: c̄ ← c̄/d, p̄ = (d̄ − Σ c̄ c)/2d. */
function reversedRow(
  u: MatrixView,
  uBar: MatrixView,
  n: number,
  j: Value,
  next: Value,
): readonly Statement[] {
  const q = index('q');
  const [root, sum] = [local('d', 'f64'), local('t', 'f64')];
  const scaled = binary('div', entry(uBar, j, q), root);
  const product = binary('mul', entry(uBar, j, q), entry(u, j, q));
  const twice = binary('mul', constantOf('f64', 2), root);
  return [
    letIn(root, entry(u, j, j)),
    letIn(sum, constantOf('f64', 0)),
    forLoop(q, next, i32(n), [setEntry(uBar, j, q, scaled)], { vector: true }),
    forLoop(q, next, i32(n), [accumulate(sum, 'add', product)], { vector: true }),
    setEntry(uBar, j, j, binary('div', binary('sub', entry(uBar, j, j), sum), twice)),
  ];
}

/** Writes X + Xᵀ for the upper triangle of X. */
function symmetrised(x: MatrixView, out: MatrixView, n: number): Statement {
  const [i, j] = [index('i'), index('j')];
  return forLoop(i, zero, i32(n), [
    setEntry(out, i, i, binary('add', entry(x, i, i), entry(x, i, i))),
    forLoop(j, plusOf(i, one), i32(n), [
      setEntry(out, i, j, entry(x, i, j)),
      setEntry(out, j, i, entry(x, i, j)),
    ]),
  ]);
}

function copyLower(from: MatrixView, to: MatrixView, n: number): Statement {
  const [i, j] = [index('i'), index('j')];
  const next = plusOf(i, one);
  const copied = setEntry(to, i, j, entry(from, i, j));
  const cleared = setEntry(to, i, j, constantOf('f64', 0));
  return forLoop(i, zero, i32(n), [
    forLoop(j, zero, next, [copied], { vector: true }),
    forLoop(j, next, i32(n), [cleared], { vector: true }),
  ]);
}
