import { denseData, tensorFrom } from '@cotangent/tensor';
import type { Tensor, TensorLike } from '@cotangent/tensor';
import type { GradcheckOptions } from '../src/modern/options.ts';
import type { NumericRule } from '../src/modern/rule.ts';
import { rngOf } from '../src/rng.ts';
import type { Rng } from '../src/rng.ts';

/** A rule, the points at which it is checked for a seed, and what the user of a checker would declare. */
export interface Case {
  readonly rule: NumericRule;
  readonly points: (rng: Rng) => readonly (readonly TensorLike[])[];
  readonly options?: GradcheckOptions;
}

/** One row of the catalogue: a planted error that every case of it has, or right rules that are hard to check. */
export interface Entry {
  readonly id: string;
  readonly title: string;
  readonly cases: readonly Case[];
  /** A right rule on which "cannot tell" is an allowed answer. */
  readonly mayBeInconclusive?: true;
  /** Flat position of the planted error in the first input, where there is one. */
  readonly planted?: number;
}

/** The stream of a seed for an entry. */
export const streamOf = (seed: number, id: string): Rng => rngOf(seed, 'benchmark', id);

/** The elements in row-major order. */
export const dataOf = (x: Tensor): number[] => Array.from(denseData(x), Number);

/** Values in the dtype and, by default, the shape of `x`. */
export function like(
  x: Tensor,
  values: readonly number[],
  shape: readonly number[] = x.shape,
): Tensor {
  const data = x.dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
  return tensorFrom(data, { shape });
}

/** `n` numbers between `low` and `high`. */
export const between = (rng: Rng, n: number, low: number, high: number): number[] =>
  Array.from({ length: n }, () => low + (high - low) * rng());

/** `n` numbers of either sign, with magnitudes between `low` and `high`. */
export const eitherSign = (rng: Rng, n: number, low: number, high: number): number[] =>
  between(rng, n, low, high).map((x) => (rng() < 0.5 ? -x : x));

export const f64 = (values: readonly number[], shape?: readonly number[]): Tensor =>
  tensorFrom(Float64Array.from(values), { shape: shape ?? [values.length] });
export const f32 = (values: readonly number[], shape?: readonly number[]): Tensor =>
  tensorFrom(Float32Array.from(values), { shape: shape ?? [values.length] });

/** y = f(x) element by element, with the derivative claimed to be `slope(x, i)`. */
export function elementwise(
  f: (x: number) => number,
  slope: (x: number, i: number) => number,
): NumericRule {
  return {
    f: (x) => like(x!, dataOf(x!).map(f)),
    vjp: ([x], [u]) => {
      const cotangents = dataOf(u!);
      return like(
        x!,
        dataOf(x!).map((value, i) => cotangents[i]! * slope(value, i)),
      );
    },
  };
}

/** A scalar function of one array, with a claimed gradient. */
export function scalarValued(
  f: (x: readonly number[]) => number,
  gradient: (x: readonly number[]) => readonly number[],
): NumericRule {
  return {
    f: (x) => like(x!, [f(dataOf(x!))], []),
    vjp: ([x], [u]) =>
      like(
        x!,
        gradient(dataOf(x!)).map((g) => u!.item() * g),
      ),
  };
}

/** A function of one array with a claimed Jᵀu, as plain lists of numbers; `y` has shape [length]. */
export function listRule(
  f: (x: readonly number[]) => readonly number[],
  pullback: (x: readonly number[], u: readonly number[]) => readonly number[],
): NumericRule {
  return {
    f: (x) => {
      const y = f(dataOf(x!));
      return like(x!, y, [y.length]);
    },
    vjp: ([x], [u]) => like(x!, pullback(dataOf(x!), dataOf(u!))),
  };
}

/** A case at some values of one array, the same for every seed but for a small random factor. */
export const near = (
  rule: NumericRule,
  values: readonly number[],
  options?: GradcheckOptions,
): Case => ({
  rule,
  points: (rng) => [[f64(values.map((x) => x * (1 + 0.02 * rng())))]],
  ...(options && { options }),
});

/** A case at exactly these values. */
export const exactly = (rule: NumericRule, ...inputs: readonly TensorLike[]): Case => ({
  rule,
  points: () => [inputs],
});

/** A case with `n` values of either sign. */
export const usual = (rule: NumericRule, n = 4, low = 0.3, high = 2): Case => ({
  rule,
  points: (rng) => [[f64(eitherSign(rng, n, low, high))]],
});
