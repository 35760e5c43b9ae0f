import { astype, denseTensor } from '@cotangent/tensor';
import type { Tensor, TensorLike } from '@cotangent/tensor';
import { add, mul, sumTo } from '@cotangent/ops';
import { grad } from '@cotangent/autodiff';
import { constant, replace, tensor } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import { compiled } from './compiled.ts';
import type { TensorFunction } from './compiled.ts';
import { GradientError } from './gradient-error.ts';
import { NumericGrad } from './numeric-grad.ts';
import type { FloatTensor } from './points.ts';
import { compareDerivatives } from './verify-compare.ts';
import { checkCompat, withOneOutput } from './verify-compat.ts';
import { settingsOf } from './verify-options.ts';
import type { Settings, VerifyGradOptions } from './verify-options.ts';
import { inputsAt, outputsOf } from './verify-problem.ts';
import type { Inputs, SymbolicFunction } from './verify-problem.ts';
import { verifyModern } from './verify-modern.ts';

/** {@link verifyGrad} with the class of its error. */
export interface VerifyGrad {
  (fun: SymbolicFunction, pt: readonly TensorLike[], options?: VerifyGradOptions): void;
  /** Theano's name of {@link GradientError}. */
  readonly E_grad: typeof GradientError;
}

/**
 * Compares the symbolic gradient of `fun` with differences at a point.
 *
 * Each output is multiplied by random numbers from [0.5, 1.5) and summed; the gradient of that cost is
 * compared element by element, `nTests` times with new random numbers. An element is wrong if its
 * absolute *and* its relative error exceed their tolerances, so a function whose gradient is tiny passes
 * whatever its rule says: scale it up first. Differences mean nothing within a step of a kink or a tie.
 *
 * @param fun - called with one variable per entry of `pt`; returns a variable or an array of them.
 * @param pt - one float64 or float32 value per argument; arguments without elements pass.
 * With `engine: 'modern'` the same call goes to `gradcheck`, which has bounds instead of tolerances.
 *
 * @throws GradientError if the gradients differ (`reason: 'mismatch'`) or one of them is NaN or infinite
 *   (`'non-finite'`); it names the elements, both values, seed and step.
 * @throws with `compat`: ArgumentTypeError `GRADCHECK_NO_RNG`, NotImplementedError `GRADCHECK_SEVERAL_OUTPUTS`, ValueError
 *   `GRADCHECK_EMPTY_POINT`, `GRADCHECK_NOT_FINITE`.
 * @throws ArgumentTypeError `GRADCHECK_POINT_LIST`, `GRADCHECK_NOT_A_VARIABLE`; DTypeError
 *   `GRADCHECK_POINT_DTYPE`; ValueError `GRADCHECK_NO_POINT`, `GRADCHECK_NO_TESTS`,
 *   `GRADCHECK_INVALID_OPTION`, `GRADCHECK_UNKNOWN_OPTION`; and what `grad` and `compile` throw.
 * @example
 * ```ts
 * import { verifyGrad } from '@cotangent/gradcheck';
 * import { mul } from '@cotangent/ops';
 * verifyGrad((x, y) => mul(x, y), [[1, 2, 3], [4, 5, 6]]); // passes
 * ```
 * @see Theano's `verify_grad`, whose steps, tolerances and decision are the defaults here.
 */
export const verifyGrad: VerifyGrad = /* @__PURE__ */ Object.assign(
  function verifyGrad(
    fun: SymbolicFunction,
    pt: readonly TensorLike[],
    options: VerifyGradOptions = {},
  ): void {
    const given = inputsAt('verifyGrad', pt);
    const settings = settingsOf(
      'verifyGrad',
      options,
      given.points.map((x) => x.dtype),
    );
    if (options.engine === 'modern') return verifyModern(fun, given.points, options);
    const { compat } = settings;
    if (compat !== undefined) checkCompat(compat, options.rng, given.points);
    const checked = compat === undefined ? fun : withOneOutput(fun);
    const outputs = outputsOf('verifyGrad', checked, given.inputs);
    if (settings.nTests < 1) return; // only with compat
    const gradients = verifyOrder(1, outputs, given, settings);
    if (settings.order === 2) verifyOrder(2, gradients, given, settings);
  },
  { E_grad: GradientError },
);

/** Verifies the gradient of projected outputs; gives it back, for one fixed projection. */
function verifyOrder(
  order: 1 | 2,
  outputs: readonly Variable[],
  given: Inputs,
  settings: Settings,
): readonly Variable[] {
  const { inputs, points, names } = given;
  const weights = weightsFor(outputs, given, settings);
  const cost = projected(outputs, weights);
  const gradients = grad(cost, inputs, { disconnectedInputs: 'ignore' });
  const costAt = compiled([...inputs, ...weights], [cost], settings.costMode);
  const gradientsAt = compiled([...inputs, ...weights], gradients, settings.mode);
  let drawn: readonly Tensor[] = [];
  for (let testNumber = 1; testNumber <= settings.nTests; testNumber++) {
    drawn = weights.map((weight) => drawWeights(weight, settings));
    const { gf, eps } = differencesOf(costAt, points, drawn, settings);
    const analytic = gradientsAt(...points, ...drawn);
    const both = { quantity: 'gradient', order, analytic, numeric: gf } as const;
    compareDerivatives({ ...both, names, args: names, testNumber, eps }, settings);
  }
  return replace(gradients, new Map(weights.map((w, j) => [w, constant(drawn[j]!)] as const)));
}

/** The numeric gradient of the cost, whose inputs keep the dtypes of the point. */
function differencesOf(
  costAt: TensorFunction,
  points: readonly FloatTensor[],
  drawn: readonly Tensor[],
  { eps, differences }: Settings,
): NumericGrad<readonly FloatTensor[]> {
  const f = (...xs: readonly Tensor[]): Tensor =>
    costAt(...xs.map((x, k) => astype(x, points[k]!.dtype)), ...drawn)[0]!;
  return new NumericGrad<readonly FloatTensor[]>(f, points, { eps, differences });
}

/** One input per output, of its run-time shape. */
function weightsFor(
  outputs: readonly Variable[],
  { inputs, points }: Inputs,
  { mode, castToOutputType }: Settings,
): readonly Input[] {
  const values = compiled(inputs, outputs, mode)(...points);
  return outputs.map((y, j) => {
    const dtype = castToOutputType && y.dtype === 'float32' ? 'float32' : 'float64';
    return tensor(`projection ${j}`, { dtype, shape: values[j]!.shape });
  });
}

/** Σⱼ sum(uⱼ · yⱼ). */
function projected(outputs: readonly Variable[], weights: readonly Variable[]): Variable {
  const terms = outputs.map((y, j) => sumTo(mul(weights[j]!, y), []));
  return terms.reduce((total, term) => add(total, term));
}

function drawWeights({ dtype, shape }: Input, { rng }: Settings): Tensor {
  const size = shape.reduce<number>((product, n) => product * (n ?? 0), 1);
  const drawn = Float64Array.from({ length: size }, () => 0.5 + rng());
  return astype(denseTensor(drawn, shape.map(Number), 'float64'), dtype);
}
