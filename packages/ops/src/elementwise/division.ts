import { binary, compare, constantOf, convert, i32, select, unary } from '@cotangent/loops';
import type { Value, ValueType } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { Binary } from '@cotangent/graph';
import { mul, neg } from './arithmetic.ts';
import { numericResult } from './numeric-result.ts';

/** z = ⌊x/y⌋, rounded to −∞; for integers 0 where y = 0.  Derivatives 0, also at the jumps. */
export const floorDivide: Binary = elementwise('floorDivide', 2, {
  eval: floatQuotient,
  evalAs: { int32: integerQuotient, uint8: integerQuotient },
  lower: ([x, y], type) => (type === 'i32' ? wholeQuotient(x, y) : quotientIn(x, y, type)),
  dtype: numericResult,
  diff: 'zero',
  points: [
    [5.5, 2],
    [-5.5, 2],
    [0.5, -3],
  ],
  edges: [
    [4, 2],
    [1, 0],
    [0, 0],
  ],
});

/** z = x − y⌊x/y⌋, of the sign of y; for integers 0 where y = 0.  ∂z/∂x = 1,  ∂z/∂y = −⌊x/y⌋, also at the jumps. */
export const mod: Binary = elementwise('mod', 2, {
  eval: floatRemainder,
  evalAs: { int32: integerRemainder, uint8: integerRemainder },
  lower: ([x, y], type) => (type === 'i32' ? wholeRemainder(x, y) : remainderIn(x, y, type)),
  dtype: numericResult,
  diff: [(g) => g, (g, [x, y]) => neg(mul(g, floorDivide(x, y)))],
  points: [
    [5.5, 2],
    [-5.5, 2],
    [0.5, -3],
  ],
  edges: [
    [4, 2],
    [1, 0],
  ],
});

/** JavaScript's remainder has the sign of x and is exact. */
function floatRemainder(x: number, y: number): number {
  const r = x % y;
  if (r === 0) return y < 0 ? -0 : 0;
  return r < 0 === y < 0 ? r : r + y;
}

/** From the exact remainder: x/y alone may round up to the next whole number. */
function floatQuotient(x: number, y: number): number {
  if (y === 0) return x / y;
  const r = x % y;
  const q = (x - r) / y - (r !== 0 && r < 0 !== y < 0 ? 1 : 0);
  return Math.round(q); // q is whole up to the rounding of the division
}

function integerRemainder(x: number, y: number): number {
  return y === 0 ? 0 : floatRemainder(x, y);
}

/** The double x/y is exact enough: it is a multiple of 1/y away from a whole number, if it is not one. */
function integerQuotient(x: number, y: number): number {
  return y === 0 ? 0 : Math.floor(x / y);
}

/** `floatRemainder` as an expression. */
function remainderIn(x: Value, y: Value, type: ValueType): Value {
  const zero = constantOf(type, 0);
  const r = binary('remainder', x, y);
  const signs = compare('eq', compare('lt', r, zero), compare('lt', y, zero));
  const atZero = select(compare('lt', y, zero), constantOf(type, -0), zero);
  return select(compare('eq', r, zero), atZero, select(signs, r, binary('add', r, y)));
}

/** `floatQuotient` as an expression. */
function quotientIn(x: Value, y: Value, type: ValueType): Value {
  const [zero, one] = [constantOf(type, 0), constantOf(type, 1)];
  const r = binary('remainder', x, y);
  const below = compare('ne', compare('lt', r, zero), compare('lt', y, zero));
  const borrows = binary('and', compare('ne', r, zero), below);
  const whole = binary('div', binary('sub', x, r), y);
  const q = unary('round', binary('sub', whole, select(borrows, one, zero)));
  return select(compare('eq', y, zero), binary('div', x, y), q);
}

/** `integerQuotient` as an expression: by a division of doubles, which vectors have. −2³¹/−1 wraps. */
function wholeQuotient(x: Value, y: Value): Value {
  const ratio = binary('div', convert('f64', x), convert('f64', y));
  const q = convert('i32', unary('floor', ratio));
  const special = select(compare('eq', y, i32(-1)), binary('sub', i32(0), x), q);
  return select(compare('eq', y, i32(0)), i32(0), special);
}

/** `integerRemainder` as an expression. */
function wholeRemainder(x: Value, y: Value): Value {
  const r = binary('sub', x, binary('mul', y, wholeQuotient(x, y)));
  return select(compare('eq', y, i32(0)), i32(0), r);
}
