import { emptyEstimate, isFinite, kinds } from './estimate.ts';
import type { Direction, Estimate, VectorFunction } from './estimate.ts';
import { fdmAlong } from './fdm.ts';
import { derivativeAlong } from './active.ts';
import type { LadderOptions } from './ladder.ts';
import { moved, widthOf } from './steps.ts';

/**
 * How a derivative is taken numerically. `'ladder'` (and `'auto'`, which is the same) finds its steps and
 * bounds by itself. `'ridders'`: central differences at steps falling by 1.4, without a floor for noise.
 * `'central'`, `'forward'`: one step of ε^⅓ and ε^½ of the coordinate's size. `'fdm'`: five points, one
 * adapted step. `'complex-step'`: needs a complex evaluation of the function. Only the ladder's bounds hold
 * without fail; those of the others are estimates.
 */
export type NumericMethod =
  | 'auto'
  | 'ladder'
  | 'fdm'
  | 'ridders'
  | 'central'
  | 'forward'
  | 'complex-step';

/** All names of methods. */
export const numericMethods: readonly NumericMethod[] = [
  'auto',
  'ladder',
  'fdm',
  'ridders',
  'central',
  'forward',
  'complex-step',
];

/** f at x + i·h·d: the imaginary parts of its values. */
export type ComplexStep = (x: Float64Array, imaginary: Float64Array) => Float64Array;

const eps = 2 ** -52;

/** The derivative of f along a direction by any method but `'complex-step'`. */
export function differentiateAlong(
  method: NumericMethod,
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  options: LadderOptions,
): Estimate {
  switch (method) {
    case 'auto':
    case 'ladder':
    case 'complex-step': // where there is no complex evaluation
      return derivativeAlong(f, x, direction, options);
    case 'fdm':
      return fdmAlong(f, x, direction, options.noise.length);
    case 'ridders':
      return riddersAlong(f, x, direction, options);
    case 'central':
      return fixedStep(f, x, direction, options, eps ** (1 / 3), -1);
    case 'forward':
      return fixedStep(f, x, direction, options, eps ** (1 / 2), 0);
    default:
      return method satisfies never;
  }
}

/** Im f(x + i·h·d) / h for h = 1e-20: no subtraction, so no rounding but that of f. */
export function complexStepAlong(
  imaginaryPart: ComplexStep,
  x: Float64Array,
  { indices, weights }: Direction,
): Float64Array {
  const h = 1e-20;
  const imaginary = new Float64Array(x.length);
  for (let k = 0; k < indices.length; k++) imaginary[indices[k]!] = h * weights[k]!;
  return imaginaryPart(x, imaginary).map((y) => y / h);
}

/** An estimate of a method that knows nothing of kinks. */
function plain(value: Float64Array, bound: Float64Array): Estimate {
  const none = emptyEstimate(value.length);
  return { ...none, value, bound, low: value, high: value };
}

/** A difference with one step, and its change when the step grows by a half as bound. */
function fixedStep(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  { noise }: LadderOptions,
  relative: number,
  lower: -1 | 0,
): Estimate {
  const scale = direction.reach / 0.05;
  const at = (h: number): Float64Array | undefined => {
    const [above, below] = [moved(x, direction, h), moved(x, direction, lower * h)];
    const [up, down] = [f(above), f(below)];
    if (!isFinite(up) || !isFinite(down)) return undefined;
    const width = widthOf(above, below, direction, (1 - lower) * h);
    return up.map((y, i) => (y - down[i]!) / width);
  };
  const step = relative * scale;
  const [value, other] = [at(step), at(1.5 * step)];
  if (value === undefined || other === undefined) return emptyEstimate(noise.length, kinds.outside);
  const bound = value.map((d, i) => 2 * Math.abs(d - other[i]!) + (2 * noise[i]!) / step);
  return plain(value, bound);
}

/** @see Ridders (1982); Press et al. (2007), Numerical Recipes, §5.7, for the ratio and the stop. */
function riddersAlong(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  { noise }: LadderOptions,
): Estimate {
  const factor = 1.4 ** 2;
  const value = new Float64Array(noise.length);
  const bound = new Float64Array(noise.length).fill(Infinity);
  let before: readonly Float64Array[] = [];
  for (let level = 0; level < 10; level++) {
    const h = direction.reach / 1.4 ** level;
    const [up, down] = [f(moved(x, direction, h)), f(moved(x, direction, -h))];
    if (!isFinite(up) || !isFinite(down)) continue;
    const row = [up.map((y, i) => (y - down[i]!) / (2 * h))];
    before.forEach((coarse, m) => {
      const weight = factor ** (m + 1) - 1;
      const finer = row[m]!;
      const next = finer.map((r, i) => r + (r - coarse[i]!) / weight);
      row.push(next);
      next.forEach((r, i) => {
        const change = Math.max(Math.abs(r - finer[i]!), Math.abs(r - coarse[i]!));
        if (change < bound[i]!) [value[i], bound[i]] = [r, change];
      });
    });
    before = row;
  }
  return bound.every(Number.isFinite)
    ? plain(value, bound)
    : emptyEstimate(value.length, kinds.outside);
}
