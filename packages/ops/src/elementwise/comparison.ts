import { binary, compare, constantOf, i32, isNonzero, unary } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { Binary, Unary } from '@cotangent/graph';

// Step functions: every input is connected, with derivative zero. A NaN compares false, and `ne` true.

/** z = (x = y), bool.  Derivatives 0. */
export const eq: Binary = elementwise('eq', 2, {
  eval: (x, y) => Number(x === y),
  lower: ([x, y]) => compare('eq', x, y),
  dtype: 'bool',
  diff: 'zero',
  points: [
    [1, 2],
    [-3, 0.5],
  ],
  edges: [
    [2, 2],
    [NaN, NaN],
  ],
});

/** z = (x ≠ y), bool; true where one is NaN.  Derivatives 0. */
export const ne: Binary = elementwise('ne', 2, {
  eval: (x, y) => Number(x !== y),
  lower: ([x, y]) => compare('ne', x, y),
  dtype: 'bool',
  diff: 'zero',
  points: [
    [1, 2],
    [-3, 0.5],
  ],
  edges: [
    [2, 2],
    [NaN, NaN],
  ],
});

/** z = (x < y), bool.  Derivatives 0. */
export const lt: Binary = elementwise('lt', 2, {
  eval: (x, y) => Number(x < y),
  lower: ([x, y]) => compare('lt', x, y),
  dtype: 'bool',
  diff: 'zero',
  points: [
    [1, 2],
    [0.5, -3],
  ],
  edges: [
    [2, 2],
    [NaN, 1],
  ],
});

/** z = (x ≤ y), bool.  Derivatives 0. */
export const le: Binary = elementwise('le', 2, {
  eval: (x, y) => Number(x <= y),
  lower: ([x, y]) => compare('le', x, y),
  dtype: 'bool',
  diff: 'zero',
  points: [
    [1, 2],
    [0.5, -3],
  ],
  edges: [
    [2, 2],
    [NaN, 1],
  ],
});

/** z = (x > y), bool.  Derivatives 0. */
export const gt: Binary = elementwise('gt', 2, {
  eval: (x, y) => Number(x > y),
  lower: ([x, y]) => compare('gt', x, y),
  dtype: 'bool',
  diff: 'zero',
  points: [
    [1, 2],
    [0.5, -3],
  ],
  edges: [
    [2, 2],
    [NaN, 1],
  ],
});

/** z = (x ≥ y), bool.  Derivatives 0. */
export const ge: Binary = elementwise('ge', 2, {
  eval: (x, y) => Number(x >= y),
  lower: ([x, y]) => compare('ge', x, y),
  dtype: 'bool',
  diff: 'zero',
  points: [
    [1, 2],
    [0.5, -3],
  ],
  edges: [
    [2, 2],
    [NaN, 1],
  ],
});

/** y = whether x is NaN, bool; false for every integer.  dy/dx = 0. */
export const isNan: Unary = elementwise('isNan', 1, {
  eval: (x) => Number(Number.isNaN(x)),
  lower: ([x]) => compare('ne', x, x),
  dtype: 'bool',
  diff: 'zero',
  points: [[-2.5], [0], [3]],
  edges: [[NaN], [Infinity]],
});

/** y = whether x is +∞ or −∞, bool; false for every integer.  dy/dx = 0. */
export const isInf: Unary = elementwise('isInf', 1, {
  eval: (x) => Number(Math.abs(x) === Infinity),
  lower: ([x], type) =>
    type === 'i32' ? i32(0) : compare('eq', unary('abs', x), constantOf(type, Infinity)),
  dtype: 'bool',
  diff: 'zero',
  points: [[-2.5], [0], [3]],
  edges: [[NaN], [Infinity], [-Infinity]],
});

/** y = whether x is neither NaN nor infinite, bool; true for every integer.  dy/dx = 0. */
export const isFinite: Unary = elementwise('isFinite', 1, {
  eval: (x) => Number(Number.isFinite(x)),
  lower: ([x], type) =>
    type === 'i32' ? i32(1) : compare('lt', unary('abs', x), constantOf(type, Infinity)),
  dtype: 'bool',
  diff: 'zero',
  points: [[-2.5], [0], [3]],
  edges: [[NaN], [Infinity], [-Infinity]],
});

/** z = x ∧ y, bool; every nonzero number is true, NaN too.  Derivatives 0. */
export const logicalAnd: Binary = elementwise('logicalAnd', 2, {
  eval: (x, y) => Number(x !== 0 && y !== 0),
  lower: ([x, y]) => binary('and', isNonzero(x), isNonzero(y)),
  dtype: 'bool',
  diff: 'zero',
  points: [
    [1, 2],
    [-3, 0.5],
  ],
  edges: [
    [0, 1],
    [0, 0],
    [NaN, 1],
  ],
});

/** z = x ∨ y, bool; every nonzero number is true, NaN too.  Derivatives 0. */
export const logicalOr: Binary = elementwise('logicalOr', 2, {
  eval: (x, y) => Number(x !== 0 || y !== 0),
  lower: ([x, y]) => binary('or', isNonzero(x), isNonzero(y)),
  dtype: 'bool',
  diff: 'zero',
  points: [
    [1, 2],
    [-3, 0.5],
  ],
  edges: [
    [0, 1],
    [0, 0],
    [NaN, 0],
  ],
});

/** z = x ⊕ y, bool: exactly one is nonzero; NaN is nonzero.  Derivatives 0. */
export const logicalXor: Binary = elementwise('logicalXor', 2, {
  eval: (x, y) => Number((x !== 0) !== (y !== 0)),
  lower: ([x, y]) => binary('xor', isNonzero(x), isNonzero(y)),
  dtype: 'bool',
  diff: 'zero',
  points: [
    [1, 2],
    [-3, 0.5],
  ],
  edges: [
    [0, 1],
    [0, 0],
    [NaN, 0],
  ],
});

/** y = ¬x, bool: whether x is zero; NaN is not.  dy/dx = 0. */
export const logicalNot: Unary = elementwise('logicalNot', 1, {
  eval: (x) => Number(x === 0),
  lower: ([x], type) => compare('eq', x, constantOf(type, 0)),
  dtype: 'bool',
  diff: 'zero',
  points: [[-2.5], [3]],
  edges: [[0], [NaN]],
});
