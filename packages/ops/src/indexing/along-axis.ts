import { ValueError, normalizeAxis } from '@cotangent/tensor';
import {
  asVariable,
  broadcastStatic,
  callable,
  constant,
  defineOp,
  disconnected,
  sameShape,
  shapesConflict,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, TensorType, Variable } from '@cotangent/graph';
import { batchOf, batched, shiftAxis } from '../batch.ts';
import { where } from '../elementwise/selection.ts';
import { broadcastLike, broadcastTo } from '../shape/broadcast.ts';
import { fitting } from '../shape/fitting.ts';
import { shapeAt } from '../shape/size.ts';
import { whole } from '../shape/whole.ts';
import { misfit, put, staying, taken } from './along-axis-eval.ts';
import { lowerLastAlong, lowerPutAlong, lowerTakeAlong } from './along-axis-lower.ts';
import { checkIndexTypes } from './positions.ts';
import { indexVariable } from './spec.ts';
import type { IndexArray } from './spec.ts';

export type AlongAttrs = { readonly axis: number };
export type PutAttrs = { readonly axis: number; readonly mode: 'set' | 'add' };

const matrix = [
  [1.5, -2, 3],
  [4, 5, -6.5],
];
const places = {
  value: [
    [2, 0, 2, -1],
    [0, 1, 0, 0],
  ],
  dtype: 'int32',
} as const;
const one = { value: [[1, 0, -1]], dtype: 'int32' } as const;

/** y[…, k, …] = x[…, i[…, k, …], …].  Linear; adjoint of putAlongAxis adding to zeros. */
export const takeAlongOp: OpFunction<2, 1, AlongAttrs> = defineOp<2, 1, AlongAttrs>(
  'takeAlongAxis',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x, i], { axis }) => [{ ...x, shape: placesShape(x, i, axis, 'takeAlongAxis') }],
    connectionPattern: [[true], [false]],
    pushforward: [
      (xDot, { inputs: [, i], attrs }) => takeAlongOp(xDot, i, attrs),
      () => disconnected,
    ],
    pullback: ([yBar], { inputs: [x, i], attrs: { axis } }) => [
      putAlongOp(zerosOf(yBar, x), i, yBar, { axis, mode: 'add' }),
      disconnected,
    ],
    batch: (entries, { attrs: { axis } }) => {
      const [x, i] = entries.map((entry) => whole(entry, batchOf(entries)));
      return [batched(takeAlongOp(x!, i!, { axis: shiftAxis(axis) }))];
    },
    eval: ([x, i], { axis }) => [taken(x, i, axis)],
    lower: lowerTakeAlong,
    samples: [
      { inputs: [matrix, places], attrs: { axis: 1 } },
      { name: 'first axis', inputs: [matrix, one], attrs: { axis: 0 } },
      { name: 'none', inputs: [[1.5, -2], { value: [], dtype: 'int32' }], attrs: { axis: 0 } },
    ],
  },
);

/** y = x with y[…, i[…, k, …], …] = v[…, k, …] or v added there.  x̄ = ȳ, 0 at what is replaced; v̄ = ȳ at i, of writes that stay. */
export const putAlongOp: OpFunction<3, 1, PutAttrs> = defineOp<3, 1, PutAttrs>(
  'putAlongAxis',
  { inputs: 3, outputs: 1 },
  {
    infer: ([x, i, v], { axis }) => {
      const shape = placesShape(x, i, axis, 'putAlongAxis');
      if (shapesConflict(shape, v.shape)) throw misfit('putAlongAxis', v.shape, shape, axis);
      return [x];
    },
    connectionPattern: [[true], [false], [true]],
    pushforward: ([xDot, , vDot], { inputs: [, i], attrs }) => [putAlongOp(xDot, i, vDot, attrs)],
    pullback: ([yBar], { inputs: [x, i], attrs: { axis, mode } }) => {
      const read = takeAlongOp(yBar, i, { axis });
      if (mode === 'add') return [yBar, disconnected, read];
      const none = broadcastLike(constant(0, { dtype: yBar.dtype }), read);
      const rest = putAlongOp(yBar, i, none, { axis, mode });
      return [rest, disconnected, where(lastAlong(x, i, { axis }), read, 0)];
    },
    batch: (entries, { attrs: { axis, mode } }) => {
      const [x, i, v] = entries.map((entry) => whole(entry, batchOf(entries)));
      return [batched(putAlongOp(x!, i!, v!, { axis: shiftAxis(axis), mode }))];
    },
    eval: ([x, i, v], attrs) => [put(x, i, v, attrs)],
    lower: lowerPutAlong,
    shapeLike: ([x]) => x,
    samples: [
      {
        inputs: [
          matrix,
          places,
          [
            [7, 8, 9, 10],
            [-1, -2, -3, -4],
          ],
        ],
        attrs: { axis: 1, mode: 'add' },
      },
      {
        name: 'set',
        inputs: [
          matrix,
          places,
          [
            [7, 8, 9, 10],
            [-1, -2, -3, -4],
          ],
        ],
        attrs: { axis: 1, mode: 'set' },
      },
      { name: 'first axis', inputs: [matrix, one, [[0.5, 1, 2]]], attrs: { axis: 0, mode: 'set' } },
    ],
  },
);

