import { unary } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { Unary, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { div, mul, neg, sub } from '../elementwise/arithmetic.ts';
import { exp } from '../elementwise/exponential.ts';
import { square } from '../elementwise/power.ts';
import { erfOf, erfcOf, erfcxOf, logNdtrOf, ndtrOf } from './error-values.ts';
import { lowered, onNumbers } from './arithmetic.ts';

const TWO_OVER_ROOT_PI = 1.1283791670955126;

/** y = erf x = 2/√π ∫₀ˣ e^(−t²) dt.  dy/dx = 2/√π e^(−x²). */
export const erf: Unary = elementwise('erf', 1, {
  eval: (x) => erfOf(onNumbers, x),
  lower: ([x]) => unary('erf', x),
  dtype: 'float',
  diff: [(g, [x], y) => mul(g, bell(castTo(x, y.dtype)))],
  points: [[-2.5], [-0.5], [0], [0.5], [3]],
  edges: [[Infinity], [-Infinity], [NaN], [-0]],
});

/** y = erfc x = 1 − erf x, to full relative accuracy on the right.  dy/dx = −2/√π e^(−x²). */
export const erfc: Unary = elementwise('erfc', 1, {
  eval: (x) => erfcOf(onNumbers, x),
  lower: ([x]) => unary('erfc', x),
  dtype: 'float',
  diff: [(g, [x], y) => neg(mul(g, bell(castTo(x, y.dtype))))],
  points: [[-2.5], [-0.5], [0], [0.5], [3]],
  edges: [[Infinity], [-Infinity], [NaN], [26]],
});

/** y = e^(x²) erfc x; +∞ left of about −26.6.  dy/dx = 2x y − 2/√π. */
export const erfcx: Unary = elementwise('erfcx', 1, {
  eval: (x) => erfcxOf(onNumbers, x),
  lower: (xs, type) => lowered(erfcxOf, xs, type),
  dtype: 'float',
  diff: [(g, [x], y) => mul(g, sub(mul(mul(2, castTo(x, y.dtype)), y), TWO_OVER_ROOT_PI))],
  points: [[-1.5], [-0.5], [0], [0.5], [3]],
  edges: [[Infinity], [-Infinity], [NaN]],
});

/** y = Φ(x) = ½ erfc(−x/√2), the normal distribution.  dy/dx = φ(x) = e^(−x²/2)/√(2π). */
export const ndtr: Unary = elementwise('ndtr', 1, {
  eval: (x) => ndtrOf(onNumbers, x),
  lower: (xs, type) => lowered(ndtrOf, xs, type),
  dtype: 'float',
  diff: [
    (g, [x], y) =>
      mul(g, mul(1 / Math.sqrt(2 * Math.PI), exp(mul(-0.5, square(castTo(x, y.dtype)))))),
  ],
  points: [[-3], [-0.5], [0], [0.5], [2.5]],
  edges: [[Infinity], [-Infinity], [NaN], [-37]],
});

/**
 * y = log Φ(x), accurate in both tails.  dy/dx = φ(x)/Φ(x) = √(2/π)/erfcx(−x/√2), whose denominator
 * neither cancels nor underflows.
 */
export const logNdtr: Unary = elementwise('logNdtr', 1, {
  eval: (x) => logNdtrOf(onNumbers, x),
  lower: (xs, type) => lowered(logNdtrOf, xs, type),
  dtype: 'float',
  diff: [
    (g, [x], y) =>
      mul(g, div(Math.sqrt(2 / Math.PI), erfcx(mul(-Math.SQRT1_2, castTo(x, y.dtype))))),
  ],
  points: [[-30], [-3], [-0.5], [0], [0.5], [2.5]],
  edges: [[Infinity], [-Infinity], [NaN]],
});

/** 2/√π e^(−x²). */
function bell(x: Variable): Variable {
  return mul(TWO_OVER_ROOT_PI, exp(neg(square(x))));
}
