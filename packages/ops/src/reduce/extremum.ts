import { isFloat } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import { ValueError, asVariable, callable, defineOp } from '@cotangent/graph';
import type {
  Callable,
  OpFunction,
  OpSample,
  Operand,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { batched, shiftAxes } from '../batch.ts';
import { castTo } from '../cast.ts';
import { div } from '../elementwise/arithmetic.ts';
import { eq, isNan, logicalOr, ne } from '../elementwise/comparison.ts';
import { maximum, minimum, where } from '../elementwise/selection.ts';
import { reduceRows } from '../kernels/rows.ts';
import { argmaxOf, argminOf } from '../kernels/select.ts';
import { argmax } from './argmax.ts';
import { checkNotEmpty, reduceAttrs, reducedShape, restoreAxes } from './axes.ts';
import type { ReduceAttrs, ReduceOptions } from './axes.ts';
import { lowerExtremum } from './lower.ts';
import { reduceSum } from './sum.ts';

/**
 * `empty`: a group without elements is an error, or gives what every value of the dtype beats. `ties`:
 * absent, k entries that attain the extremum share the derivative; `'all'`, each has the whole.
 */
type ExtremumAttrs = ReduceAttrs & {
  readonly empty: 'raise' | 'identity';
  readonly ties?: 'all';
};

const samples: readonly OpSample<ExtremumAttrs>[] = [
  {
    inputs: [
      [
        [1.5, -2, 3],
        [4, 5, -6.5],
      ],
    ],
    attrs: { axes: [0], keepDims: false, empty: 'raise' },
  },
  {
    name: 'keepDims',
    inputs: [[[1.5, -2, 3]]],
    attrs: { axes: [1], keepDims: true, empty: 'raise' },
  },
  {
    name: 'all axes',
    inputs: [[[1.5], [-2]]],
    attrs: { axes: [0, 1], keepDims: false, empty: 'raise' },
  },
  {
    name: 'no groups',
    inputs: [[[], []]],
    attrs: { axes: [0], keepDims: false, empty: 'raise' },
  },
  {
    name: 'with an initial value',
    inputs: [[1.5, -2, 3]],
    attrs: { axes: [0], keepDims: false, empty: 'identity' },
  },
  {
    name: 'empty groups',
    inputs: [[[], []]],
    attrs: { axes: [1], keepDims: false, empty: 'identity' },
    edge: true,
  },
  {
    name: 'all ties',
    inputs: [[[1.5, -2, 3]]],
    attrs: { axes: [1], keepDims: false, empty: 'raise', ties: 'all' },
  },
  {
    name: 'ties',
    inputs: [[2, 1, 2, 1]],
    attrs: { axes: [0], keepDims: false, empty: 'raise' },
    edge: true,
  },
];

/** y = max_axes x.  ∂y/∂x_i = 1/k at the k entries that attain it, else 0; NaN throughout a group with a NaN. */
const reduceMax: OpFunction<1, 1, ExtremumAttrs> = defineOp<1, 1, ExtremumAttrs>(
  'max',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [inferExtremum(x, attrs, 'max')],
    pushforward: ([xDot], { inputs: [x], outputs: [y], attrs }) => [
      meanOfAttaining(xDot, x, y, attrs),
    ],
    pullback: ([yBar], { inputs: [x], outputs: [y], attrs }) => [sharedOut(yBar, x, y, attrs)],
    batch: ([{ value }], { attrs }) => [batched(reduceMax(value, shiftAxes(attrs)))],
    eval: ([x], attrs) => [
      extremum(x, attrs, 'max', (data, start, n) =>
        n === 0 ? lowest(x.dtype) : data[start + argmaxOf(data, start, n)]!,
      ),
    ],
    lower: (context) => lowerExtremum(context, 'max', lowest(context.inputs[0]!.buffer.dtype)),
    samples,
  },
);

/** y = min_axes x.  Derivative as that of max. */
const reduceMin: OpFunction<1, 1, ExtremumAttrs> = defineOp<1, 1, ExtremumAttrs>(
  'min',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [inferExtremum(x, attrs, 'min')],
    pushforward: ([xDot], { inputs: [x], outputs: [y], attrs }) => [
      meanOfAttaining(xDot, x, y, attrs),
    ],
    pullback: ([yBar], { inputs: [x], outputs: [y], attrs }) => [sharedOut(yBar, x, y, attrs)],
    batch: ([{ value }], { attrs }) => [batched(reduceMin(value, shiftAxes(attrs)))],
    eval: ([x], attrs) => [
      extremum(x, attrs, 'min', (data, start, n) =>
        n === 0 ? highest(x.dtype) : data[start + argminOf(data, start, n)]!,
      ),
    ],
    lower: (context) => lowerExtremum(context, 'min', highest(context.inputs[0]!.buffer.dtype)),
    samples,
  },
);

/** Options of `max` and `min`. */
export interface ExtremumOptions extends ReduceOptions {
  /** One more candidate for every group, so that a group may be empty. */
  readonly initial?: Operand | undefined;
  /**
   * Where several entries attain the extremum: `'split'` (default) gives each an equal part of the
   * derivative, a subgradient; `'all'` gives each the whole, as Theano does.
   */
  readonly ties?: 'split' | 'all' | undefined;
}

