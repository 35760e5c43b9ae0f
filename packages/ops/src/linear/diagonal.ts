import { ShapeError, assign, normalizeAxes, views, zerosTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp, disconnected, formatShape } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, Variable } from '@cotangent/graph';
import { batched, shiftAxis } from '../batch.ts';
import { add } from '../elementwise/arithmetic.ts';
import { sum } from '../reduce/sum.ts';
import {
  asShapeVector,
  batchSizes,
  shapeOwner,
  shapeVectorOf,
  sizesIn,
  staticSizes,
} from '../shape/shape.ts';
import { shapeAt } from '../shape/size.ts';
import { lowerDiagonal, lowerPlaceDiagonal, lowerTriangle } from './lower/diagonals.ts';

type DiagonalAttrs = { readonly offset: number; readonly axis1: number; readonly axis2: number };
type TriangleAttrs = { readonly part: 'lower' | 'upper'; readonly k: number };

/** y[…, i] = x[…, i, i + offset] over two axes; the diagonal becomes the last.  Linear; adjoint of placeDiagonal. */
const diagonalOp: OpFunction<1, 1, DiagonalAttrs> = defineOp<1, 1, DiagonalAttrs>(
  'diagonal',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [{ ...x, shape: diagonalShape(x.shape, attrs) }],
    pushforward: ([xDot], { attrs }) => [diagonalOp(xDot, attrs)],
    pullback: ([yBar], { inputs: [x], attrs }) => [placeOp(yBar, shapeVectorOf(x), attrs)],
    batch: ([{ value }], { attrs }) => [batched(diagonalOp(value, ofBatch(attrs)))],
    eval: ([x], attrs) => [views.diagonal(x, attrs)],
    lower: lowerDiagonal,
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
        ],
        attrs: { offset: 1, axis1: 0, axis2: 1 },
      },
      {
        name: 'other axes',
        inputs: [[[[1.5, -2]], [[3, 4]], [[5, -6.5]]]],
        attrs: { offset: -1, axis1: 0, axis2: 2 },
      },
    ],
  },
);

/** Y = zeros of the shape given but for Y[…, i, i + offset] = x[…, i].  Linear; adjoint of diagonal. */
export const placeOp: OpFunction<2, 1, DiagonalAttrs> = defineOp<2, 1, DiagonalAttrs>(
  'placeDiagonal',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x], attrs, [, sizes]) => {
      const shape = staticSizes(sizes, 'placeDiagonal');
      checkFits(x.shape, shape, attrs);
      return [{ ...x, shape }];
    },
    connectionPattern: [[true], [false]],
    pushforward: [
      (xDot, { inputs: [, sizes], attrs }) => placeOp(xDot, sizes, attrs),
      () => disconnected,
    ],
    pullback: ([yBar], { attrs }) => [diagonalOp(yBar, attrs), disconnected],
    batch: ([x, sizes], { attrs }) =>
      sizes.isBatched
        ? undefined
        : [batched(placeOp(x.value, batchSizes(x.value, sizes.value), ofBatch(attrs)))],
    eval: ([x, sizes], attrs) => [placed(x, sizesIn(sizes), attrs)],
    lower: lowerPlaceDiagonal,
    shapeLike: ([, sizes]) => shapeOwner(sizes),
    samples: [
      {
        inputs: [[1.5, -2], { value: [2, 3], dtype: 'int32' }],
        attrs: { offset: 1, axis1: 0, axis2: 1 },
      },
    ],
  },
);

/** Y = X with zeros above (or below) the k-th diagonal of each matrix.  Linear and its own adjoint. */
const triangleOp: OpFunction<1, 1, TriangleAttrs> = defineOp<1, 1, TriangleAttrs>(
  'triangle',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], { part }) => {
      requireMatrix(x.shape, part === 'lower' ? 'tril' : 'triu');
      return [x];
    },
    pushforward: ([xDot], { attrs }) => [triangleOp(xDot, attrs)],
    pullback: ([yBar], { attrs }) => [triangleOp(yBar, attrs)],
    batch: ([{ value }], { attrs }) => [batched(triangleOp(value, attrs))],
    eval: ([x], attrs) => [triangle(x, attrs)],
    lower: lowerTriangle,
    shapeLike: ([x]) => x,
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
        ],
        attrs: { part: 'lower', k: 1 },
      },
      {
        name: 'upper',
        inputs: [
          [
            [
              [1.5, -2],
              [3, 4],
            ],
          ],
        ],
        attrs: { part: 'upper', k: 0 },
      },
    ],
  },
);

/** Options of `diagonal` and `trace`. */
export interface DiagonalOptions {
  /** Which diagonal: 0 the main one, positive above it, negative below. Default 0. */
  readonly offset?: number | undefined;
  /** Axis of the rows. Default 0. */
  readonly axis1?: number | undefined;
  /** Axis of the columns. Default 1. */
  readonly axis2?: number | undefined;
}

/**
 * The diagonal over two axes, which are dropped; it becomes the last axis.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example diagonal([[1, 2], [3, 4]]) // [1, 4]
 */
export const diagonal: Callable<(x: Operand, options?: DiagonalOptions) => Variable> = callable(
  diagonalOp.op,
  (x: Operand, options: DiagonalOptions = {}): Variable => {
    const variable = asVariable(x, 'diagonal');
    const pair = [options.axis1 ?? 0, options.axis2 ?? 1];
    const [axis1, axis2] = normalizeAxes(pair, variable.rank, 'diagonal');
    return diagonalOp(variable, { offset: options.offset ?? 0, axis1: axis1!, axis2: axis2! });
  },
);

