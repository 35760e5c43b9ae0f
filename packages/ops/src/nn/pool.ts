import { floatResult, sizeOf, strongDType } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import {
  asVariable,
  callable,
  constant,
  defineOp,
  disconnected,
  promotableOf,
  tensorType,
} from '@cotangent/graph';
import type { Callable, Op, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batchOf, batched } from '../batch.ts';
import { castTo } from '../cast.ts';
import { add, div } from '../elementwise/arithmetic.ts';
import { broadcastTo } from '../shape/broadcast.ts';
import { batchSizes, shapeVectorOf, sizesIn, staticSizes } from '../shape/shape.ts';
import { shapeAt } from '../shape/size.ts';
import { whole } from '../shape/whole.ts';
import {
  lowerGather,
  lowerIndices,
  lowerMax,
  lowerScatter,
  lowerSum,
  lowerSumInput,
} from './pool-lower.ts';
import { gathered, greatest, placesOf, scattered, spread, windowSums } from './pool-eval.ts';
import { attrsOf, axesOf, poolShape } from './pool-geometry.ts';
import type { PoolAttrs, PoolOptions } from './pool-geometry.ts';

type PlaneAttrs = { readonly axes: number };

const pairs: PoolAttrs = { window: [2], strides: [2], padding: 'valid', ignoreBorder: true };
const square: PoolAttrs = {
  window: [2, 2],
  strides: [2, 1],
  padding: [
    [1, 0],
    [0, 1],
  ],
  ignoreBorder: false,
};
const plane = [
  [1.5, -2, 3, 0.5],
  [4, 5, -6.5, 1],
  [0.25, 7, 2, -1],
];

/** y = the greatest entry of each window.  ẏ = ẋ at its first place in row-major order, and x̄ is ȳ put there. */
const maxPoolOp: OpFunction<1, 1, PoolAttrs> = defineOp<1, 1, PoolAttrs>(
  'maxPool',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [{ ...x, shape: poolShape(x.shape, attrs, 'maxPool') }],
    pushforward: ([xDot], { inputs: [x], attrs }) => [
      poolGather(xDot, poolIndices(x, attrs), { axes: attrs.window.length }),
    ],
    pullback: ([yBar], { inputs: [x], attrs }) => [
      poolScatter(yBar, poolIndices(x, attrs), shapeVectorOf(x), { axes: attrs.window.length }),
    ],
    batch: ([{ value }], { attrs }) => [batched(maxPoolOp(value, attrs))],
    eval: ([x], attrs) => [greatest(x, attrs)],
    lower: (context) => lowerMax(context, axesOf),
    samples: [
      { inputs: [[[1.5, -2, 3, 0.5, 9]]], attrs: pairs },
      { name: 'partial windows', inputs: [plane], attrs: square },
      { name: 'ties', inputs: [[1, 1, 2, 2]], attrs: pairs, edge: true },
    ],
  },
);

/** y = the place of the greatest entry of each window in its plane, the first of equals; −1 if it has none. */
const poolIndices: OpFunction<1, 1, PoolAttrs> = defineOp<1, 1, PoolAttrs>(
  'poolIndices',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [tensorType('int32', poolShape(x.shape, attrs, 'maxPool'))],
    connectionPattern: [[false]],
    pushforward: () => [disconnected],
    pullback: () => [disconnected],
    batch: ([{ value }], { attrs }) => [batched(poolIndices(value, attrs))],
    eval: ([x], attrs) => [placesOf(x, attrs)],
    lower: (context) => lowerIndices(context, axesOf),
    samples: [
      { inputs: [[[1.5, -2, 3, 0.5, 9]]], attrs: pairs },
      { name: 'partial windows', inputs: [plane], attrs: square },
      { name: 'NaN', inputs: [[1, NaN, NaN, 2]], attrs: pairs, edge: true },
    ],
  },
);

const planeSample = [
  [1.5, -2],
  [3, 0.5],
];
const placesSample = { value: [3, 0, -1], dtype: 'int32' } as const;

