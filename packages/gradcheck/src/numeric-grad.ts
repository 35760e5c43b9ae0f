import {
  ArgumentTypeError,
  ShapeError,
  Tensor,
  ValueError,
  astype,
  copy,
  denseData,
  formatShape,
  mapTensors,
  sameShape,
  tensorFrom,
  zerosTensor,
} from '@cotangent/tensor';
import type { FloatDType, NdArrayLike, TensorLike } from '@cotangent/tensor';
import { formatElement, formatNumber, indexOf } from './numbers.ts';
import { checkOption, checkOptionNames, isOneOf, isPositive } from './options.ts';
import { argumentsOf, floatTensor, isList } from './points.ts';
import type { FloatTensor, Packed, Point } from './points.ts';

/** A function of tensors with a scalar value. */
export type ScalarFunctionOf = (...xs: Tensor[]) => number | Tensor | NdArrayLike;

/** Which differences stand for the derivative. */
export type Differences = 'forward' | 'central';

/** Options of {@link NumericGrad}. */
export interface NumericGradOptions {
  /**
   * Step added to each element. Default for forward differences: the largest of
   * {@link NumericGrad.typeEps} over the dtypes of the point; for central ones: ε^(1/3) · max(1, |x|)
   * with ε the largest machine epsilon of those dtypes.
   */
  readonly eps?: number | undefined;
  /** Default `'forward'`. */
  readonly differences?: Differences | undefined;
}

/** Absolute and relative error of every element, float64. */
export type ErrorPair = readonly [absErr: Tensor<'float64'>, relErr: Tensor<'float64'>];

/** The worst element: which argument, the flat position in it, and its two errors. */
export type WorstElement = readonly [arg: number, pos: number, absErr: number, relErr: number];

/** Below this the sum of two magnitudes does not count in a relative error. */
const relativeFloor = 1e-8;

/** float16 is no dtype of tensors; its step is kept so that the table is whole. */
const typeEps: Readonly<Record<FloatDType | 'float16', number>> = {
  float64: 1e-7,
  float32: 3e-4,
  float16: 1e-1,
};

const machineEps: Readonly<Record<FloatDType, number>> = { float64: 2 ** -52, float32: 2 ** -23 };

/**
 * Differences of a scalar function at a point, one element at a time: `(f(x + eps·eₖ) − f(x)) / eps`.
 *
 * The function is called once at the point and once per element (twice for central differences), always
 * with copies. Perturbed calls and the result have the most precise dtype among the arguments.
 *
 * @example
 * ```ts
 * import { NumericGrad } from '@cotangent/gradcheck';
 * import { tensorFrom } from '@cotangent/tensor';
 * const { gf } = new NumericGrad((x) => x.get(0) * x.get(1), tensorFrom([2, 3]));
 * gf.toArray(); // about [3, 2]
 * ```
 * @see Theano's `numeric_grad`, whose steps, dtypes and number of calls it keeps.
 */
export class NumericGrad<const P extends Point = Point> {
  /** Step of forward differences by dtype. */
  static readonly typeEps: Readonly<Record<FloatDType | 'float16', number>> = typeEps;

  /** The numeric gradient: one tensor per argument, or the only one if `pt` was a single argument. */
  readonly gf: Packed<P, Tensor>;
  /** The step used: a number, or `undefined` where each element has a step of its own. */
  readonly eps: number | undefined;
  readonly #gradients: readonly Tensor[];
  readonly #isPacked: boolean;

  /**
   * @param f - called with one tensor per argument; returns a number or a tensor of rank 0.
   * @param pt - one tensor, ndarray, typed array or number; or an array with one entry per argument.
   * @throws DTypeError `GRADCHECK_POINT_DTYPE` if an argument is not floating, naming its position.
   * @throws ArgumentTypeError `GRADCHECK_NOT_SCALAR` if `f` returns anything but a scalar.
   * @throws ValueError `GRADCHECK_INVALID_OPTION`, `GRADCHECK_UNKNOWN_OPTION`.
   */
  constructor(f: ScalarFunctionOf, pt: P, options: NumericGradOptions = {}) {
    checkOptions(options);
    const given = argumentsOf(pt).map((x, position) => floatTensor(x, position, 'NumericGrad'));
    const differences = options.differences ?? 'forward';
    this.#isPacked = !isList(pt);
    this.eps = options.eps ?? (differences === 'forward' ? defaultEps(given) : undefined);
    this.#gradients = gradientsOf(f, given, this.eps, differences);
    this.gf = this.#packed(this.#gradients);
  }

