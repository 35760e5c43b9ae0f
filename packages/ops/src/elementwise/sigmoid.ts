import { binary, compare, constantOf, select, unary } from '@cotangent/loops';
import type { Value, ValueType } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { Unary } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { div, mul, neg, sub } from './arithmetic.ts';
import { le } from './comparison.ts';
import { where } from './selection.ts';

/** y = σ(x) = 1/(1 + e⁻ˣ).  dy/dx = σ(x) σ(−x): y(1 − y) would cancel for large x. */
export const sigmoid: Unary = elementwise('sigmoid', 1, {
  eval: sigmoidOf,
  lower: ([x]) => unary('sigmoid', x),
  dtype: 'float',
  diff: [(g, [x], y) => mul(g, mul(y, sigmoid(neg(castTo(x, y.dtype)))))],
  points: [[-2.5], [0], [0.5], [20], [-40]],
});

/** y = log(1 + eˣ).  dy/dx = σ(x). */
export const softplus: Unary = elementwise('softplus', 1, {
  eval: softplusOf,
  lower: ([x]) => unary('softplus', x),
  dtype: 'float',
  diff: [(g, [x]) => mul(g, sigmoid(x))],
  points: [[-40], [-2.5], [0], [0.5], [20], [50]],
});

/** y = log σ(x) = −softplus(−x).  dy/dx = σ(−x). */
export const logSigmoid: Unary = elementwise('logSigmoid', 1, {
  eval: (x) => -softplusOf(-x),
  lower: ([x]) => unary('neg', unary('softplus', unary('neg', x))),
  dtype: 'float',
  diff: [(g, [x], y) => mul(g, sigmoid(neg(castTo(x, y.dtype))))],
  points: [[-50], [-20], [-2.5], [0], [0.5], [40]],
});

/** y = log(x/(1 − x)), the inverse of σ; NaN outside [0, 1].  dy/dx = 1/(x(1 − x)): +∞ at 0 and 1. */
export const logit: Unary = elementwise('logit', 1, {
  eval: logitOf,
  lower: logitIn,
  dtype: 'float',
  diff: [
    (g, [x], y) => {
      const p = castTo(x, y.dtype);
      return div(g, mul(p, sub(1, p)));
    },
  ],
  points: [[0.125], [0.5], [0.9]],
  edges: [[0], [1], [-0.5]],
});

/** y = max(x, 0).  dy/dx = 1 for x > 0, else 0, also at 0.  NaN passes. */
export const relu: Unary = elementwise('relu', 1, {
  eval: (x) => (x <= 0 ? 0 : x),
  lower: ([x], type) => select(compare('le', x, constantOf(type, 0)), constantOf(type, 0), x),
  diff: [(g, [x]) => where(le(x, 0), 0, g)],
  points: [[-2.5], [0.5], [3]],
  edges: [[0], [NaN]],
});

/** Near its zero ½ by 2x − 1, which is exact there; elsewhere the quotient x/(1 − x) would round first. */
function logitOf(x: number): number {
  if (x > 0.25 && x < 0.75) return Math.log1p((2 * x - 1) / (1 - x));
  return Math.log(x) - Math.log1p(-x);
}

/** `logitOf` as an expression. */
function logitIn([x]: readonly [Value], type: ValueType): Value {
  const number = (value: number): Value => constantOf(type, value);
  const excess = binary('sub', binary('add', x, x), number(1));
  const near = unary('log1p', binary('div', excess, binary('sub', number(1), x)));
  const far = binary('sub', unary('log', x), unary('log1p', unary('neg', x)));
  const isNear = compare('lt', unary('abs', binary('sub', x, number(0.5))), number(0.25));
  return select(isNear, near, far);
}

/** Two branches, so that no exponential overflows and small results keep their digits. */
function sigmoidOf(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** Mächler (2012), Accurately computing log(1 − exp(−|a|)), equation 10: each branch is right to the last digits. */
function softplusOf(x: number): number {
  if (x < -37) return Math.exp(x);
  if (x < 18) return Math.log1p(Math.exp(x));
  if (x < 33.3) return x + Math.exp(-x);
  return x;
}