/** y = x at the places of its planes, 0 at −1.  Linear; adjoint of poolScatter. */
const poolGather: OpFunction<2, 1, PlaneAttrs> = defineOp<2, 1, PlaneAttrs>(
  'poolGather',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x, indices]) => [{ ...x, shape: indices.shape }],
    connectionPattern: [[true], [false]],
    pushforward: [
      (xDot, { inputs: [, indices], attrs }) => poolGather(xDot, indices, attrs),
      () => disconnected,
    ],
    pullback: ([yBar], { inputs: [x, indices], attrs }) => [
      poolScatter(yBar, indices, shapeVectorOf(x), attrs),
      disconnected,
    ],
    batch: (entries, { attrs }) => {
      const [x, indices] = entries.map((entry) => whole(entry, batchOf(entries)));
      return [batched(poolGather(x!, indices!, attrs))];
    },
    eval: ([x, indices], { axes }) => [gathered(x, indices, axes)],
    lower: lowerGather,
    samples: [{ inputs: [planeSample, placesSample], attrs: { axes: 2 } }],
  },
);

/** x with y added at the places of its planes.  Its third input is the shape of x.  Linear; adjoint of poolGather. */
const poolScatter: OpFunction<3, 1, PlaneAttrs> = defineOp<3, 1, PlaneAttrs>(
  'poolScatter',
  { inputs: 3, outputs: 1 },
  {
    infer: ([y], _, [, , sizes]) => [{ ...y, shape: staticSizes(sizes, 'poolScatter') }],
    connectionPattern: [[true], [false], [false]],
    pushforward: [
      (yDot, { inputs: [, indices, sizes], attrs }) => poolScatter(yDot, indices, sizes, attrs),
      () => disconnected,
      () => disconnected,
    ],
    pullback: ([xBar], { inputs: [, indices], attrs }) => [
      poolGather(xBar, indices, attrs),
      disconnected,
      disconnected,
    ],
    batch: ([y, indices, sizes], { attrs }) => {
      if (sizes.isBatched) return undefined;
      const [g, places] = [y, indices].map((entry) => whole(entry, batchOf([y, indices])));
      return [batched(poolScatter(g!, places!, batchSizes(g!, sizes.value), attrs))];
    },
    eval: ([y, indices, sizes], { axes }) => [scattered(y, indices, sizesIn(sizes), axes)],
    lower: lowerScatter,
    samples: [
      {
        inputs: [[1.5, -2, 3], placesSample, { value: [2, 2], dtype: 'int32' }],
        attrs: { axes: 2 },
      },
    ],
  },
);

/** y = the sum of each window.  Linear; adjoint of sumPoolInput. */
const sumPoolOp: OpFunction<1, 1, PoolAttrs> = defineOp<1, 1, PoolAttrs>(
  'sumPool',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [
      { ...x, dtype: summedDType(x.dtype), shape: poolShape(x.shape, attrs, 'sumPool') },
    ],
    pushforward: ([xDot], { attrs }) => [sumPoolOp(xDot, attrs)],
    pullback: ([yBar], { inputs: [x], attrs }) => [sumPoolInput(yBar, shapeVectorOf(x), attrs)],
    batch: ([{ value }], { attrs }) => [batched(sumPoolOp(value, attrs))],
    eval: ([x], attrs, [{ dtype }]) => [windowSums(x, attrs, dtype)],
    lower: (context) => lowerSum(context, axesOf),
    samples: [
      { inputs: [[[1.5, -2, 3, 0.5, 9]]], attrs: pairs },
      { name: 'partial windows', inputs: [plane], attrs: square },
    ],
  },
);

/** x = the sum of the entries of y whose windows it is in.  Its second input is the shape of x.  Adjoint of sumPool. */
const sumPoolInput: OpFunction<2, 1, PoolAttrs> = defineOp<2, 1, PoolAttrs>(
  'sumPoolInput',
  { inputs: 2, outputs: 1 },
  {
    infer: ([y], _, [, sizes]) => [{ ...y, shape: staticSizes(sizes, 'sumPoolInput') }],
    connectionPattern: [[true], [false]],
    pushforward: [
      (yDot, { inputs: [, sizes], attrs }) => sumPoolInput(yDot, sizes, attrs),
      () => disconnected,
    ],
    pullback: ([xBar], { attrs }) => [sumPoolOp(xBar, attrs), disconnected],
    batch: ([y, sizes], { attrs }) =>
      sizes.isBatched
        ? undefined
        : [batched(sumPoolInput(y.value, batchSizes(y.value, sizes.value), attrs))],
    eval: ([y, sizes], attrs) => [spread(y, sizesIn(sizes), attrs)],
    lower: (context) => lowerSumInput(context, axesOf),
    samples: [
      { inputs: [[[1.5, -2]], { value: [1, 5], dtype: 'int32' }], attrs: pairs },
      {
        name: 'partial windows',
        inputs: [
          [
            [1.5, -2, 3, 4],
            [0.5, 1, 0.25, -1],
          ],
          { value: [3, 4], dtype: 'int32' },
        ],
        attrs: square,
      },
    ],
  },
);

