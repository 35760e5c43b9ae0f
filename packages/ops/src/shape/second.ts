import { views } from '@cotangent/tensor';
import {
  ShapeError,
  broadcastStatic,
  callable,
  defineOp,
  disconnected,
  formatShape,
} from '@cotangent/graph';
import type { Binary, OpFunction, Operand, Shape, Variable } from '@cotangent/graph';
import { batchOf, batched } from '../batch.ts';
import { aligned, whole } from './whole.ts';

/** z = y repeated to the shape of x.  x gives only its shape: disconnected.  Linear in y. */
const secondOp: OpFunction<2, 1> = defineOp<2, 1>(
  'second',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x, y]) => [{ ...y, shape: filledShape(x.shape, y.shape, 'second') }],
    connectionPattern: [[false], [true]],
    pushforward: [() => disconnected, (yDot, { inputs: [x] }) => secondOp(x, yDot)],
    pullback: ([zBar]) => [disconnected, zBar],
    broadcasts: true,
    batch: (entries, { node }) => {
      const [x, y] = entries;
      return [batched(secondOp(whole(x, batchOf(entries)), aligned(y, node.outputs[0]!.rank)))];
    },
    eval: ([x, y]) => [views.broadcastTo(y, x.shape, 'second')],
    shapeLike: ([x]) => x,
    samples: [
      { inputs: [[1, 2, 3], 2.5] },
      {
        name: 'size 1',
        inputs: [
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          [[-1.5], [0.5]],
        ],
      },
      {
        name: 'same shape',
        inputs: [
          [1, 2],
          [-1.5, 0.5],
        ],
      },
      { name: 'empty', inputs: [[], 2.5] },
    ],
  },
);

/**
 * `value` in the shape of `like`: a fill whose dtype is that of `value`. No element depends on the elements of `like`.
 *
 * @param like - only its run-time shape is used, so nothing flows back to it: it is disconnected.
 * @param value - of a shape that broadcasts to that of `like`; its cotangent is summed back to its shape.
 * @throws ShapeError `SHAPE_BROADCAST` if `value` does not broadcast to the shape of `like`; where sizes are known only
 *   at run time, then, as `SHAPE_BROADCAST_MISMATCH`.
 * @example second([1, 2, 3], 0.5) // [0.5, 0.5, 0.5]
 */
export const second: Binary = callable(secondOp.op, (like: Operand, value: Operand): Variable =>
  secondOp(like, value),
);

/**
 * The shape of what has the shape `like` when `value` is broadcast to it.
 *
 * @throws ShapeError `SHAPE_BROADCAST` if `value` does not broadcast to `like`.
 */
export function filledShape(like: Shape, value: Shape, op: string): Shape {
  const joint = broadcastStatic([like, value], op);
  const fits =
    joint.length === like.length &&
    like.every((size, axis) => size === null || size === joint[axis]);
  if (fits) return joint;
  throw new ShapeError(`${op}: ${formatShape(value)} does not broadcast to ${formatShape(like)}`, {
    code: 'SHAPE_BROADCAST',
    hint: 'the value may have size 1 or fewer axes, not more of either than the first argument',
    data: { op, from: value, to: like },
  });
}
