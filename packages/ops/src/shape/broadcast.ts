import {
  ShapeError,
  astype,
  forEachRow,
  isFloat,
  loopNest,
  sameShape,
  views,
  zerosTensor,
} from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  asVariable,
  broadcastStatic,
  callable,
  constant,
  defineOp,
  disconnected,
  formatShape,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, TensorType, Variable } from '@cotangent/graph';
import { binary, constantOf, load, registerType, store } from '@cotangent/loops';
import type { LoweringContext, Statement, Value } from '@cotangent/loops';
import { batched } from '../batch.ts';
import { broadcastView, overElements } from '../loops-over.ts';
import { pairwiseSum } from '../pairwise.ts';
import {
  asShapeVector,
  batchSizes,
  joinedSizes,
  shapeOwner,
  shapeVectorOf,
  sizesIn,
  staticSizes,
} from './shape.ts';
import type { ShapeOperand } from './shape.ts';
import { shapeAt } from './size.ts';
import { squeeze, withUnitAxes } from './transpose.ts';

/** y = x repeated along new and size-1 axes to `shape`.  Linear; adjoint of sumTo. */
const broadcastToOp: OpFunction<2, 1> = defineOp<2, 1>(
  'broadcastTo',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x], _, [, sizes]) => [inferBroadcast(x, staticSizes(sizes, 'broadcastTo'))],
    connectionPattern: [[true], [false]],
    pushforward: [(xDot, { inputs: [, sizes] }) => broadcastToOp(xDot, sizes), () => disconnected],
    pullback: ([yBar], { inputs: [x] }) => [sumToOp(yBar, shapeVectorOf(x)), disconnected],
    batch: ([x, sizes], { node }) =>
      sizes.isBatched
        ? undefined
        : [batched(broadcastBatch(x.value, sizes.value, node.outputs[0]!))],
    eval: ([x, sizes]) => [views.broadcastTo(x, sizesIn(sizes))],
    shapeLike: ([, sizes]) => shapeOwner(sizes),
    samples: [
      { inputs: [[1.5, -2, 3], { value: [2, 3], dtype: 'int32' }] },
      { name: 'size 1', inputs: [[[1.5], [-2]], { value: [2, 3], dtype: 'int32' }] },
      { name: 'rank 0', inputs: [2.5, { value: [2], dtype: 'int32' }] },
    ],
  },
);

/** y = x summed over the axes along which a tensor of `shape` would be repeated.  Adjoint of broadcastTo. */
const sumToOp: OpFunction<2, 1> = defineOp<2, 1>(
  'sumTo',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x], _, [, sizes]) => [inferSumTo(x, staticSizes(sizes, 'sumTo'))],
    connectionPattern: [[true], [false]],
    pushforward: [(xDot, { inputs: [, sizes] }) => sumToOp(xDot, sizes), () => disconnected],
    pullback: ([yBar], { inputs: [x] }) => [broadcastToOp(yBar, shapeVectorOf(x)), disconnected],
    batch: ([x, sizes], { node }) =>
      sizes.isBatched ? undefined : [batched(sumBatch(x.value, sizes.value, node.outputs[0]!))],
    eval: ([x, sizes]) => [sumInto(x, sizesIn(sizes))],
    lower: lowerSumTo,
    shapeLike: ([, sizes]) => shapeOwner(sizes),
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
          { value: [3], dtype: 'int32' },
        ],
      },
      {
        name: 'size 1',
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
          { value: [2, 1], dtype: 'int32' },
        ],
      },
      { name: 'same shape', inputs: [[1.5, -2], { value: [2], dtype: 'int32' }] },
    ],
  },
);

/**
 * `x` repeated along new leading axes and along axes of size 1, so that it has `shape`.
 *
 * @param shape - sizes, each a number or a scalar of the graph, or one int32 vector of the graph.
 * @throws ShapeError if `x` does not broadcast to `shape`; at run time where sizes are not known before.
 * @example broadcastTo([1, 2, 3], [2, 3]) // [[1, 2, 3], [1, 2, 3]]
 */
export const broadcastTo: Callable<(x: Operand, shape: ShapeOperand) => Variable> = callable(
  broadcastToOp.op,
  (x: Operand, shape: ShapeOperand): Variable =>
    broadcastToOp(x, asShapeVector(shape, 'broadcastTo')),
);

/**
 * The inverse of broadcasting: `x` summed over leading axes and over axes where `shape` has size 1.
 *
 * @param shape - as in {@link broadcastTo}: what is left.
 * @throws ShapeError if a tensor of `shape` does not broadcast to the shape of `x`.
 * @example sumTo([[1, 2, 3], [4, 5, 6]], [3]) // [5, 7, 9]
 */
export const sumTo: Callable<(x: Operand, shape: ShapeOperand) => Variable> = callable(
  sumToOp.op,
  (x: Operand, shape: ShapeOperand): Variable => sumToOp(x, asShapeVector(shape, 'sumTo')),
);

/**
 * `x` summed to the run-time shape of `like`, the inverse of {@link broadcastLike}. Of `like` only the shape is used.
 *
 * @throws ShapeError if `like` does not broadcast to the shape of `x`; at run time where sizes are not known before.
 * @example sumLike(yBar, x) // the cotangent of x where x was broadcast
 */
export function sumLike(x: Variable, like: Variable): Variable {
  return sumToOp(x, shapeVectorOf(like));
}

