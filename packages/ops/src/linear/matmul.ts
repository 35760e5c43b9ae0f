import { ShapeError, resultType, strongDType } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  asVariable,
  broadcastStatic,
  callable,
  defineOp,
  formatShape,
  promotableOf,
  promotableType,
  zero,
} from '@cotangent/graph';
import type {
  Callable,
  OpFunction,
  Operand,
  Shape,
  Tangent,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { batched } from '../batch.ts';
import { matmulTensors } from '../kernels/matmul-tensors.ts';
import { sumLike } from '../shape/broadcast.ts';
import { expandDims, matrixTranspose, squeeze } from '../shape/transpose.ts';
import { aligned } from '../shape/whole.ts';

/** Y = A B on the last two axes, the others broadcast.  Ẏ = Ȧ B + A Ḃ,  Ā = Ȳ Bᵀ,  B̄ = Aᵀ Ȳ. */
const matmulOp: OpFunction<2, 1> = defineOp<2, 1>(
  'matmul',
  { inputs: 2, outputs: 1 },
  {
    infer: ([a, b]) => [productType(a, b)],
    pushforward: [
      (aDot, { inputs: [, b] }) => matmulOp(aDot, b),
      (bDot, { inputs: [a] }) => matmulOp(a, bDot),
    ],
    pullback: ([yBar], { inputs: [a, b], needs }) => [
      needs[0] ? termFor(a, b, matmulOp(yBar, matrixTranspose(b))) : zero,
      needs[1] ? termFor(b, a, matmulOp(matrixTranspose(a), yBar)) : zero,
    ],
    batch: (entries, { node }) => {
      const [a, b] = entries.map((entry) => aligned(entry, node.outputs[0]!.rank));
      return [batched(matmulOp(a!, b!))];
    },
    eval: ([a, b], _, [{ dtype }]) => [product(a, b, dtype)],
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
          [
            [0.5, 1],
            [-1, 2],
            [3, 0.25],
          ],
        ],
      },
      {
        name: 'broadcast stacks',
        inputs: [
          [[[1.5, -2]], [[3, 0.5]], [[1, 2]]],
          [
            [0.5, 1, 2],
            [-1, 2, 0.25],
          ],
        ],
      },
      {
        name: 'stacks of size 1',
        inputs: [[[[1.5], [-2]]], [[[0.5, 1]], [[3, -1]]]],
      },
      { name: 'a stack of one', inputs: [[[1.5, -2]], [[[0.5], [1]]]] },
      { name: 'no columns', inputs: [[[1.5], [-2]], [[]]] },
    ],
  },
);

/**
 * Matrix product by NumPy's rules: over the last axis of `a` and the last but one of `b`, leading axes broadcast. A
 * vector counts as a row on the left and as a column on the right, and the axis so added is dropped from the result.
 *
 * Floats are summed in float64, float32 rounded once. uint8 and int32 give exact int32, bool gives bool.
 *
 * @throws ShapeError `OP_RANK` for a scalar, `OP_MATMUL_SHAPES` if the sizes to sum over differ, `SHAPE_BROADCAST` if the
 *   leading axes do not fit; at run time where sizes are not known before, and then also ValueError
 *   `OP_INTEGER_OVERFLOW`.
 * @example matmul([[1, 2], [3, 4]], [10, 1]) // [12, 34]
 */
export const matmul: Callable<(a: Operand, b: Operand) => Variable> = callable(
  matmulOp.op,
  (a: Operand, b: Operand): Variable => {
    const left = notScalar(asVariable(a, 'matmul', 0), 0);
    const right = notScalar(asVariable(b, 'matmul', 1), 1);
    checkInner(left.shape, right.shape);
    const y = matmulOp(
      left.rank === 1 ? expandDims(left, 0) : left,
      right.rank === 1 ? expandDims(right, 1) : right,
    );
    const added = [
      ...(left.rank === 1 ? [y.rank - 2] : []),
      ...(right.rank === 1 ? [y.rank - 1] : []),
    ];
    return squeeze(y, added);
  },
);

function notScalar(x: Variable, position: number): Variable {
  if (x.rank > 0) return x;
  throw new ShapeError(`matmul: input ${position} is a scalar`, {
    code: 'OP_RANK',
    hint: 'mul multiplies by a scalar',
    data: { op: 'matmul', position },
  });
}

/** The term for `x`, summed over the leading axes along which `x` was broadcast, if there can be any. */
function termFor(x: Variable, other: Variable, term: Variable): Tangent {
  const [own, others] = [x.shape.slice(0, -2), other.shape.slice(0, -2)];
  const widens =
    others.length > own.length ||
    others.some((n, k) => n !== 1 && (n === null || n !== own.at(k - others.length)));
  return widens ? sumLike(term, x) : term;
}

function productType(a: TensorType, b: TensorType): TensorType {
  [a, b].forEach(({ shape }, position) => {
    if (shape.length >= 2) return;
    throw new ShapeError(`matmul: input ${position}, ${formatShape(shape)}, is not a matrix`, {
      code: 'OP_RANK',
      hint: 'expandDims makes a row or a column of a vector',
      data: { op: 'matmul', position, shape },
    });
  });
  const dtype = resultType([a, b].map(promotableOf));
  return promotableType(
    strongDType(dtype) === 'uint8' ? 'int32' : dtype,
    productShape(a.shape, b.shape),
  );
}

function productShape(a: Shape, b: Shape): Shape {
  checkInner(a, b);
  const batch = broadcastStatic([a.slice(0, -2), b.slice(0, -2)], 'matmul');
  return [...batch, a.at(-2) ?? null, b.at(-1) ?? null];
}

function checkInner(a: Shape, b: Shape): void {
  const [left, right] = [a.at(-1) ?? null, b.at(b.length === 1 ? 0 : -2) ?? null];
  if (left === null || right === null || left === right) return;
  throw new ShapeError(`matmul: cannot multiply ${formatShape(a)} by ${formatShape(b)}`, {
    code: 'OP_MATMUL_SHAPES',
    hint: `the last axis of the first, ${left}, must be as long as the last but one of the second, ${right}`,
    data: { op: 'matmul', shapes: [a, b] },
  });
}

function product(a: Tensor, b: Tensor, dtype: TensorType['dtype']): Tensor {
  const shape = productShape(a.shape, b.shape);
  return matmulTensors(a, b, shape.slice(0, -2).map(Number), dtype, 'matmul');
}
