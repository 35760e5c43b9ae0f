import { floatResult } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp, promotableOf, promotableType } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, TensorType, Variable } from '@cotangent/graph';
import { batched, shiftAxes } from '../batch.ts';
import { mul, sub } from '../elementwise/arithmetic.ts';
import { mapRows, reduceRows } from '../kernels/rows.ts';
import { logSoftmaxRow, logSumExpOf, softmaxRow } from '../kernels/softmax.ts';
import { reduceAttrs, reducedShape, restoreAxes } from './axes.ts';
import type { ReduceAttrs, ReduceOptions } from './axes.ts';
import { reduceSum } from './sum.ts';

/** `infinite`: what a group whose greatest entry is ±∞ gives; `share` makes the weights of logSumExp. */
type SoftmaxAttrs = { readonly axes: readonly number[]; readonly infinite: 'nan' | 'share' };
type AxesAttrs = { readonly axes: readonly number[] };

/** y = exp x / Σ exp x.  The Jacobian is symmetric: ẏ = y(ẋ − Σ y ẋ),  x̄ = y(ȳ − Σ y ȳ). */
const softmaxOp: OpFunction<1, 1, SoftmaxAttrs> = defineOp<1, 1, SoftmaxAttrs>(
  'softmax',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [floatType(x, x.shape)],
    foldable: false,
    pushforward: ([xDot], { outputs: [y], attrs }) => [centred(xDot, y, attrs.axes)],
    pullback: ([yBar], { outputs: [y], attrs }) => [centred(yBar, y, attrs.axes)],
    batch: ([{ value }], { attrs }) => [batched(softmaxOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes, infinite }, [{ dtype }]) => {
      const scratch = new Float64Array(groupLength(x, axes));
      const shares = infinite === 'share';
      return [
        mapRows(x, axes, dtype, (data, start, n, out, outStart) =>
          softmaxRow(data, start, n, out, outStart, scratch, shares),
        ),
      ];
    },
    shapeLike: ([x]) => x,
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 0.5],
            [0.3, 1, -1],
          ],
        ],
        attrs: { axes: [1], infinite: 'nan' },
      },
      {
        name: 'two axes',
        inputs: [
          [
            [1.5, -2],
            [0.3, 1],
          ],
        ],
        attrs: { axes: [0, 1], infinite: 'share' },
      },
      { name: 'large', inputs: [[1000, 999, -1000]], attrs: { axes: [0], infinite: 'nan' } },
      { name: 'empty', inputs: [[[], []]], attrs: { axes: [1], infinite: 'nan' } },
    ],
  },
);

/** y = x − log Σ exp x.  ẏ = ẋ − Σ softmax(x) ẋ,  x̄ = ȳ − softmax(x) Σ ȳ. */
const logSoftmaxOp: OpFunction<1, 1, AxesAttrs> = defineOp<1, 1, AxesAttrs>(
  'logSoftmax',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [floatType(x, x.shape)],
    foldable: false,
    pushforward: ([xDot], { inputs: [x], attrs: { axes } }) => [
      sub(xDot, sumOver(mul(softmaxOp(x, { axes, infinite: 'nan' }), xDot), axes)),
    ],
    pullback: ([yBar], { inputs: [x], attrs: { axes } }) => [
      sub(yBar, mul(softmaxOp(x, { axes, infinite: 'nan' }), sumOver(yBar, axes))),
    ],
    batch: ([{ value }], { attrs }) => [batched(logSoftmaxOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes }, [{ dtype }]) => {
      const scratch = new Float64Array(groupLength(x, axes));
      return [
        mapRows(x, axes, dtype, (data, start, n, out, outStart) =>
          logSoftmaxRow(data, start, n, out, outStart, scratch),
        ),
      ];
    },
    shapeLike: ([x]) => x,
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 0.5],
            [0.3, 1, -1],
          ],
        ],
        attrs: { axes: [1] },
      },
      {
        name: 'first axis',
        inputs: [
          [
            [1.5, -2],
            [0.3, 1],
          ],
        ],
        attrs: { axes: [0] },
      },
      { name: 'large', inputs: [[1000, 999, -1000]], attrs: { axes: [0] } },
    ],
  },
);