/**
 * `x` broadcast to the run-time shape of `like`. Of `like` only the shape is used.
 *
 * @throws ShapeError if `x` does not broadcast to that shape; at run time where sizes are not known before.
 * @example broadcastLike(1, x) // ones of the shape of x
 */
export function broadcastLike(x: Operand, like: Variable): Variable {
  return broadcastToOp(asVariable(x), shapeVectorOf(like));
}

/**
 * Zeros of the shape of `x`, of its dtype. No element depends on the elements of `x`.
 *
 * @example zerosLike([[1, 2], [3, 4]]) // [[0, 0], [0, 0]]
 */
export function zerosLike(x: Operand): Variable {
  return filled(asVariable(x, 'zerosLike'), 0);
}

/**
 * Ones of the shape of `x`, of its dtype. No element depends on the elements of `x`.
 *
 * @example onesLike([1.5, 2.5]) // [1, 1]
 */
export function onesLike(x: Operand): Variable {
  return filled(asVariable(x, 'onesLike'), 1);
}

function filled(x: Variable, value: number): Variable {
  const fill = constant(value, { dtype: x.dtype });
  return x.rank === 0 ? fill : broadcastLike(fill, x);
}

/**
 * Zeros shaped like `x`, in its dtype if that is floating, else float64: a zero derivative.
 *
 * @example floatZerosLike(vector('n', { dtype: 'int32' })).dtype // 'float64'
 */
export function floatZerosLike(x: Variable): Variable {
  const fill = constant(0, { dtype: isFloat(x.dtype) ? x.dtype : 'float64' });
  return x.rank === 0 ? fill : broadcastLike(fill, x);
}

/** Each element of `xs` broadcast to `sizes`, as `y` was. */
function broadcastBatch(xs: Variable, sizes: Variable, y: Variable): Variable {
  const spread = withUnitAxes(xs, 1, y.rank + 1 - xs.rank);
  return broadcastToOp(spread, batchSizes(xs, sizes));
}

/** Each element of `xs` summed to `sizes`, as `y` was. */
function sumBatch(xs: Variable, sizes: Variable, y: Variable): Variable {
  const leading = Array.from({ length: xs.rank - 1 - y.rank }, () => 1);
  const total = sumToOp(xs, joinedSizes([shapeAt(xs, 0), ...leading, sizes]));
  return squeeze(
    total,
    leading.map((_, k) => k + 1),
  );
}

function inferBroadcast(x: TensorType, shape: Shape): TensorType {
  const joint = broadcastStatic([x.shape, shape], 'broadcastTo');
  const fits =
    joint.length === shape.length &&
    shape.every((size, axis) => size === null || size === (joint[axis] ?? 1));
  if (!fits) throw cannotBroadcast(x.shape, shape, 'broadcastTo');
  // Where only x knows a size > 1, the result must have it; where only the target knows 1, x must.
  return { ...x, shape: joint.map((size, axis) => size ?? shape[axis] ?? null) };
}

function inferSumTo(x: TensorType, shape: Shape): TensorType {
  const joint = broadcastStatic([x.shape, shape], 'sumTo');
  const fits =
    joint.length === x.shape.length &&
    x.shape.every((size, axis) => size === null || size === (joint[axis] ?? 1));
  if (!fits) throw cannotBroadcast(shape, x.shape, 'sumTo');
  // Beside a size of 1 in x an unknown size of the target can only be 1.
  const added = x.shape.length - shape.length;
  return {
    ...x,
    shape: shape.map((size, axis) => (x.shape[axis + added] === 1 ? 1 : size)),
  };
}

function cannotBroadcast(from: Shape, to: Shape, op: string): ShapeError {
  return new ShapeError(`${op}: ${formatShape(from)} does not broadcast to ${formatShape(to)}`, {
    code: 'SHAPE_BROADCAST',
    hint: 'axes are matched from the right; a size must be equal or 1',
    data: { op, from, to },
  });
}

/** The same for integers, and where there is nothing to add: backends sum floats in an order of their own. */
function lowerSumTo({ inputs, outputs }: LoweringContext): readonly Statement[] {
  const [x, y] = [inputs[0]!, outputs[0]!];
  const zero = constantOf(registerType[y.buffer.dtype], 0);
  const sum = (at: Value, from: Value): Value =>
    binary('add', load(y.buffer, at), load(x.buffer, from));
  return [
    ...overElements([y], ([at]) => [store(y.buffer, at!, zero)]),
    ...overElements(
      [broadcastView(y, x.shape), x],
      ([at, from]) => [store(y.buffer, at!, sum(at!, from!))],
      false,
    ),
  ];
}

/** Adds every element of x to the place it would be repeated from. Floats are summed in float64. */
function sumInto(x: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const total = zerosTensor(shape, isFloat(x.dtype) ? 'float64' : x.dtype);
  const places = views.broadcastTo(total, x.shape);
  const nest = loopNest(x.shape, [places.stride, x.stride]);
  const inner = nest.shape.length - 1;
  const [n, stepOut, stepIn] = [
    nest.shape[inner]!,
    nest.strides[0]![inner]!,
    nest.strides[1]![inner]!,
  ];
  forEachRow(nest, [places.offset, x.offset], ([out, start]) => {
    if (stepOut === 0) total.data[out!]! += pairwiseSum(x.data, start!, stepIn, n);
    else
      for (let k = 0; k < n; k++) total.data[out! + k * stepOut]! += x.data[start! + k * stepIn]!;
  });
  return astype(total, x.dtype);
}
