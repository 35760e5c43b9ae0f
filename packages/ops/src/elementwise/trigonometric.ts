import { binary, unary } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { Binary, Unary, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { hypot } from './hypot.ts';
import { sqrt, square } from './power.ts';

/** y = sin x, x in radians.  dy/dx = cos x. */
export const sin: Unary = elementwise('sin', 1, {
  eval: Math.sin,
  lower: ([x]) => unary('sin', x),
  dtype: 'float',
  diff: [(g, [x]) => mul(g, cos(x))],
  points: [[-2.5], [0], [0.5], [10]],
});

/** y = cos x, x in radians.  dy/dx = −sin x. */
export const cos: Unary = elementwise('cos', 1, {
  eval: Math.cos,
  lower: ([x]) => unary('cos', x),
  dtype: 'float',
  diff: [(g, [x]) => neg(mul(g, sin(x)))],
  points: [[-2.5], [0], [0.5], [10]],
});

/** y = tan x, x in radians.  dy/dx = 1 + y². */
export const tan: Unary = elementwise('tan', 1, {
  eval: Math.tan,
  lower: ([x]) => unary('tan', x),
  dtype: 'float',
  diff: [(g, _x, y) => mul(g, add(1, square(y)))],
  points: [[-1], [0], [0.5], [3]],
});

/** y = arcsin x in [−π/2, π/2].  dy/dx = 1/√((1 − x)(1 + x)), exact near ±1: +∞ at ±1. */
export const asin: Unary = elementwise('asin', 1, {
  eval: Math.asin,
  lower: ([x]) => unary('asin', x),
  dtype: 'float',
  diff: [(g, [x], y) => div(g, circleHeight(castTo(x, y.dtype)))],
  points: [[-0.75], [0], [0.5]],
  edges: [[1], [-1], [2]],
});

/** y = arccos x in [0, π].  dy/dx = −1/√((1 − x)(1 + x)), exact near ±1: −∞ at ±1. */
export const acos: Unary = elementwise('acos', 1, {
  eval: Math.acos,
  lower: ([x]) => unary('acos', x),
  dtype: 'float',
  diff: [(g, [x], y) => neg(div(g, circleHeight(castTo(x, y.dtype))))],
  points: [[-0.75], [0], [0.5]],
  edges: [[1], [-1], [2]],
});

/** y = arctan x in [−π/2, π/2].  dy/dx = 1/(1 + x²). */
export const atan: Unary = elementwise('atan', 1, {
  eval: Math.atan,
  lower: ([x]) => unary('atan', x),
  dtype: 'float',
  diff: [(g, [x], y) => div(g, add(1, square(castTo(x, y.dtype))))],
  points: [[-2.5], [0], [0.5], [10]],
});

/**
 * z = the angle of the point (x, y) in [−π, π].  With h = √(x² + y²): ∂z/∂y = x/h²,  ∂z/∂x = −y/h², divided by h twice so
 * that h² neither over- nor underflows.  NaN at (0, 0), where z jumps.  Arguments in the order (y, x).
 */
export const atan2: Binary = elementwise('atan2', 2, {
  eval: Math.atan2,
  lower: ([y, x]) => binary('atan2', y, x),
  dtype: 'float',
  diff: [
    (g, [y, x]) => mul(g, inverted(x, hypot(y, x))),
    (g, [y, x]) => neg(mul(g, inverted(y, hypot(y, x)))),
  ],
  points: [
    [1, 2],
    [-3, 0.5],
    [0.5, -3],
    [-2, -2],
  ],
  edges: [
    [0, 0],
    [0, -1],
  ],
});

/** √(1 − x²) from two factors, which cancel less near ±1. */
function circleHeight(x: Variable): Variable {
  return sqrt(mul(sub(1, x), add(1, x)));
}

function inverted(x: Variable, h: Variable): Variable {
  return div(div(x, h), h);
}
