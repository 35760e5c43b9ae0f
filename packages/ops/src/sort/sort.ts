import { normalizeAxis } from '@cotangent/tensor';
import { asVariable, callable, defineOp, disconnected, zero } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched, shiftAxis } from '../batch.ts';
import { takeAlongOp } from '../indexing/along-axis.ts';
import type { AlongAttrs } from '../indexing/along-axis.ts';
import { mapRows } from '../kernels/rows.ts';
import { sortRow } from '../kernels/sort.ts';
import { lowerArgsort } from './lower.ts';

/** y = the places of the entries along an axis in ascending order, stable, NaN last.  A step function. */
export const argsortOp: OpFunction<1, 1, AlongAttrs> = defineOp<1, 1, AlongAttrs>(
  'argsort',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [{ kind: 'tensor', dtype: 'int32', shape: x.shape }],
    pushforward: () => [disconnected], // asked for directly, nothing flows to a place
    pullback: () => [zero],
    batch: ([{ value }], { attrs: { axis } }) => [
      batched(argsortOp(value, { axis: shiftAxis(axis) })),
    ],
    eval: ([x], { axis }) => [mapRows(x, [axis], 'int32', sortRow)],
    lower: lowerArgsort,
    shapeLike: ([x]) => x,
    samples: [
      { inputs: [[1.5, -2, 3, 0.5]], attrs: { axis: 0 } },
      {
        name: 'first axis',
        inputs: [
          [
            [1.5, -2],
            [-3, 4],
            [2, 0],
          ],
        ],
        attrs: { axis: 0 },
      },
      { name: 'empty', inputs: [[]], attrs: { axis: 0 } },
      { name: 'ties', inputs: [[2, 1, 2, 1, 1]], attrs: { axis: 0 }, edge: true },
      {
        name: 'special values',
        inputs: [[Number.NaN, 1, -Infinity, 0, -0, Number.NaN, Infinity]],
        attrs: { axis: 0 },
        edge: true,
      },
    ],
  },
);

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** Negative from the end. Default −1. */
  readonly axis?: number | undefined;
}

/**
 * The places (int32) of the entries along an axis in ascending order: NaN last, equal entries in their order. The gradient
 * is zero.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`, also for a scalar.
 * @example argsort([3, 1, 2]) // [1, 2, 0]
 */
export const argsort: Callable<(x: Operand, options?: SortOptions) => Variable> = callable(
  argsortOp.op,
  (x: Operand, options: SortOptions = {}): Variable => ordered(x, options, 'argsort')[0],
);

/**
 * The entries along an axis in ascending order, NaN last. The cotangent of each goes back to where it came from; of equal
 * entries, which have no derivative, in their order.
 *
 * @throws as {@link argsort}.
 * @example sort([[3, 1, 2], [0, 5, 4]]) // [[1, 2, 3], [0, 4, 5]]
 */
export function sort(x: Operand, options: SortOptions = {}): Variable {
  const [order, variable, axis] = ordered(x, options, 'sort');
  return takeAlongOp(variable, order, { axis });
}

function ordered(
  x: Operand,
  options: SortOptions,
  op: string,
): readonly [order: Variable, x: Variable, axis: number] {
  const variable = asVariable(x, op);
  const axis = normalizeAxis(options.axis ?? -1, variable.rank, op);
  return [argsortOp(variable, { axis }), variable, axis];
}
