import { binary, compare, constantOf, select, unary } from '@cotangent/loops';
import type { Value, ValueType } from '@cotangent/loops';
import { elementwise, foldingElementwise } from '@cotangent/graph';
import type { Binary, Folding, Unary, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { eq, isInf, logicalAnd } from './comparison.ts';
import { minimum, where } from './selection.ts';
import { sigmoid } from './sigmoid.ts';
import { abs } from './sign.ts';

/** y = eˣ.  dy/dx = y. */
export const exp: Unary = elementwise('exp', 1, {
  eval: Math.exp,
  lower: ([x]) => unary('exp', x),
  dtype: 'float',
  diff: [(g, _x, y) => mul(g, y)],
  points: [[-2.5], [0], [0.5], [5]],
});

/** y = eˣ − 1.  dy/dx = eˣ: y + 1 would lose all digits for x ≪ 0. */
export const expm1: Unary = elementwise('expm1', 1, {
  eval: Math.expm1,
  lower: ([x]) => unary('expm1', x),
  dtype: 'float',
  diff: [(g, [x]) => mul(g, exp(x))],
  points: [[-2.5], [0], [1e-3], [5]],
});

/** y = log x, natural; NaN for x < 0.  dy/dx = 1/x: +∞ at 0. */
export const log: Unary = elementwise('log', 1, {
  eval: Math.log,
  lower: ([x]) => unary('log', x),
  dtype: 'float',
  diff: [(g, [x]) => div(g, x)],
  points: [[0.125], [1], [50]],
  edges: [[0], [-1], [Infinity]],
});

/** y = log(1 + x); NaN for x < −1.  dy/dx = 1/(1 + x): +∞ at −1. */
export const log1p: Unary = elementwise('log1p', 1, {
  eval: Math.log1p,
  lower: ([x]) => unary('log1p', x),
  dtype: 'float',
  diff: [(g, [x], y) => div(g, add(1, castTo(x, y.dtype)))],
  points: [[-0.5], [0], [1e-3], [50]],
  edges: [[-1], [-2]],
});

/** y = log(1 − eˣ) for x ≤ 0; NaN for x > 0.  dy/dx = −1/(e⁻ˣ − 1): −∞ at 0 and at −0, hence |x| for −x. */
export const log1mexp: Unary = elementwise('log1mexp', 1, {
  eval: log1mexpOf,
  lower: log1mexpIn,
  dtype: 'float',
  diff: [(g, [x], y) => neg(div(g, expm1(abs(castTo(x, y.dtype)))))],
  points: [[-30], [-2.5], [-0.75], [-0.25]],
  edges: [[0], [1], [-Infinity]],
});

/** z = log(eˣ + eʸ).  ∂z/∂x = σ(x − y),  ∂z/∂y = σ(y − x).  Takes two or more operands. */
export const logAddExp: Folding = foldingElementwise('logAddExp', {
  eval: logAddExpOf,
  lower: logAddExpIn,
  dtype: 'float',
  diff: [
    (g, [x, y], z) => mul(g, shareOf(castTo(x, z.dtype), castTo(y, z.dtype))),
    (g, [x, y], z) => mul(g, shareOf(castTo(y, z.dtype), castTo(x, z.dtype))),
  ],
  points: [
    [1, 2],
    [-3, 0.5],
    [2, 2],
    [40, -40],
  ],
  edges: [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
    [-Infinity, 1],
  ],
});

/** z = x log y; 0 where x = 0, unless y is NaN.  ∂z/∂x = log y,  ∂z/∂y = x/y: 0 where x = y = 0. */
export const xlogy: Binary = elementwise('xlogy', 2, {
  eval: (x, y) => (x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y)),
  lower: ([x, y], type) => productIn(x, y, unary('log', y), type),
  dtype: 'float',
  diff: [(g, [, y]) => mul(g, log(y)), (g, [x, y], z) => mul(g, quotient(x, castTo(y, z.dtype)))],
  points: [
    [1, 2],
    [-3, 0.5],
    [0, 4],
  ],
  edges: [
    [0, 0],
    [1, 0],
    [0, -1],
  ],
});

/** z = x log(1 + y); 0 where x = 0, unless y is NaN.  ∂z/∂x = log(1 + y),  ∂z/∂y = x/(1 + y): 0 where x = 0, y = −1. */
export const xlog1py: Binary = elementwise('xlog1py', 2, {
  eval: (x, y) => (x === 0 && !Number.isNaN(y) ? 0 : x * Math.log1p(y)),
  lower: ([x, y], type) => productIn(x, y, unary('log1p', y), type),
  dtype: 'float',
  diff: [
    (g, [, y]) => mul(g, log1p(y)),
    (g, [x, y], z) => mul(g, quotient(x, add(1, castTo(y, z.dtype)))),
  ],
  points: [
    [1, 2],
    [-3, -0.5],
    [0, 4],
  ],
  edges: [
    [0, -1],
    [1, -1],
    [0, -2],
  ],
});

/** Mächler (2012), Accurately computing log(1 − exp(−|a|)), equation 7. */
function log1mexpOf(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/** `log1mexpOf` as an expression. */
function log1mexpIn([x]: readonly [Value], type: ValueType): Value {
  const near = unary('log', unary('neg', unary('expm1', x)));
  const far = unary('log1p', unary('neg', unary('exp', x)));
  return select(compare('gt', x, constantOf(type, -Math.LN2)), near, far);
}

/** The larger operand is taken out, so that no exponential overflows. */
function logAddExpOf(x: number, y: number): number {
  if (x === y) return x + Math.LN2; // infinities too, whose difference is NaN
  return Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
}

/** `logAddExpOf` as an expression: log(1 + e^−d) is softplus(−d). */
function logAddExpIn([x, y]: readonly [Value, Value], type: ValueType): Value {
  const distance = unary('abs', binary('sub', x, y));
  const sum = binary('add', binary('max', x, y), unary('softplus', unary('neg', distance)));
  return select(compare('eq', x, y), binary('add', x, constantOf(type, Math.LN2)), sum);
}

/** x · log, but 0 where x = 0, unless y is NaN. */
function productIn(x: Value, y: Value, log: Value, type: ValueType): Value {
  const zero = constantOf(type, 0);
  const isZero = binary('and', compare('eq', x, zero), compare('eq', y, y));
  return select(isZero, zero, binary('mul', x, log));
}

/**
 * eˣ/(eˣ + eʸ) = σ(x − y). Of two equal infinities the difference is NaN: there σ is taken at 0 (½ each) for +∞ and
 * at −∞ (0 each) for −∞. Finite ties take no other branch, so that their second derivative is right.
 */
function shareOf(x: Variable, y: Variable): Variable {
  const tied = logicalAnd(eq(x, y), isInf(x));
  return sigmoid(where(tied, minimum(x, 0), sub(x, y)));
}

/** x/y, 0 for 0/0. Where only x is 0 the quotient keeps its derivative 1/y by x. */
function quotient(x: Variable, y: Variable): Variable {
  return div(x, where(logicalAnd(eq(x, 0), eq(y, 0)), 1, y));
}
