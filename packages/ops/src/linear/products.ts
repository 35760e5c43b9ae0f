import { ShapeError, ValueError } from '@cotangent/tensor';
import { asVariable, formatShape } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { mul } from '../elementwise/arithmetic.ts';
import { eye } from '../create/eye.ts';
import { broadcastLike } from '../shape/broadcast.ts';
import { flatten, reshape } from '../shape/reshape.ts';
import { shapeAt } from '../shape/size.ts';
import { expandDims, squeeze, withUnitAxes } from '../shape/transpose.ts';
import { inv } from './determinant.ts';
import { matmul } from './matmul.ts';
import { squareShape } from './matrices.ts';
import { tensordot } from './tensordot.ts';

/**
 * Products of matrices paired along the first axis: y_b = a_b · b_b, where an input of rank 2 holds one vector per b. The
 * first axes must have one size: nothing broadcasts.
 *
 * @param a - `[n, m, k]` or `[n, k]`.
 * @param b - `[n, k, l]` or `[n, k]`.
 * @throws ShapeError `OP_RANK` for another rank, `OP_BATCHED_DOT_SHAPES` if the first axes differ,
 *   `OP_MATMUL_SHAPES`; at run time where sizes are not known before (first axes: `RESHAPE_SIZE_MISMATCH`).
 * @example batchedDot([[1, 2], [3, 4]], [[1, 1], [0, 2]]) // [3, 8]
 */
export function batchedDot(a: Operand, b: Operand): Variable {
  const left = pairable(asVariable(a, 'batchedDot', 0), 0);
  const right = sameCount(pairable(asVariable(b, 'batchedDot', 1), 1), left);
  const y = matmul(
    left.rank === 2 ? expandDims(left, 1) : left,
    right.rank === 2 ? expandDims(right, 2) : right,
  );
  return squeeze(y, [...(left.rank === 2 ? [1] : []), ...(right.rank === 2 ? [2] : [])]);
}

/**
 * Sum of products over the last axis of both; by a scalar, the product.
 *
 * @throws ShapeError `OP_TENSORDOT_SHAPES` if the last axes differ, at run time where sizes are not known before.
 * @example inner([[1, 2], [3, 4]], [10, 1]) // [12, 34]
 */
export function inner(a: Operand, b: Operand): Variable {
  const [left, right] = [asVariable(a, 'inner', 0), asVariable(b, 'inner', 1)];
  return left.rank === 0 || right.rank === 0 ? mul(left, right) : tensordot(left, right, [-1, -1]);
}

/**
 * The inner product of all elements, in row-major order.
 *
 * @throws ShapeError `OP_MATMUL_SHAPES` if the numbers of elements differ, at run time where they are not known before.
 * @example vdot([[1, 2], [3, 4]], [[1, 0], [0, 1]]) // 5
 */
export function vdot(a: Operand, b: Operand): Variable {
  return matmul(flatten(asVariable(a, 'vdot', 0)), flatten(asVariable(b, 'vdot', 1)));
}

/**
 * The Kronecker product: block (i, j) of the result is a[i, j] · b. The input of lower rank gets leading axes of size 1.
 *
 * @example kron([1, 10], [1, 2]) // [1, 2, 10, 20]
 */
export function kron(a: Operand, b: Operand): Variable {
  const [x, y] = [asVariable(a, 'kron', 0), asVariable(b, 'kron', 1)];
  const rank = Math.max(x.rank, y.rank);
  const [left, right] = [x, y].map((z) => withUnitAxes(z, 0, rank - z.rank));
  const axes = left!.shape.map((_, axis) => axis);
  const product = mul(
    expandDims(
      left!,
      axes.map((axis) => 2 * axis + 1),
    ),
    expandDims(
      right!,
      axes.map((axis) => 2 * axis),
    ),
  );
  return reshape(
    product,
    axes.map((axis) => sizeProduct(left!, right!, axis)),
  );
}

/**
 * The n-th power of square matrices by repeated squaring; for a negative n that of the inverse.
 *
 * @param n - a whole number.
 * @throws ValueError `OP_INVALID_EXPONENT` if `n` is not whole; ShapeError `OP_RANK`, `OP_NOT_SQUARE`; for a negative n
 *   also as {@link inv}.
 * @example matrixPower([[1, 1], [0, 1]], 5) // [[1, 5], [0, 1]]
 */
export function matrixPower(a: Operand, n: number): Variable {
  const matrix = asVariable(a, 'matrixPower');
  squareShape(matrix.shape, 'matrixPower');
  if (!Number.isSafeInteger(n)) throw notWhole(n);
  if (n === 0) return broadcastLike(eye(shapeAt(matrix, -1), undefined, matrix), matrix);
  let square = n < 0 ? inv(matrix) : matrix;
  let result: Variable | undefined;
  for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === undefined ? square : matmul(result, square);
    if (rest > 1) square = matmul(square, square);
  }
  return result ?? square;
}

function pairable(x: Variable, position: number): Variable {
  if (x.rank === 2 || x.rank === 3) return x;
  throw new ShapeError(`batchedDot: input ${position} has shape ${formatShape(x.shape)}`, {
    code: 'OP_RANK',
    hint: 'it takes ranks 2 and 3; matmul takes stacks with several leading axes',
    data: { op: 'batchedDot', position, shape: x.shape },
  });
}

/** `x`, its first axis of the size of that of `other`: checked now or, where one is not known, at run time. */
function sameCount(x: Variable, other: Variable): Variable {
  const [n, wanted] = [x.shape[0] ?? null, other.shape[0] ?? null];
  if (n !== null && n === wanted) return x;
  if (n === null || wanted === null) {
    const rest = x.shape.slice(1).map((size, k) => size ?? shapeAt(x, k + 1));
    return reshape(x, [shapeAt(other, 0), ...rest]);
  }
  throw new ShapeError(`batchedDot: ${wanted} elements of the first input for ${n} of the second`, {
    code: 'OP_BATCHED_DOT_SHAPES',
    hint: 'the first axes must have the same size; matmul broadcasts',
    data: { op: 'batchedDot', shapes: [other.shape, x.shape] },
  });
}

function sizeProduct(x: Variable, y: Variable, axis: number): number | Variable {
  const [m, n] = [x.shape[axis] ?? null, y.shape[axis] ?? null];
  return m === null || n === null ? mul(shapeAt(x, axis), shapeAt(y, axis)) : m * n;
}

function notWhole(n: number): ValueError {
  return new ValueError(`matrixPower: the exponent ${n} is not a whole number`, {
    code: 'OP_INVALID_EXPONENT',
    hint: 'eigenvalues give other powers of a symmetric matrix',
    data: { op: 'matrixPower', n },
  });
}
