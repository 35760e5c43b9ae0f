import { ShapeError, ValueError, floatResult, resultType } from '@cotangent/tensor';
import type { FloatDType } from '@cotangent/tensor';
import { broadcastStatic, formatShape, promotableOf, promotableType } from '@cotangent/graph';
import type { BatchEntry, Shape, Tangent, TensorType, Variable } from '@cotangent/graph';
import { sumLike } from '../shape/broadcast.ts';
import { aligned } from '../shape/whole.ts';

// What ops on the matrices of the last two axes have in common. The axes before them are the stack.

/** The sizes of the stack. */
export function stackShape(shape: Shape): Shape {
  return shape.slice(0, -2);
}

/** The shape, if it is one of matrices. @throws ShapeError `OP_RANK`. */
export function matrixShape(shape: Shape, op: string, position = 0): Shape {
  if (shape.length >= 2) return shape;
  throw new ShapeError(`${op}: input ${position}, ${formatShape(shape)}, is not a matrix`, {
    code: 'OP_RANK',
    hint: 'the matrices are on the last two axes; expandDims makes a row or a column of a vector',
    data: { op, position, shape },
  });
}

/**
 * The shape, if it is one of square matrices; where one of the two sizes is unknown, it has the other.
 *
 * @throws ShapeError `OP_RANK`, `OP_NOT_SQUARE`.
 */
export function squareShape(shape: Shape, op: string, position = 0): Shape {
  const [rows, columns] = matrixShape(shape, op, position).slice(-2);
  const size = rows ?? columns ?? null;
  if (size === null || (columns ?? size) === size) return [...stackShape(shape), size, size];
  throw new ShapeError(`${op}: the matrix ${formatShape(shape)} is not square`, {
    code: 'OP_NOT_SQUARE',
    hint: 'its last two axes must have the same size',
    data: { op, position, shape },
  });
}

/**
 * The shape of A⁻¹ B, stacks broadcast.
 *
 * @throws ShapeError `OP_RANK`, `OP_NOT_SQUARE`, `OP_SOLVE_SHAPES`, `SHAPE_BROADCAST`.
 */
export function solutionShape(a: Shape, b: Shape, op: string): Shape {
  const square = squareShape(a, op, 0);
  const right = matrixShape(b, op, 1);
  const [n, rows] = [square.at(-1) ?? null, right.at(-2) ?? null];
  if (n !== null && rows !== null && n !== rows) {
    throw new ShapeError(`${op}: ${formatShape(a)} and ${formatShape(b)} do not fit`, {
      code: 'OP_SOLVE_SHAPES',
      hint: `the right-hand side must have as many rows as the matrix, ${n}, but has ${rows}`,
      data: { op, shapes: [a, b] },
    });
  }
  const stack = broadcastStatic([stackShape(a), stackShape(b)], op);
  return [...stack, n ?? rows, right.at(-1) ?? null];
}

/** The type of a result computed in floating point from inputs of any dtypes: int32 gives float64, bool and uint8 float32. */
export function floatType(types: readonly TensorType[], shape: Shape): TensorType {
  return promotableType(floatResult(resultType(types.map(promotableOf))), shape);
}

/** The dtype of a type made by {@link floatType}. */
export function floatDTypeOf({ dtype }: TensorType): FloatDType {
  return dtype === 'float32' ? 'float32' : 'float64';
}

/** The term for `x`, summed over the leading axes along which `x` was repeated to meet `other`, if there can be any. */
export function overStack(term: Variable, x: Variable, other: Variable): Tangent {
  const [own, others] = [stackShape(x.shape), stackShape(other.shape)];
  const widens =
    others.length > own.length ||
    others.some((n, k) => n !== 1 && (n === null || n !== own.at(k - others.length)));
  return widens ? sumLike(term, x) : term;
}

/** Two inputs, whose stacks broadcast, so that a batch of either goes in front of the stack of the result. */
export function alignedPair(
  entries: readonly [BatchEntry, BatchEntry],
  result: Variable,
): readonly [Variable, Variable] {
  return [aligned(entries[0], result.rank), aligned(entries[1], result.rank)];
}

/** @throws ValueError `OP_SINGULAR_MATRIX`: `pivot` of matrix `matrix` of the stack is 0. */
export function singular(op: string, matrix: number, pivot: number): ValueError {
  return new ValueError(`${op}: the matrix is singular (pivot ${pivot} of matrix ${matrix} is 0)`, {
    code: 'OP_SINGULAR_MATRIX',
    hint: 'its rows are linearly dependent; add a small multiple of the identity, or use lstsq',
    data: { op, matrix, pivot },
  });
}
