import { isFloat } from '@cotangent/tensor';
import { asVariable, callable, defineOp } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched, shiftAxes } from '../batch.ts';
import { castTo } from '../cast.ts';
import { add, div } from '../elementwise/arithmetic.ts';
import { reduceRows } from '../kernels/rows.ts';
import { integerSum } from '../kernels/sum.ts';
import { pairwiseSum } from '../pairwise.ts';
import { broadcastLike } from '../shape/broadcast.ts';
import { countAlong } from '../shape/size.ts';
import { checkInt32, countingType, reduceAttrs, reducedShape, restoreAxes } from './axes.ts';
import type { ReduceAttrs, ReduceOptions } from './axes.ts';
import { lowerSum } from './lower.ts';

/**
 * y = Σ_axes x.  x: [...s] → y: s without `axes` (1 where `keepDims`).  Linear; adjoint of broadcastTo.
 * What {@link sum} builds, for rules: its attributes are normalised already, all axes sorted and not negative.
 *
 * @throws ValueError at run time `OP_INTEGER_OVERFLOW` if a sum of integers is too large for an int32.
 * @example reduceSum(mul(yBar, y), { axes: [1], keepDims: true })
 */
export const reduceSum: OpFunction<1, 1, ReduceAttrs> = defineOp<1, 1, ReduceAttrs>(
  'sum',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [countingType(x, reducedShape(x.shape, attrs))],
    pushforward: ([xDot], { attrs }) => [reduceSum(xDot, attrs)], // ẏ = Σ ẋ
    pullback: ([yBar], { inputs: [x], attrs }) => [broadcastLike(restoreAxes(yBar, attrs), x)],
    batch: ([{ value }], { attrs }) => [batched(reduceSum(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims }) => [
      isFloat(x.dtype)
        ? reduceRows(x, axes, keepDims, x.dtype, (data, start, n) => pairwiseSum(data, start, 1, n))
        : reduceRows(x, axes, keepDims, 'int32', (data, start, n) =>
            checkInt32(integerSum(data, start, n), 'sum'),
          ),
    ],
    lower: lowerSum,
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
        ],
        attrs: { axes: [0], keepDims: false },
      },
      { name: 'keepDims', inputs: [[[1.5, -2, 3]]], attrs: { axes: [1], keepDims: true } },
      { name: 'all axes', inputs: [[[1.5], [-2]]], attrs: { axes: [0, 1], keepDims: false } },
      { name: 'no axes', inputs: [[1.5, -2]], attrs: { axes: [], keepDims: false } },
      { name: 'empty', inputs: [[[], []]], attrs: { axes: [1], keepDims: false } },
    ],
  },
);

/** Options of `sum` and `prod`. */
export interface SumOptions extends ReduceOptions {
  /** A number or variable that the sum starts from, broadcast to the result. */
  readonly initial?: Operand | undefined;
}

/**
 * Sum over some axes. Pairwise, so that the rounding error grows with the logarithm of the number of terms;
 * float32 is summed in float64 and rounded once. Sums of bool, uint8 and int32 are int32. Of nothing: 0.
 *
 * @param options.axis - an axis or a list; default: all. An empty list leaves `x` as it is.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; at run time `OP_INTEGER_OVERFLOW` if a sum of integers is too
 *   large for an int32.
 * @example sum([[1, 2, 3], [4, 5, 6]], { axis: 0 }) // [5, 7, 9]
 * @see Higham (2002), Accuracy and Stability of Numerical Algorithms, §4.2.
 */
export const sum: Callable<(x: Operand, options?: SumOptions) => Variable> = callable(
  reduceSum.op,
  (x: Operand, options: SumOptions = {}): Variable => {
    const variable = asVariable(x, 'sum');
    const attrs = reduceAttrs(variable, options, 'sum');
    const total =
      attrs.axes.length === 0
        ? castTo(variable, countingType(variable.type, variable.shape).dtype)
        : reduceSum(variable, attrs);
    return options.initial === undefined ? total : add(total, options.initial);
  },
);

/**
 * Arithmetic mean over some axes. Integers and booleans give float64. Of nothing: NaN.
 *
 * @param options - as for {@link sum}, without `initial`.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example mean([[1, 2, 3], [4, 5, 6]], { axis: 1 }) // [2, 5]
 */
export function mean(x: Operand, options: ReduceOptions = {}): Variable {
  const given = asVariable(x, 'mean');
  const variable = isFloat(given.dtype) ? given : castTo(given, 'float64');
  const attrs = reduceAttrs(variable, options, 'mean');
  if (attrs.axes.length === 0) return variable;
  return div(reduceSum(variable, attrs), countAlong(variable, attrs.axes));
}
