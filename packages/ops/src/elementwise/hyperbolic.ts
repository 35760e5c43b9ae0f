import { unary } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { Unary } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { add, div, mul, sub } from './arithmetic.ts';
import { hypot } from './hypot.ts';
import { sqrt } from './power.ts';

/** y = sinh x.  dy/dx = cosh x. */
export const sinh: Unary = elementwise('sinh', 1, {
  eval: Math.sinh,
  lower: ([x]) => unary('sinh', x),
  dtype: 'float',
  diff: [(g, [x]) => mul(g, cosh(x))],
  points: [[-2.5], [0], [0.5], [5]],
});

/** y = cosh x.  dy/dx = sinh x. */
export const cosh: Unary = elementwise('cosh', 1, {
  eval: Math.cosh,
  lower: ([x]) => unary('cosh', x),
  dtype: 'float',
  diff: [(g, [x]) => mul(g, sinh(x))],
  points: [[-2.5], [0], [0.5], [5]],
});

/** y = tanh x.  dy/dx = (1 − y)(1 + y): reuses y, and cancels less than 1 − y² near |y| = 1. */
export const tanh: Unary = elementwise('tanh', 1, {
  eval: Math.tanh,
  lower: ([x]) => unary('tanh', x),
  dtype: 'float',
  diff: [(g, _x, y) => mul(g, mul(sub(1, y), add(1, y)))],
  points: [[-2.5], [0], [0.5], [20]], // 20: saturated, derivative ≈ 0 and never NaN
});

/** y = arsinh x.  dy/dx = 1/√(1 + x²), without overflow. */
export const asinh: Unary = elementwise('asinh', 1, {
  eval: Math.asinh,
  lower: ([x]) => unary('asinh', x),
  dtype: 'float',
  diff: [(g, [x]) => div(g, hypot(1, x))],
  points: [[-2.5], [0], [0.5], [1e3]],
});

/** y = arcosh x ≥ 0; NaN for x < 1.  dy/dx = 1/(√(x − 1) √(x + 1)): +∞ at 1. */
export const acosh: Unary = elementwise('acosh', 1, {
  eval: Math.acosh,
  lower: ([x]) => unary('acosh', x),
  dtype: 'float',
  diff: [
    (g, [x], y) => {
      const u = castTo(x, y.dtype);
      return div(g, mul(sqrt(sub(u, 1)), sqrt(add(u, 1))));
    },
  ],
  points: [[1.25], [2.5], [1e3]],
  edges: [[1], [0.5]],
});

/** y = artanh x; NaN for |x| > 1.  dy/dx = 1/((1 − x)(1 + x)), exact near ±1: +∞ at ±1. */
export const atanh: Unary = elementwise('atanh', 1, {
  eval: Math.atanh,
  lower: ([x]) => unary('atanh', x),
  dtype: 'float',
  diff: [
    (g, [x], y) => {
      const u = castTo(x, y.dtype);
      return div(g, mul(sub(1, u), add(1, u)));
    },
  ],
  points: [[-0.75], [0], [0.5]],
  edges: [[1], [-1], [2]],
});