/**
 * The greatest element over some axes; NaN if there is one. Where k elements attain the maximum, each gets the k-th part of
 * the cotangent; in a group with a NaN every derivative is NaN.
 *
 * @param options.axis - an axis or a list; default: all. An empty list leaves `x` as it is.
 * @param options.initial - a further candidate, broadcast to the result.
 * @param options.ties - `'split'` (default) or `'all'`: see {@link ExtremumOptions}.
 * @throws ValueError `OP_TIES` for another word; `OP_EMPTY_REDUCTION` for groups without elements and no `initial`, at run time where sizes are not
 *   known before; `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example max([[1, 5], [4, 2]], { axis: 1 }) // [5, 4]
 */
export const max: Callable<(x: Operand, options?: ExtremumOptions) => Variable> = callable(
  reduceMax.op,
  (x: Operand, options: ExtremumOptions = {}): Variable => {
    const y = reduced(reduceMax, x, options);
    return options.initial === undefined ? y : maximum(y, options.initial);
  },
);

/**
 * The least element over some axes, as {@link max} gives the greatest.
 *
 * @throws as {@link max}.
 * @example min([[1, 5], [4, 2]]) // 1
 */
export const min: Callable<(x: Operand, options?: ExtremumOptions) => Variable> = callable(
  reduceMin.op,
  (x: Operand, options: ExtremumOptions = {}): Variable => {
    const y = reduced(reduceMin, x, options);
    return options.initial === undefined ? y : minimum(y, options.initial);
  },
);

/**
 * The greatest element along an axis, or of all, and where it is: `[max(x), argmax(x)]`.
 *
 * @throws as {@link max}.
 * @example const [value, index] = maxAndArgmax([3, 7, 5]); // 7, 1
 */
export function maxAndArgmax(
  x: Operand,
  options: { readonly axis?: number | undefined; readonly keepDims?: boolean | undefined } = {},
): readonly [Variable, Variable] {
  const variable = asVariable(x, 'maxAndArgmax');
  return [max(variable, options), argmax(variable, options)];
}

function reduced(
  make: OpFunction<1, 1, ExtremumAttrs>,
  x: Operand,
  options: ExtremumOptions,
): Variable {
  const variable = asVariable(x, make.op.name);
  const attrs = reduceAttrs(variable, options, make.op.name);
  const ties = givesAll(options, make.op.name);
  if (attrs.axes.length === 0) return variable;
  return make(variable, {
    ...attrs,
    empty: options.initial === undefined ? 'raise' : 'identity',
    ...(ties && { ties: 'all' as const }),
  });
}

function givesAll({ ties = 'split' }: ExtremumOptions, op: string): boolean {
  if (ties === 'split' || ties === 'all') return ties === 'all';
  throw new ValueError(`${op}: ties cannot be ${JSON.stringify(ties)}`, {
    code: 'OP_TIES',
    hint: "write 'split' or 'all'",
    data: { op, ties },
  });
}

/** x̄: the cotangent divided among the entries that attain the extremum, or given to each. */
function sharedOut(yBar: Variable, x: Variable, y: Variable, attrs: ExtremumAttrs): Variable {
  const extremes = restoreAxes(y, attrs);
  const attains = eq(x, extremes);
  const whole = restoreAxes(yBar, attrs);
  const share =
    attrs.ties === 'all'
      ? whole
      : div(whole, countOf(attains, extremes, { ...attrs, keepDims: true }, yBar.dtype));
  return where(attains, share, where(isNan(extremes), Number.NaN, 0));
}

/** ẏ: the mean (or sum) of the tangents of those entries; 0/0 in a group with a NaN, 0 of an empty group. */
function meanOfAttaining(xDot: Variable, x: Variable, y: Variable, attrs: ExtremumAttrs): Variable {
  const attains = eq(x, restoreAxes(y, attrs));
  const total = reduceSum(where(attains, xDot, 0), attrs);
  if (attrs.ties === 'all') return where(isNan(y), Number.NaN, total);
  return div(total, countOf(attains, y, attrs, xDot.dtype));
}

/** How many entries attain the extremum `y`: 0 in a group with a NaN, taken as 1 in an empty one. */
function countOf(
  attains: Variable,
  y: Variable,
  { axes, keepDims, empty }: ExtremumAttrs,
  dtype: DType,
): Variable {
  const count = castTo(reduceSum(attains, { axes, keepDims }), dtype);
  return empty === 'raise' ? count : where(logicalOr(ne(count, 0), isNan(y)), count, 1);
}

function inferExtremum(x: TensorType, attrs: ExtremumAttrs, op: string): TensorType {
  if (attrs.empty === 'raise') checkNotEmpty(x.shape, attrs.axes, op);
  return { ...x, shape: reducedShape(x.shape, attrs) };
}

function extremum(
  x: Tensor,
  attrs: ExtremumAttrs,
  op: string,
  valueOf: (data: Tensor['data'], start: number, n: number) => number,
): Tensor {
  if (attrs.empty === 'raise') checkNotEmpty(x.shape, attrs.axes, op);
  return reduceRows(x, attrs.axes, attrs.keepDims, x.dtype, valueOf);
}

function lowest(dtype: DType): number {
  if (isFloat(dtype)) return -Infinity;
  return dtype === 'int32' ? -2147483648 : 0;
}

function highest(dtype: DType): number {
  if (isFloat(dtype)) return Infinity;
  if (dtype === 'int32') return 2147483647;
  return dtype === 'uint8' ? 255 : 1;
}