/** The records behind the pooling functions. */
export const poolings = (): readonly { readonly op: Op }[] => [
  maxPoolOp,
  poolGather,
  poolIndices,
  poolScatter,
  sumPoolInput,
  sumPoolOp,
];

/**
 * The greatest entry of each window that slides along the last axes; padding counts as −∞. NaN if a window has one, −∞ if
 * it has no entry. The derivative goes to the greatest entry, of equals to the first in row-major order.
 *
 * @param options.window - its length along each of the last axes: as many entries as axes to slide along.
 * @throws ShapeError `OP_POOL_RANK` if there are more of them than axes; ValueError `OP_WINDOW`, `OP_PADDING`.
 * @example maxPool([[1, 5, 2, 3]], { window: [2] }) // [[5, 3]]
 */
export const maxPool: Callable<(x: Operand, options: PoolOptions) => Variable> = callable(
  maxPoolOp.op,
  (x: Operand, options: PoolOptions): Variable => {
    const variable = asVariable(x, 'maxPool');
    return maxPoolOp(variable, attrsOf(options, 'maxPool'));
  },
);

/**
 * The sum of each window that slides along the last axes; padding counts as 0. bool and uint8 give int32.
 *
 * @param options - as for {@link maxPool}.
 * @throws as {@link maxPool}.
 * @example sumPool([[1, 5, 2, 3]], { window: [2] }) // [[6, 5]]
 */
export const sumPool: Callable<(x: Operand, options: PoolOptions) => Variable> = callable(
  sumPoolOp.op,
  (x: Operand, options: PoolOptions): Variable =>
    sumPoolOp(asVariable(x, 'sumPool'), attrsOf(options, 'sumPool')),
);

/** Options of {@link avgPool}. */
export interface AvgPoolOptions extends PoolOptions {
  /** Padding counts as entries that are 0; else each sum is divided by the number of entries proper. Default true. */
  readonly countIncludePad?: boolean | undefined;
}

/**
 * The mean of each window that slides along the last axes. Integers are taken as floats. A window that reaches beyond the
 * padding (`ignoreBorder: false`) counts what lies within.
 *
 * @param options - as for {@link maxPool}.
 * @throws as {@link maxPool}.
 * @example avgPool([[1, 5, 2, 3]], { window: [2] }) // [[3, 2.5]]
 */
export const avgPool: Callable<(x: Operand, options: AvgPoolOptions) => Variable> = callable(
  sumPoolOp.op,
  (x: Operand, { countIncludePad = true, ...options }: AvgPoolOptions): Variable => {
    const given = asVariable(x, 'avgPool');
    const variable = castTo(given, strongDType(floatResult(promotableOf(given.type))));
    const attrs = attrsOf(options, 'avgPool');
    return div(sumPoolOp(variable, attrs), countsOf(variable, attrs, countIncludePad));
  },
);

/** How many entries each window of a plane has. */
function countsOf(x: Variable, attrs: PoolAttrs, includesPad: boolean): Operand {
  const { window, padding, ignoreBorder } = attrs;
  // Windows are whole, or with `same` padded to be: only others can reach beyond the padding.
  if (includesPad && (ignoreBorder || padding === 'same')) return sizeOf(window);
  const counted = includesPad && typeof padding !== 'string';
  const sizes = window.map((_, k) => {
    const size = shapeAt(x, x.rank - window.length + k);
    return counted ? add(size, padding[k]![0] + padding[k]![1]) : size;
  });
  const ones = broadcastTo(constant(1, { dtype: x.dtype }), sizes);
  return sumPoolOp(ones, counted ? { ...attrs, padding: 'valid' } : attrs);
}

function summedDType(dtype: DType): DType {
  return dtype === 'bool' || dtype === 'uint8' ? 'int32' : dtype;
}
