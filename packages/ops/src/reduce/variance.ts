import { binary, compare, constantOf, select } from '@cotangent/loops';
import { DTypeError, isFloat } from '@cotangent/tensor';
import { asVariable, callable, defineOp, elementwise } from '@cotangent/graph';
import type {
  Binary,
  Callable,
  OpFunction,
  OpSample,
  Operand,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { batched, shiftAxes } from '../batch.ts';
import { castTo } from '../cast.ts';
import { div, mul, neg, sub } from '../elementwise/arithmetic.ts';
import { reduceRows } from '../kernels/rows.ts';
import { variance as varianceOf } from '../kernels/sum.ts';
import { countAlong } from '../shape/size.ts';
import { reduceAttrs, reducedShape, restoreAxes } from './axes.ts';
import type { ReduceAttrs, ReduceOptions } from './axes.ts';
import { mean, reduceSum } from './sum.ts';

type VarianceAttrs = ReduceAttrs & { readonly ddof: number };

const samples: readonly OpSample<VarianceAttrs>[] = [
  {
    inputs: [
      [
        [1.5, -2, 3],
        [4, 5, -6.5],
      ],
    ],
    attrs: { axes: [1], keepDims: false, ddof: 0 },
  },
  {
    name: 'two axes',
    inputs: [
      [
        [1.5, -2, 3],
        [4, 5, -6.5],
      ],
    ],
    attrs: { axes: [0, 1], keepDims: true, ddof: 1 },
  },
];

/** y = Σ (x − mean x)² / (N − ddof).  ẏ = 2 Σ (x − mean x) ẋ / (N − ddof). */
const varOp: OpFunction<1, 1, VarianceAttrs> = defineOp<1, 1, VarianceAttrs>(
  'var',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [inferSpread(x, attrs)],
    pushforward: ([xDot], { inputs: [x], attrs }) => [
      reduceSum(mul(xDot, varianceWeights(x, attrs)), attrs),
    ],
    pullback: ([yBar], { inputs: [x], attrs }) => [
      mul(restoreAxes(yBar, attrs), varianceWeights(x, attrs)),
    ],
    batch: ([{ value }], { attrs }) => [batched(varOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims, ddof }) => [
      reduceRows(x, axes, keepDims, x.dtype, (data, start, n) => varianceOf(data, start, n, ddof)),
    ],
    samples,
  },
);

/** y = √var x.  ẏ = Σ (x − mean x) ẋ / (y (N − ddof)).  At y = 0 we take 0, the minimal-norm subgradient. */
const stdOp: OpFunction<1, 1, VarianceAttrs> = defineOp<1, 1, VarianceAttrs>(
  'std',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [inferSpread(x, attrs)],
    pushforward: ([xDot], { inputs: [x], outputs: [y], attrs }) => [
      reduceSum(mul(xDot, deviationWeights(x, y, attrs)), attrs),
    ],
    pullback: ([yBar], { inputs: [x], outputs: [y], attrs }) => [
      mul(restoreAxes(yBar, attrs), deviationWeights(x, y, attrs)),
    ],
    batch: ([{ value }], { attrs }) => [batched(stdOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims, ddof }) => [
      reduceRows(x, axes, keepDims, x.dtype, (data, start, n) =>
        Math.sqrt(varianceOf(data, start, n, ddof)),
      ),
    ],
    samples: [
      ...samples,
      {
        name: 'constant',
        inputs: [[2, 2, 2]],
        attrs: { axes: [0], keepDims: false, ddof: 0 },
        edge: true,
      },
    ],
  },
);

/** z = x / y, and 0 where y = 0.  ∂z/∂x = 1/y,  ∂z/∂y = −z/y, both 0 where y = 0. */
export const divOrZero: Binary = elementwise('divOrZero', 2, {
  eval: (x, y) => (y === 0 ? 0 : x / y),
  lower: ([x, y], type) => {
    const zero = constantOf(type, 0);
    return select(compare('eq', y, zero), zero, binary('div', x, y));
  },
  dtype: 'float',
  diff: [(g, [, y]) => divOrZero(g, y), (g, [, y], z) => neg(mul(g, divOrZero(z, y)))],
  points: [
    [1, 2],
    [-3, 0.5],
    [0, 4],
  ],
  edges: [[1, 0]],
});

/** Options of `variance` and `std`. */
export interface VarianceOptions extends ReduceOptions {
  /** Taken off the number of elements in the divisor N − ddof. Default 0; 1 gives the unbiased variance. */
  readonly ddof?: number | undefined;
}

/**
 * Variance over some axes: mean squared deviation from the mean, in two passes. Integers and booleans give
 * float64. NaN unless there are more than `ddof` elements.
 *
 * @param options.axis - an axis or a list; default: all. The divisor counts the elements along all of them.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example variance([1, 2, 3, 4], { ddof: 1 }) // 5/3
 */
export const variance: Callable<(x: Operand, options?: VarianceOptions) => Variable> = callable(
  varOp.op,
  (x: Operand, options: VarianceOptions = {}): Variable => spread(varOp, x, options),
);

/**
 * Standard deviation over some axes: the square root of {@link variance}. Where it is 0 its gradient is 0.
 *
 * @throws as {@link variance}.
 * @example std([[1, 3], [2, 2]], { axis: 1 }) // [1, 0]
 */
export const std: Callable<(x: Operand, options?: VarianceOptions) => Variable> = callable(
  stdOp.op,
  (x: Operand, options: VarianceOptions = {}): Variable => spread(stdOp, x, options),
);

function spread(
  make: OpFunction<1, 1, VarianceAttrs>,
  x: Operand,
  options: VarianceOptions,
): Variable {
  const { name } = make.op;
  const given = asVariable(x, name);
  const variable = isFloat(given.dtype) ? given : castTo(given, 'float64');
  return make(variable, {
    ...reduceAttrs(variable, options, name),
    ddof: options.ddof ?? 0,
  });
}

function varianceWeights(x: Variable, { axes, ddof }: VarianceAttrs): Variable {
  return div(mul(2, deviations(x, axes)), divisor(x, axes, ddof));
}

function deviationWeights(x: Variable, y: Variable, attrs: VarianceAttrs): Variable {
  const scale = mul(restoreAxes(y, attrs), divisor(x, attrs.axes, attrs.ddof));
  return divOrZero(deviations(x, attrs.axes), scale);
}

function deviations(x: Variable, axes: readonly number[]): Variable {
  return sub(x, mean(x, { axis: axes, keepDims: true }));
}

function divisor(x: Variable, axes: readonly number[], ddof: number): number | Variable {
  const n = countAlong(x, axes);
  if (typeof n === 'number') return n - ddof;
  return ddof === 0 ? n : sub(n, ddof);
}

function inferSpread(x: TensorType, attrs: VarianceAttrs): TensorType {
  if (isFloat(x.dtype)) return { ...x, shape: reducedShape(x.shape, attrs) };
  throw new DTypeError(`var: the input has dtype ${x.dtype}`, {
    code: 'OP_DTYPE_REJECTED',
    hint: "cast it to 'float64' first",
    data: { op: 'var', dtype: x.dtype },
  });
}
