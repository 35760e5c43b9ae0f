import type { DType } from '@cotangent/tensor';
import { callable, elementwise, undefinedAt, zero } from '@cotangent/graph';
import type { Binary, Callable, Operand, Variable } from '@cotangent/graph';
import { compare, convert } from '@cotangent/loops';
import { castTo } from '../cast.ts';
import { add, mul, sub } from '../elementwise/arithmetic.ts';
import { asShapeVector } from '../shape/shape.ts';
import type { ShapeOperand } from '../shape/shape.ts';
import { drawDType, normalDraw, uniformDraw } from './draw.ts';
import { asKey } from './keys.ts';

/** Options of {@link uniform}. */
export interface UniformOptions {
  /** Lower end, included. Default 0. Broadcasts against the shape. */
  readonly low?: Operand | undefined;
  /** Upper end, excluded up to rounding. Default 1. Broadcasts against the shape. */
  readonly high?: Operand | undefined;
  /** `float64` (default) or `float32`. */
  readonly dtype?: DType | undefined;
}

/** Options of {@link normal}. */
export interface NormalOptions {
  /** Default 0. Broadcasts against the shape. */
  readonly mean?: Operand | undefined;
  /** Standard deviation; default 1. Broadcasts against the shape. */
  readonly std?: Operand | undefined;
  /** `float64` (default) or `float32`. */
  readonly dtype?: DType | undefined;
}

/** Options of {@link bernoulli}. */
export interface BernoulliOptions {
  /** Probability of 1, default ½. Broadcasts against the shape. */
  readonly p?: Operand | undefined;
  /**
   * Pass the cotangent of the draw on to `p` unchanged (Bengio, Léonard & Courville 2013), instead of declaring the
   * derivative undefined. Default false.
   */
  readonly straightThrough?: boolean | undefined;
  /** `float64` (default), or any other. */
  readonly dtype?: DType | undefined;
}

const jumps = undefinedAt('the draw jumps from 0 to 1: use straightThrough, or a relaxation');
const bernoulliPoints = [
  [0.25, 0.5],
  [0.75, 0.5],
] as const;

/** y = 1 where u < p, else 0.  No derivative by p exists. */
export const bernoulliDraw: Binary = elementwise('bernoulliDraw', 2, {
  eval: (u, p) => (u < p ? 1 : 0),
  lower: ([u, p], type) => convert(type, compare('lt', u, p)),
  dtype: 'float',
  diff: [() => zero, () => jumps],
  points: [],
  edges: bernoulliPoints,
});

/** y = 1 where u < p, else 0.  ∂y/∂p is taken as 1. */
export const bernoulliThrough: Binary = elementwise('bernoulliThrough', 2, {
  eval: (u, p) => (u < p ? 1 : 0),
  lower: ([u, p], type) => convert(type, compare('lt', u, p)),
  dtype: 'float',
  diff: [() => zero, (g) => g],
  points: [],
  edges: bernoulliPoints,
});

/**
 * Numbers drawn uniformly from [low, high). The derivative is that of low + (high − low) u with the draw u held fixed.
 *
 * @param key - as {@link randomKey}, {@link splitKey} or {@link foldIn} make it; several at once give a draw for each.
 * @param shape - sizes, each a number or a scalar of the graph, or one int32 vector of the graph.
 * @throws ShapeError, DTypeError `RANDOM_KEY` if `key` is none; ValueError `OP_INVALID_SIZE`, `OP_UNKNOWN_RANK`; DTypeError
 *   `OP_DTYPE_REJECTED`; ShapeError `SHAPE_BROADCAST`.
 * @example uniform(randomKey(0), [2, 3], { low: -1 })
 */
export const uniform: Callable<
  (key: Operand, shape: ShapeOperand, options?: UniformOptions) => Variable
> = callable(
  uniformDraw.op,
  (key: Operand, shape: ShapeOperand, options: UniformOptions = {}): Variable => {
    const { low = 0, high = 1 } = options;
    const u = uniformDraw(asKey(key), asShapeVector(shape, 'uniform'), {
      dtype: drawDType(options.dtype, 'uniform'),
    });
    const spread = low === 0 && high === 1 ? u : mul(sub(high, low), u);
    return low === 0 ? spread : add(low, spread);
  },
);

/**
 * Numbers drawn from the normal distribution. The derivative is that of mean + std · z with the draw z held fixed. In a
 * compiled function the same bits on every platform; evaluated op by op the last digits depend on the platform's
 * logarithm.
 *
 * @param key - as for {@link uniform}.
 * @param shape - as for {@link uniform}.
 * @throws as {@link uniform}.
 * @example normal(randomKey(0), [5], { mean: mu, std: sigma })
 */
export const normal: Callable<
  (key: Operand, shape: ShapeOperand, options?: NormalOptions) => Variable
> = callable(
  normalDraw.op,
  (key: Operand, shape: ShapeOperand, options: NormalOptions = {}): Variable => {
    const { mean = 0, std = 1 } = options;
    const z = normalDraw(asKey(key), asShapeVector(shape, 'normal'), {
      dtype: drawDType(options.dtype, 'normal'),
    });
    const scaled = std === 1 ? z : mul(std, z);
    return mean === 0 ? scaled : add(mean, scaled);
  },
);

/**
 * Draws of 0 and 1, the latter with probability `p`. A NaN for `p` gives 0.
 *
 * @param key - as for {@link uniform}.
 * @param shape - as for {@link uniform}.
 * @throws as {@link uniform}; NullTypeGradError on differentiating by `p` without `straightThrough`.
 * @example bernoulli(randomKey(0), [10], { p: 0.2, dtype: 'bool' })
 */
export const bernoulli: Callable<
  (key: Operand, shape: ShapeOperand, options?: BernoulliOptions) => Variable
> = callable(
  bernoulliDraw.op,
  (key: Operand, shape: ShapeOperand, options: BernoulliOptions = {}): Variable => {
    const { p = 0.5, straightThrough = false, dtype = 'float64' } = options;
    const u = uniform(key, shape, { dtype: dtype === 'float32' ? dtype : 'float64' });
    const drawn = straightThrough ? bernoulliThrough(u, p) : bernoulliDraw(u, p);
    return castTo(drawn, dtype);
  },
);