  /**
   * |a − b| and |a − b| / max(|a| + |b|, 1e−8), element by element, in float64 whatever the dtypes.
   *
   * @example
   * ```ts
   * import { NumericGrad } from '@cotangent/gradcheck';
   * NumericGrad.absRelErr(1, 3).map((error) => error.item()); // [2, 0.5]
   * ```
   */
  static absRelErr(a: TensorLike, b: TensorLike): ErrorPair {
    const pair = [tensorFrom(a), tensorFrom(b)];
    return [
      mapTensors((x, y) => Math.abs(x - y), pair, 'float64'),
      mapTensors(
        (x, y) => Math.abs(x - y) / Math.max(Math.abs(x) + Math.abs(y), relativeFloor),
        pair,
        'float64',
      ),
    ];
  }

  /**
   * Errors of another gradient against this one, packed as the point was.
   *
   * @throws ValueError `GRADCHECK_COUNT` if the number of gradients differs; ShapeError
   *   `GRADCHECK_GRADIENT_SHAPE` with the position and both shapes if a shape differs.
   */
  absRelErrors(gPt: Packed<P, TensorLike>): Packed<P, ErrorPair> {
    return this.#packed(this.#errors(gPt));
  }

  /**
   * The element with the largest min(abs / absTol, rel / relTol), the first of several: above 1 it
   * exceeds both tolerances.
   *
   * @returns `undefined` if there is no element at all; arguments without elements are passed over.
   * @throws ValueError `GRADCHECK_NON_FINITE` naming the first element whose error is not finite; and
   *   what {@link NumericGrad.absRelErrors} throws.
   */
  maxErr(gPt: Packed<P, TensorLike>, absTol: number, relTol: number): WorstElement | undefined {
    let worst: WorstElement | undefined;
    let worstScore = -1;
    this.#errors(gPt).forEach(([absErr, relErr], arg) => {
      for (let pos = 0; pos < absErr.size; pos++) {
        const abs = absErr.data[pos]!;
        const rel = relErr.data[pos]!;
        if (!Number.isFinite(abs) || !Number.isFinite(rel)) {
          throw notFinite(arg, indexOf(pos, absErr.shape), abs);
        }
        const score = scoreOf(abs, rel, absTol, relTol);
        if (score <= worstScore) continue;
        worst = [arg, pos, abs, rel];
        worstScore = score;
      }
    });
    return worst;
  }

  #errors(gPt: Packed<P, TensorLike>): readonly ErrorPair[] {
    // `Packed` promises what the constructor saw: a list exactly if the point was a list.
    const given = (this.#isPacked ? [gPt] : gPt) as readonly TensorLike[];
    if (given.length !== this.#gradients.length) {
      throw new ValueError(
        `NumericGrad: ${given.length} gradients for ${this.#gradients.length} arguments`,
        {
          code: 'GRADCHECK_COUNT',
          data: { expected: this.#gradients.length, got: given.length },
        },
      );
    }
    return given.map((g, position) => {
      const analytic = tensorFrom(g);
      const numeric = this.#gradients[position]!;
      if (sameShape(analytic.shape, numeric.shape)) return NumericGrad.absRelErr(analytic, numeric);
      throw new ShapeError(
        `NumericGrad: gradient ${position} has shape ${formatShape(analytic.shape)}, ` +
          `its argument ${formatShape(numeric.shape)}`,
        {
          code: 'GRADCHECK_GRADIENT_SHAPE',
          data: { position, expected: numeric.shape, got: analytic.shape },
        },
      );
    });
  }

  #packed<R>(results: readonly R[]): Packed<P, R> {
    // The one place where the form that `P` promises is made.
    return (this.#isPacked ? results[0] : results) as Packed<P, R>;
  }
}

