import { elementwise } from '@cotangent/graph';
import type { Binary } from '@cotangent/graph';
import { mul, neg } from './arithmetic.ts';
import { numericResult } from './numeric-result.ts';

/** z = ⌊x/y⌋, rounded to −∞; for integers 0 where y = 0.  Derivatives 0, also at the jumps. */
export const floorDivide: Binary = elementwise('floorDivide', 2, {
  eval: floatQuotient,
  evalAs: { int32: integerQuotient, uint8: integerQuotient },
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
