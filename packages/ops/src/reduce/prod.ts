import { isFloat } from '@cotangent/tensor';
import { asVariable, callable, defineOp } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched, shiftAxes } from '../batch.ts';
import { castTo } from '../cast.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { reduceRows } from '../kernels/rows.ts';
import { integerProduct, product } from '../kernels/sum.ts';
import { checkInt32, countingType, reduceAttrs, reducedShape, restoreAxes } from './axes.ts';
import type { ReduceAttrs } from './axes.ts';
import { lowerProd } from './lower.ts';
import { otherProducts } from './scan.ts';
import { reduceSum } from './sum.ts';
import type { SumOptions } from './sum.ts';

/** y = Π_axes x.  ∂y/∂x_i = Π_{j≠i} x_j, from products before and after i: exact with zeros, to all orders. */
const reduceProd: OpFunction<1, 1, ReduceAttrs> = defineOp<1, 1, ReduceAttrs>(
  'prod',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [countingType(x, reducedShape(x.shape, attrs))],
    pushforward: ([xDot], { inputs: [x], attrs }) => [
      reduceSum(timesOthers(xDot, x, attrs.axes), attrs),
    ],
    pullback: ([yBar], { inputs: [x], attrs }) => [
      timesOthers(restoreAxes(yBar, attrs), x, attrs.axes),
    ],
    batch: ([{ value }], { attrs }) => [batched(reduceProd(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims }) => [
      isFloat(x.dtype)
        ? reduceRows(x, axes, keepDims, x.dtype, product)
        : reduceRows(x, axes, keepDims, 'int32', (data, start, n) =>
            checkInt32(integerProduct(data, start, n), 'prod'),
          ),
    ],
    lower: lowerProd,
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -0.5],
          ],
        ],
        attrs: { axes: [1], keepDims: false },
      },
      { name: 'a row', inputs: [[1.5, -2, 3, 0.5]], attrs: { axes: [0], keepDims: true } },
      { name: 'a zero', inputs: [[1.5, 0, 3]], attrs: { axes: [0], keepDims: true } },
      { name: 'two zeros', inputs: [[1.5, 0, 3, 0]], attrs: { axes: [0], keepDims: false } },
      {
        name: 'two axes',
        inputs: [
          [
            [1.5, -2, 3],
            [4, 0.5, -0.25],
          ],
        ],
        attrs: { axes: [0, 1], keepDims: false },
      },
      { name: 'no axes', inputs: [[1.5, -2]], attrs: { axes: [], keepDims: false } },
      { name: 'empty', inputs: [[[], []]], attrs: { axes: [1], keepDims: false } },
    ],
  },
);

/**
 * Product over some axes. The derivative uses no division and is exact, to all orders, also where entries are 0.
 * Products of bool, uint8 and int32 are int32. Of nothing: 1.
 *
 * @param options.axis - an axis or a list; default: all. An empty list leaves `x` as it is.
 * @param options.initial - a factor, broadcast to the result.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; at run time `OP_INTEGER_OVERFLOW` if a product of integers is
 *   too large for an int32.
 * @example prod([[1, 2, 3], [4, 5, 6]], { axis: 1 }) // [6, 120]
 */
export const prod: Callable<(x: Operand, options?: SumOptions) => Variable> = callable(
  reduceProd.op,
  (x: Operand, options: SumOptions = {}): Variable => {
    const variable = asVariable(x, 'prod');
    const attrs = reduceAttrs(variable, options, 'prod');
    const result =
      attrs.axes.length === 0
        ? castTo(variable, countingType(variable.type, variable.shape).dtype)
        : reduceProd(variable, attrs);
    return options.initial === undefined ? result : mul(result, options.initial);
  },
);

/** g · Π of the other elements of each group, one axis at a time: others on this line, then the other lines. */
function timesOthers(g: Variable, x: Variable, axes: readonly number[]): Variable {
  let result = g;
  let lines = x;
  for (const axis of axes) {
    result = mul(result, otherProducts(lines, axis));
    lines = reduceProd(lines, { axes: [axis], keepDims: true });
  }
  return result;
}
