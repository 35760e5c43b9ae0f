import { normalizeAxes, views } from '@cotangent/tensor';
import { asVariable, callable, defineOp } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched, shiftAxes } from '../batch.ts';

type FlipAttrs = { readonly axes: readonly number[] };

/** y = x with axes reversed.  Linear and its own inverse: x̄ = flip ȳ. */
const flipOp: OpFunction<1, 1, FlipAttrs> = defineOp<1, 1, FlipAttrs>(
  'flip',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [x],
    pushforward: ([xDot], { attrs }) => [flipOp(xDot, attrs)],
    pullback: ([yBar], { attrs }) => [flipOp(yBar, attrs)],
    eval: ([x], { axes }) => [views.flip(x, axes)],
    batch: ([{ value }], { attrs }) => [batched(flipOp(value, shiftAxes(attrs)))],
    shapeLike: ([x]) => x,
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
        ],
        attrs: { axes: [1] },
      },
      { name: 'two axes', inputs: [[[1.5, -2, 3]]], attrs: { axes: [0, 1] } },
      { name: 'empty', inputs: [[[], []]], attrs: { axes: [1] } },
    ],
  },
);

/**
 * `x` with the order of its entries along some axes reversed.
 *
 * @param options.axis - an axis or a list; default: all axes.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example flip([[1, 2], [3, 4]], { axis: 1 }) // [[2, 1], [4, 3]]
 */
export const flip: Callable<
  (x: Operand, options?: { readonly axis?: number | readonly number[] | undefined }) => Variable
> = callable(
  flipOp.op,
  (
    x: Operand,
    options: { readonly axis?: number | readonly number[] | undefined } = {},
  ): Variable => {
    const variable = asVariable(x, 'flip');
    const axes = normalizeAxes(options.axis, variable.rank, 'flip').sort((a, b) => a - b);
    return axes.length === 0 ? variable : flipOp(variable, { axes });
  },
);