/**
 * {@link NumericGrad} without `new`.
 *
 * @example
 * ```ts
 * import { numericGrad } from '@cotangent/gradcheck';
 * numericGrad((x) => x.item() ** 2, 3).gf.item(); // about 6
 * ```
 */
export function numericGrad<const P extends Point>(
  f: ScalarFunctionOf,
  pt: P,
  options: NumericGradOptions = {},
): NumericGrad<P> {
  return new NumericGrad(f, pt, options);
}

/** min(abs / absTol, rel / relTol), where no error is none whatever the tolerance. */
export function scoreOf(abs: number, rel: number, absTol: number, relTol: number): number {
  return abs === 0 ? 0 : Math.min(abs / absTol, rel / relTol);
}

function checkOptions(options: NumericGradOptions): void {
  const { eps, differences } = options;
  checkOptionNames('NumericGrad', options, ['eps', 'differences']);
  checkOption('NumericGrad', 'eps', eps, isPositive(eps), 'a finite number above 0');
  checkOption(
    'NumericGrad',
    'differences',
    differences,
    isOneOf(differences, ['forward', 'central']),
    "'forward' or 'central'",
  );
}

function defaultEps(points: readonly FloatTensor[]): number {
  return Math.max(0, ...points.map((x) => typeEps[x.dtype])) || typeEps.float64;
}

function gradientsOf(
  f: ScalarFunctionOf,
  given: readonly FloatTensor[],
  eps: number | undefined,
  differences: Differences,
): readonly Tensor[] {
  const dtype: FloatDType = given.every((x) => x.dtype === 'float32') ? 'float32' : 'float64';
  const working = given.map((x) => astype(copy(x), given.length === 0 ? 'float64' : dtype));
  const root = Math.cbrt(Math.max(0, ...given.map((x) => machineEps[x.dtype])));
  const base = scalarValue(f(...given.map((x) => copy(x))));
  const at = (arg: number, k: number, x: number): number => {
    const xs = working.map((tensor) => copy(tensor));
    xs[arg]!.data[k] = x;
    return scalarValue(f(...xs));
  };
  return working.map((tensor, arg) => {
    const gradient = zerosTensor(tensor.shape, tensor.dtype);
    for (let k = 0; k < tensor.size; k++) {
      const x = tensor.data[k]!;
      const h = eps ?? root * Math.max(1, Math.abs(x));
      gradient.data[k] =
        differences === 'forward'
          ? (at(arg, k, x + h) - base) / h
          : (at(arg, k, x + h) - at(arg, k, x - h)) / stepTaken(x, h, tensor.dtype);
    }
    return gradient;
  });
}

/** (x + h) − (x − h) as it is after both have been stored. */
function stepTaken(x: number, h: number, dtype: FloatDType): number {
  return dtype === 'float32' ? Math.fround(x + h) - Math.fround(x - h) : x + h - (x - h);
}

function scalarValue(value: unknown): number {
  if (typeof value === 'number') return value;
  const rank = Array.isArray(Object(value).shape) ? Object(value).shape.length : undefined;
  // A shape makes it a tensor or an ndarray as far as types go; tensorFrom checks the rest.
  if (rank === 0) return denseData(tensorFrom(value as Tensor))[0]!;
  const what = rank === undefined ? `a value of type ${typeof value}` : `a tensor of rank ${rank}`;
  throw new ArgumentTypeError(`NumericGrad: the function returned ${what}`, {
    code: 'GRADCHECK_NOT_SCALAR',
    hint: 'return a number or a tensor of rank 0; sum or project the result first',
  });
}

function notFinite(arg: number, index: readonly number[], absErr: number): ValueError {
  return new ValueError(
    `NumericGrad: the error of argument ${formatElement(String(arg), index)} is ${formatNumber(absErr)}`,
    {
      code: 'GRADCHECK_NON_FINITE',
      hint: 'the numeric or the other gradient is not finite there',
      data: { arg, index },
    },
  );
}
