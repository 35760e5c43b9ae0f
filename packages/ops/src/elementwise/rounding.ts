import { unary } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { Unary } from '@cotangent/graph';

// Step functions, of derivative zero also at their jumps. Integers stay the integers they are.

/** y = ⌊x⌋, the largest whole number ≤ x.  dy/dx = 0. */
export const floor: Unary = elementwise('floor', 1, {
  eval: Math.floor,
  lower: ([x], type) => (type === 'i32' ? x : unary('floor', x)),
  diff: 'zero',
  points: [[-2.5], [0.25], [3.75]],
  edges: [[0], [2], [-0.0]],
});

/** y = ⌈x⌉, the smallest whole number ≥ x.  dy/dx = 0. */
export const ceil: Unary = elementwise('ceil', 1, {
  eval: Math.ceil,
  lower: ([x], type) => (type === 'i32' ? x : unary('ceil', x)),
  diff: 'zero',
  points: [[-2.5], [0.25], [3.75]],
  edges: [[0], [2], [-0.0]],
});

/** y = x rounded towards 0.  dy/dx = 0. */
export const trunc: Unary = elementwise('trunc', 1, {
  eval: Math.trunc,
  lower: ([x], type) => (type === 'i32' ? x : unary('trunc', x)),
  diff: 'zero',
  points: [[-2.5], [0.25], [3.75]],
  edges: [[1], [2], [-3]],
});

/** y = the whole number nearest to x, the even one of two.  dy/dx = 0. */
export const round: Unary = elementwise('round', 1, {
  eval: roundHalfToEven,
  lower: ([x], type) => (type === 'i32' ? x : unary('round', x)),
  diff: 'zero',
  points: [[-2.75], [0.25], [3]],
  edges: [[0.5], [1.5], [-2.5]],
});

const DOUBLES_ARE_WHOLE_FROM = 2 ** 52;

/** Near 2⁵² doubles are the whole numbers, so the sum itself rounds, half to even as IEEE 754 says. */
function roundHalfToEven(x: number): number {
  const size = Math.abs(x);
  if (!(size < DOUBLES_ARE_WHOLE_FROM) || x === 0) return x; // whole, infinite, NaN, or −0
  const rounded = size + DOUBLES_ARE_WHOLE_FROM - DOUBLES_ARE_WHOLE_FROM;
  return x < 0 ? -rounded : rounded;
}
