import { zerosTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { defineOp } from '@cotangent/graph';
import type { OpFunction } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { stackOf, tensorOf } from '../kernels/stack.ts';
import { lowerHalfTriangle } from './lower/diagonals.ts';
import { floatDTypeOf, floatType, matrixShape } from './matrices.ts';

/** Y = the lower triangle of X with its diagonal halved, zeros above.  Linear and its own adjoint. */
export const halfTriangle: OpFunction<1, 1> = defineOp<1, 1>(
  'halfTriangle',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [floatType([x], matrixShape(x.shape, 'halfTriangle'))],
    pushforward: ([xDot]) => [halfTriangle(xDot)],
    pullback: ([yBar]) => [halfTriangle(yBar)],
    batch: ([{ value }]) => [batched(halfTriangle(value))],
    eval: ([x], _, [type]) => [halved(x, floatDTypeOf(type))],
    lower: lowerHalfTriangle,
    shapeLike: ([x]) => x,
    samples: [
      {
        inputs: [
          [
            [1.5, -2],
            [4, 5],
          ],
        ],
      },
      { name: 'a stack', inputs: [[[[1.5]], [[-2]]]] },
    ],
  },
);

function halved(x: Tensor, dtype: 'float64' | 'float32'): Tensor {
  const { data, count, rows, columns } = stackOf(x);
  if (data.length === 0) return zerosTensor(x.shape, dtype);
  for (let p = 0; p < count * rows; p++) {
    const [row, i] = [p * columns, p % rows];
    if (i < columns) data[row + i]! /= 2;
    data.fill(0, row + Math.min(i + 1, columns), row + columns);
  }
  return tensorOf(data, x.shape, dtype);
}
