import { callable, defineOp, disconnected, zero } from '@cotangent/graph';
import type {
  Callable,
  OpFunction,
  OpSample,
  Operand,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { batched, shiftAxes } from '../batch.ts';
import { reduceRows } from '../kernels/rows.ts';
import { argmaxOf, argminOf } from '../kernels/select.ts';
import { checkNotEmpty, reducedBy, reducedShape } from './axes.ts';
import type { ReduceAttrs } from './axes.ts';
import { lowerPlace } from './lower.ts';

const samples: readonly OpSample<ReduceAttrs>[] = [
  {
    inputs: [
      [
        [1.5, -2, 3],
        [4, 5, -6.5],
      ],
    ],
    attrs: { axes: [1], keepDims: false },
  },
  { name: 'all axes', inputs: [[[1.5], [-2]]], attrs: { axes: [0, 1], keepDims: true } },
];

/** y = the place of the first greatest element, or of the first NaN.  A step function. */
const argmaxOp: OpFunction<1, 1, ReduceAttrs> = defineOp<1, 1, ReduceAttrs>(
  'argmax',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [inferPlace(x, attrs, 'argmax')],
    pushforward: () => [disconnected], // asked for directly, nothing flows to a place
    pullback: () => [zero],
    batch: ([{ value }], { attrs }) => [batched(argmaxOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims }) => {
      checkNotEmpty(x.shape, axes, 'argmax');
      return [reduceRows(x, axes, keepDims, 'int32', argmaxOf)];
    },
    lower: (context) => lowerPlace(context, 'gt'),
    samples,
  },
);

/** y = the place of the first least element, or of the first NaN.  A step function. */
const argminOp: OpFunction<1, 1, ReduceAttrs> = defineOp<1, 1, ReduceAttrs>(
  'argmin',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [inferPlace(x, attrs, 'argmin')],
    pushforward: () => [disconnected], // asked for directly, nothing flows to a place
    pullback: () => [zero],
    batch: ([{ value }], { attrs }) => [batched(argminOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims }) => {
      checkNotEmpty(x.shape, axes, 'argmin');
      return [reduceRows(x, axes, keepDims, 'int32', argminOf)];
    },
    lower: (context) => lowerPlace(context, 'lt'),
    samples,
  },
);

/** Options of `argmax` and `argmin`. */
export interface ArgOptions {
  /** One axis, negative from the end. Default: places in the flattened input. */
  readonly axis?: number | undefined;
  /** Leaves the reduced axes in place, with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

/**
 * Where the greatest element along an axis is (int32): the first of several; the first NaN if there is one. The gradient is
 * zero.
 *
 * @throws ValueError `OP_EMPTY_REDUCTION` if there is nothing to choose from, at run time where sizes are not known
 *   before; `AXIS_OUT_OF_RANGE`.
 * @example argmax([[1, 5], [4, 2]], { axis: 1 }) // [1, 0]
 */
export const argmax: Callable<(x: Operand, options?: ArgOptions) => Variable> = callable(
  argmaxOp.op,
  (x: Operand, options: ArgOptions = {}): Variable => reducedBy(argmaxOp, x, options),
);

/**
 * Where the least element along an axis is, as {@link argmax}.
 *
 * @throws as {@link argmax}.
 * @example argmin([[1, 5], [4, 2]]) // 0
 */
export const argmin: Callable<(x: Operand, options?: ArgOptions) => Variable> = callable(
  argminOp.op,
  (x: Operand, options: ArgOptions = {}): Variable => reducedBy(argminOp, x, options),
);

function inferPlace(x: TensorType, attrs: ReduceAttrs, op: string): TensorType {
  checkNotEmpty(x.shape, attrs.axes, op);
  return { kind: 'tensor', dtype: 'int32', shape: reducedShape(x.shape, attrs) };
}