/** y = log Σ exp x.  ẏ = Σ w ẋ,  x̄ = w ȳ  with the weights w = softmax x. */
const logSumExpOp: OpFunction<1, 1, ReduceAttrs> = defineOp<1, 1, ReduceAttrs>(
  'logSumExp',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [floatType(x, reducedShape(x.shape, attrs))],
    foldable: false,
    pushforward: ([xDot], { inputs: [x], attrs }) => [
      reduceSum(mul(softmaxOp(x, { axes: attrs.axes, infinite: 'share' }), xDot), attrs),
    ],
    pullback: ([yBar], { inputs: [x], attrs }) => [
      mul(restoreAxes(yBar, attrs), softmaxOp(x, { axes: attrs.axes, infinite: 'share' })),
    ],
    batch: ([{ value }], { attrs }) => [batched(logSumExpOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims }, [{ dtype }]) => {
      const scratch = new Float64Array(groupLength(x, axes));
      return [
        reduceRows(x, axes, keepDims, dtype, (data, start, n) =>
          logSumExpOf(data, start, n, scratch),
        ),
      ];
    },
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 0.5],
            [0.3, 1, -1],
          ],
        ],
        attrs: { axes: [1], keepDims: false },
      },
      { name: 'keepDims', inputs: [[[1.5, -2, 0.5]]], attrs: { axes: [0, 1], keepDims: true } },
      { name: 'large', inputs: [[1000, 999, -1000]], attrs: { axes: [0], keepDims: false } },
      { name: 'no axes', inputs: [[1.5, -2]], attrs: { axes: [], keepDims: false } },
    ],
  },
);

/**
 * log Σ exp x over some axes, without overflow. Integers are taken as floats. Of nothing, or of only −∞: −∞, and then
 * the gradient is 0; entries of +∞ share the cotangent.
 *
 * @param options.axis - an axis or a list; default: all.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example logSumExp([1000, 1000]) // 1000 + log 2
 */
export const logSumExp: Callable<(x: Operand, options?: ReduceOptions) => Variable> = callable(
  logSumExpOp.op,
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const variable = asVariable(x, 'logSumExp');
    return logSumExpOp(variable, reduceAttrs(variable, options, 'logSumExp'));
  },
);

/** Options of the softmaxes. */
export interface SoftmaxOptions {
  /** The axis, or list of axes, over which the result sums to 1. Default: the last. */
  readonly axis?: number | readonly number[] | undefined;
}

/**
 * exp x / Σ exp x, without overflow. Integers are taken as floats. An entry of −∞ beside finite ones gives 0; a group of
 * only −∞, or with +∞, gives NaN.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example softmax([[0, 0], [1, 1]]) // [[0.5, 0.5], [0.5, 0.5]]
 */
export const softmax: Callable<(x: Operand, options?: SoftmaxOptions) => Variable> = callable(
  softmaxOp.op,
  (x: Operand, options: SoftmaxOptions = {}): Variable => {
    const variable = asVariable(x, 'softmax');
    const { axes } = reduceAttrs(variable, { axis: options.axis ?? -1 }, 'softmax');
    return softmaxOp(variable, { axes, infinite: 'nan' });
  },
);

/**
 * The logarithm of {@link softmax}, accurate also where the softmax is close to 0 or 1.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example logSoftmax([0, 0]) // [−log 2, −log 2]
 */
export const logSoftmax: Callable<(x: Operand, options?: SoftmaxOptions) => Variable> = callable(
  logSoftmaxOp.op,
  (x: Operand, options: SoftmaxOptions = {}): Variable => {
    const variable = asVariable(x, 'logSoftmax');
    const { axes } = reduceAttrs(variable, { axis: options.axis ?? -1 }, 'logSoftmax');
    return logSoftmaxOp(variable, { axes });
  },
);

/** y(d − Σ y d). */
function centred(d: Variable, y: Variable, axes: readonly number[]): Variable {
  return mul(y, sub(d, sumOver(mul(y, d), axes)));
}

function sumOver(x: Variable, axes: readonly number[]): Variable {
  return reduceSum(x, { axes, keepDims: true });
}

function groupLength(x: Tensor, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * x.shape[axis]!, 1);
}

function floatType(x: TensorType, shape: Shape): TensorType {
  return promotableType(floatResult(promotableOf(x)), shape);
}
