import { binary, i32, unary } from '@cotangent/loops';
import { isFloat, isWeak, resultType } from '@cotangent/tensor';
import type { Promotable } from '@cotangent/tensor';
import { elementwise, foldingElementwise } from '@cotangent/graph';
import type { Binary, Folding, Unary } from '@cotangent/graph';

/** z = x + y.  ∂z/∂x = ∂z/∂y = 1.  Takes two or more operands. Booleans: logical or (NumPy). */
export const add: Folding = foldingElementwise('add', {
  eval: (x, y) => x + y,
  lower: ([x, y]) => binary('add', x, y),
  diff: [(g) => g, (g) => g],
  points: [
    [1, 2],
    [-3, 0.5],
    [0, 1e6],
  ],
});

/** z = x − y.  ∂z/∂x = 1,  ∂z/∂y = −1. */
export const sub: Binary = elementwise('sub', 2, {
  eval: (x, y) => x - y,
  lower: ([x, y]) => binary('sub', x, y),
  diff: [(g) => g, (g) => neg(g)],
  rejects: ['bool'],
  points: [
    [1, 2],
    [-3, 0.5],
    [0, 1e6],
  ],
});

/** y = −x.  dy/dx = −1. */
export const neg: Unary = elementwise('neg', 1, {
  eval: (x) => -x,
  lower: ([x], type) => (type === 'i32' ? binary('sub', i32(0), x) : unary('neg', x)),
  diff: [(g) => neg(g)],
  rejects: ['bool'],
  points: [[-2.5], [0], [3]],
});

/** z = x · y.  ∂z/∂x = y,  ∂z/∂y = x.  Takes two or more operands. */
export const mul: Folding = foldingElementwise('mul', {
  eval: (x, y) => x * y,
  evalAs: { int32: Math.imul }, // a double holds products of two int32 only up to 2⁵³
  lower: ([x, y]) => binary('mul', x, y),
  diff: [(g, [, y]) => mul(g, y), (g, [x]) => mul(g, x)],
  points: [
    [1, 2],
    [-3, 0.5],
    [0, 4],
  ],
});

/** z = x / y, float64 for integers and booleans.  ∂z/∂x = 1/y,  ∂z/∂y = −z/y: −x/y² over- and underflows early. */
export const div: Binary = elementwise('div', 2, {
  eval: (x, y) => x / y,
  lower: ([x, y]) => binary('div', x, y),
  dtype: quotientDType,
  diff: [(g, [, y]) => div(g, y), (g, [, y], z) => neg(mul(g, div(z, y)))],
  points: [
    [1, 2],
    [-3, 0.5],
    [0, 4],
  ],
  edges: [
    [1, 0],
    [0, 0],
  ],
});

/** NumPy's: quotients of integers are float64, however few bits they have; a literal stays weak. */
function quotientDType(dtypes: readonly Promotable[]): Promotable {
  const common = resultType(dtypes);
  if (isWeak(common)) return 'weak-float';
  return isFloat(common) ? common : 'float64';
}