/**
 * The sum over a diagonal.
 *
 * @throws as {@link diagonal}; at run time ValueError `OP_INTEGER_OVERFLOW` for integers.
 * @example trace([[1, 2], [3, 4]]) // 5
 */
export function trace(x: Operand, options: DiagonalOptions = {}): Variable {
  return sum(diagonal(x, options), { axis: -1 });
}

/**
 * A square matrix with a vector on a diagonal and zeros elsewhere; or, of a matrix, its diagonal.
 *
 * @param options.k - which diagonal, as `offset` of {@link diagonal}. Default 0.
 * @throws ShapeError `OP_RANK` unless `x` has rank 1 or 2.
 * @example diag([1, 2]) // [[1, 0], [0, 2]]
 */
export function diag(x: Operand, options: { readonly k?: number | undefined } = {}): Variable {
  const variable = asVariable(x, 'diag');
  const attrs = { offset: options.k ?? 0, axis1: 0, axis2: 1 };
  if (variable.rank === 2) return diagonalOp(variable, attrs);
  if (variable.rank !== 1)
    throw wrongRank('diag', variable.shape, 'diag takes a vector or a matrix');
  const known = variable.shape[0] ?? null;
  const beside = Math.abs(attrs.offset);
  const n = known === null ? add(shapeAt(variable, 0), beside) : known + beside;
  return placeOp(variable, asShapeVector([n, n], 'diag'), attrs);
}

/**
 * Each matrix of `x` with zeros above its k-th diagonal.
 *
 * @param options.k - 0 the main diagonal, positive above it, negative below. Default 0.
 * @throws ShapeError `OP_RANK` if `x` has rank 0 or 1.
 * @example tril([[1, 2], [3, 4]]) // [[1, 0], [3, 4]]
 */
export const tril: Callable<
  (x: Operand, options?: { readonly k?: number | undefined }) => Variable
> = callable(
  triangleOp.op,
  (x: Operand, options: { readonly k?: number | undefined } = {}): Variable =>
    triangleOp(x, { part: 'lower', k: options.k ?? 0 }),
);

/**
 * Each matrix of `x` with zeros below its k-th diagonal.
 *
 * @param options.k - as for {@link tril}.
 * @throws as {@link tril}.
 * @example triu([[1, 2], [3, 4]]) // [[1, 2], [0, 4]]
 */
export const triu: Callable<
  (x: Operand, options?: { readonly k?: number | undefined }) => Variable
> = callable(
  triangleOp.op,
  (x: Operand, options: { readonly k?: number | undefined } = {}): Variable =>
    triangleOp(x, { part: 'upper', k: options.k ?? 0 }),
);

/** The same diagonal of every element. */
function ofBatch({ offset, axis1, axis2 }: DiagonalAttrs): DiagonalAttrs {
  return { offset, axis1: shiftAxis(axis1), axis2: shiftAxis(axis2) };
}

function diagonalShape(shape: Shape, { offset, axis1, axis2 }: DiagonalAttrs): Shape {
  const kept = shape.filter((_, axis) => axis !== axis1 && axis !== axis2);
  const [rows, columns] = [shape[axis1] ?? null, shape[axis2] ?? null];
  if (rows === null || columns === null) return [...kept, null];
  return [
    ...kept,
    Math.max(0, Math.min(rows - Math.max(0, -offset), columns - Math.max(0, offset))),
  ];
}

function checkFits(x: Shape, shape: Shape, attrs: DiagonalAttrs): void {
  const wanted = diagonalShape(shape, attrs);
  const differs = wanted.some((n, axis) => n !== null && (x[axis] ?? n) !== n);
  if (wanted.length === x.length && !differs) return;
  throw new ShapeError(
    `placeDiagonal: ${formatShape(x)} is not a diagonal of ${formatShape(shape)}`,
    {
      code: 'OP_DIAGONAL_SHAPE',
      hint: `the diagonal has shape ${formatShape(wanted)}`,
      data: { op: 'placeDiagonal', shapes: [x, shape], attrs },
    },
  );
}

function placed(x: Tensor, shape: readonly number[], attrs: DiagonalAttrs): Tensor {
  checkFits(x.shape, shape, attrs);
  const y = zerosTensor(shape, x.dtype);
  assign(views.diagonal(y, attrs), x);
  return y;
}

/** Copies the kept part of each row, one column of a row after the other across the stack. */
function triangle(x: Tensor, { part, k }: TriangleAttrs): Tensor {
  const y = zerosTensor(x.shape, x.dtype);
  const columns = x.shape.at(-1)!;
  for (let i = 0; i < x.shape.at(-2)!; i++) {
    const edge = Math.min(Math.max(part === 'lower' ? i + k + 1 : i + k, 0), columns);
    const range = part === 'lower' ? { stop: edge } : { start: edge };
    assign(views.slice(y, ['ellipsis', i, range]), views.slice(x, ['ellipsis', i, range]));
  }
  return y;
}

function requireMatrix(shape: Shape, op: string): void {
  if (shape.length < 2) throw wrongRank(op, shape, 'x needs at least two axes');
}

function wrongRank(op: string, shape: Shape, hint: string): ShapeError {
  return new ShapeError(`${op}: the input has shape ${formatShape(shape)}`, {
    code: 'OP_RANK',
    hint,
    data: { op, shape },
  });
}