/** w[…, k, …] = whether no later write goes to the same place of x.  Nothing flows back. */
export const lastAlong: OpFunction<2, 1, AlongAttrs> = defineOp<2, 1, AlongAttrs>(
  'lastAlongAxis',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x, i], { axis }) => [
      { kind: 'tensor', dtype: 'bool', shape: placesShape(x, i, axis, 'putAlongAxis') },
    ],
    connectionPattern: [[false], [false]],
    pushforward: () => [disconnected],
    pullback: () => [disconnected, disconnected],
    batch: (entries, { attrs: { axis } }) => {
      const [x, i] = entries.map((entry) => whole(entry, batchOf(entries)));
      return [batched(lastAlong(x!, i!, { axis: shiftAxis(axis) }))];
    },
    eval: ([x, i], { axis }) => [staying(x, i, axis)],
    lower: lowerLastAlong,
    samples: [{ inputs: [matrix, places], attrs: { axis: 1 } }],
  },
);

/**
 * For every position along an axis the entry of `x` that `indices` names there: `y[i][k] = x[i][indices[i][k]]` for axis 1.
 * Negative indices count from the end. Nothing flows to the indices.
 *
 * @param indices - whole numbers, of the rank of `x`; on the other axes sizes are equal or 1.
 * @param options.axis - default −1.
 * @throws ValueError `INDEX_OUT_OF_RANGE` at run time; `AXIS_OUT_OF_RANGE`; ShapeError `OP_ALONG_SHAPE`; DTypeError
 *   `OP_DTYPE_REJECTED`.
 * @example takeAlongAxis([[3, 1, 2]], [[1, 2, 0]]) // [[1, 2, 3]]
 */
export const takeAlongAxis: Callable<
  (x: Operand, indices: IndexArray, options?: { readonly axis?: number | undefined }) => Variable
> = callable(
  takeAlongOp.op,
  (
    x: Operand,
    indices: IndexArray,
    options: { readonly axis?: number | undefined } = {},
  ): Variable => {
    const given = asVariable(x, 'takeAlongAxis');
    const places = indexVariable(indices, 'takeAlongAxis', 1);
    const axis = normalizeAxis(options.axis ?? -1, given.rank, 'takeAlongAxis');
    const [source, at] = repeatedAlong(given, places, axis, 'takeAlongAxis');
    return takeAlongOp(source, at, { axis });
  },
);

/**
 * A copy of `x` with `v` at the places that {@link takeAlongAxis} would read: instead of the entry, the last of several
 * writes staying, or added to it.
 *
 * @param v - broadcast to the shape of `indices`.
 * @param options.axis - default −1.
 * @param options.mode - `'set'` (default) or `'add'`.
 * @throws as {@link takeAlongAxis}; ValueError `OP_PUT_MODE`; DTypeError `OP_DTYPE_NARROWING` if `v` does not fit the
 *   dtype of `x`; ShapeError `SHAPE_BROADCAST`.
 * @example putAlongAxis([[3, 1, 2]], [[0, 0]], [[5, 7]], { mode: 'add' }) // [[15, 1, 2]]
 */
export const putAlongAxis: Callable<
  (x: Operand, indices: IndexArray, v: Operand, options?: PutOptions) => Variable
> = callable(
  putAlongOp.op,
  (x: Operand, indices: IndexArray, v: Operand, options: PutOptions = {}): Variable => {
    const { mode = 'set' } = options;
    if (mode !== 'set' && mode !== 'add') throw unknownMode(mode);
    const [target, value] = fitting(asVariable(x, 'putAlongAxis'), v, 'putAlongAxis');
    const places = indexVariable(indices, 'putAlongAxis', 1);
    const axis = normalizeAxis(options.axis ?? -1, target.rank, 'putAlongAxis');
    const [, at] = repeatedAlong(target, places, axis, 'putAlongAxis');
    const isFull = sameShape(value.shape, at.shape);
    return putAlongOp(target, at, isFull ? value : broadcastLike(value, at), { axis, mode });
  },
);

/** Options of {@link putAlongAxis}. */
export interface PutOptions {
  readonly axis?: number | undefined;
  /** Whether the entry is replaced or added to. Default `'set'`. */
  readonly mode?: 'set' | 'add' | undefined;
}

/** Both with axes of size 1 repeated where the other has more, but for the one that is indexed. */
function repeatedAlong(
  x: Variable,
  i: Variable,
  axis: number,
  op: string,
): readonly [Variable, Variable] {
  if (x.rank !== i.rank) throw misfit(op, i.shape, x.shape, axis);
  const without = (shape: Shape): Shape => shape.with(axis, 1);
  const joint = broadcastStatic([without(x.shape), without(i.shape)], op);
  const full = (y: Variable, other: Variable): Variable => {
    const isShort = y.shape.map((n, k) => k !== axis && n === 1 && joint[k] !== 1);
    if (!isShort.some(Boolean)) return y;
    const sizes = y.shape.map((n, k) => (isShort[k] ? shapeAt(other, k) : (n ?? shapeAt(y, k))));
    return broadcastTo(y, sizes);
  };
  return [full(x, i), full(i, x)];
}

function placesShape(x: TensorType, i: TensorType, axis: number, op: string): Shape {
  checkIndexTypes([i], op);
  const isOfRank = x.shape.length === i.shape.length;
  if (!isOfRank || shapesConflict(x.shape.with(axis, null), i.shape.with(axis, null))) {
    throw misfit(op, i.shape, x.shape, axis);
  }
  return i.shape.map((n, k) => n ?? (k === axis ? null : (x.shape[k] ?? null)));
}

function unknownMode(mode: unknown): ValueError {
  return new ValueError(`putAlongAxis: the mode cannot be ${JSON.stringify(mode)}`, {
    code: 'OP_PUT_MODE',
    hint: "write 'set' or 'add'",
    data: { op: 'putAlongAxis', mode },
  });
}

function zerosOf(g: Variable, like: Variable): Variable {
  return broadcastLike(constant(0, { dtype: g.dtype }), like);
}
