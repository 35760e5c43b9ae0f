import { callable, defineOp, zero } from '@cotangent/graph';
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
import { allOf, anyOf } from '../kernels/select.ts';
import { reducedBy, reducedShape } from './axes.ts';
import type { ReduceAttrs, ReduceOptions } from './axes.ts';
import { lowerAll, lowerAny } from './lower.ts';

const samples: readonly OpSample<ReduceAttrs>[] = [
  {
    inputs: [
      [
        [1.5, 0, 3],
        [0, 0, 0],
      ],
    ],
    attrs: { axes: [1], keepDims: false },
  },
  { name: 'all axes', inputs: [[[1.5], [-2]]], attrs: { axes: [0, 1], keepDims: true } },
  { name: 'empty', inputs: [[[], []]], attrs: { axes: [1], keepDims: false } },
];

/** y = some element is not 0.  A step function. */
const anyOp: OpFunction<1, 1, ReduceAttrs> = defineOp<1, 1, ReduceAttrs>(
  'any',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [truthType(x, attrs)],
    pushforward: () => [zero],
    pullback: () => [zero],
    batch: ([{ value }], { attrs }) => [batched(anyOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims }) => [reduceRows(x, axes, keepDims, 'bool', anyOf)],
    lower: lowerAny,
    samples,
  },
);

/** y = no element is 0.  A step function. */
const allOp: OpFunction<1, 1, ReduceAttrs> = defineOp<1, 1, ReduceAttrs>(
  'all',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [truthType(x, attrs)],
    pushforward: () => [zero],
    pullback: () => [zero],
    batch: ([{ value }], { attrs }) => [batched(allOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims }) => [reduceRows(x, axes, keepDims, 'bool', allOf)],
    lower: lowerAll,
    samples,
  },
);

/**
 * Whether some element along the axes is true, that is not 0 (NaN is true). Of nothing: false. The gradient is zero.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example any([[0, 1], [0, 0]], { axis: 1 }) // [true, false]
 */
export const any: Callable<(x: Operand, options?: ReduceOptions) => Variable> = callable(
  anyOp.op,
  (x: Operand, options: ReduceOptions = {}): Variable => reducedBy(anyOp, x, options),
);

/**
 * Whether every element along the axes is true, that is not 0 (NaN is true). Of nothing: true. The gradient is zero.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example all([[0, 1], [1, 1]], { axis: 1 }) // [false, true]
 */
export const all: Callable<(x: Operand, options?: ReduceOptions) => Variable> = callable(
  allOp.op,
  (x: Operand, options: ReduceOptions = {}): Variable => reducedBy(allOp, x, options),
);

function truthType(x: TensorType, attrs: ReduceAttrs): TensorType {
  return { kind: 'tensor', dtype: 'bool', shape: reducedShape(x.shape, attrs) };
}
