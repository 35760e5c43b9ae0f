import { unary } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { ElementwiseFunction, Unary, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { div, mul, neg } from '../elementwise/arithmetic.ts';
import { exp } from '../elementwise/exponential.ts';
import { square } from '../elementwise/power.ts';
import { erfOf, erfcOf, erfcxIntegralOf, erfcxOf, logNdtrOf, ndtrOf } from './error-values.ts';
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

/**
 * y = e^(x²) erfc x; +∞ left of about −26.6.  dy/dx = 2x y − 2/√π, which cancels where x is large: it is taken as
 * −2 F₁, F₁ the first scaled integral.
 */
export const erfcx: Unary = elementwise('erfcx', 1, {
  eval: (x) => erfcxOf(onNumbers, x),
  lower: (xs, type) => lowered(erfcxOf, xs, type),
  dtype: 'float',
  diff: [(g, [x]) => mul(g, mul(-2, erfcxIntegral(x, { n: 1 })))],
  points: [[-1.5], [-0.5], [0], [0.5], [3], [30]],
  edges: [[Infinity], [-Infinity], [NaN]],
});

type IntegralAttrs = { readonly n: number };

/** y = Fₙ(x) = e^(x²) iⁿerfc x, n ≥ 1: what derivatives of erfcx are.  dy/dx = −2(n + 1) Fₙ₊₁(x). */
export const erfcxIntegral: ElementwiseFunction<1, IntegralAttrs> = elementwise<1, IntegralAttrs>(
  'erfcxIntegral',
  1,
  {
    eval:
      ({ n }) =>
      (x) =>
        erfcxIntegralOf(onNumbers, x, n),
    lower: (xs, type, { n }) => lowered((m, x) => erfcxIntegralOf(m, x!, n), xs, type),
    dtype: 'float',
    diff: [(g, [x], _y, { n }) => mul(g, mul(-2 * (n + 1), erfcxIntegral(x, { n: n + 1 })))],
    sampleAttrs: { n: 1 },
    points: [[-1.5], [-0.5], [0], [0.5], [3], [30]],
    edges: [[Infinity], [-Infinity], [NaN]],
  },
);

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
