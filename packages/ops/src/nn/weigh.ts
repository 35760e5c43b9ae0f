import { binary, compare, constantOf, select } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { Binary } from '@cotangent/graph';
import { mul } from '../elementwise/arithmetic.ts';

/** z = t·l, and 0 where the weight t is 0, also beside an infinite l.  ∂z/∂t = l,  ∂z/∂l = t. */
export const weigh: Binary = elementwise('weigh', 2, {
  eval: (t, l) => (t === 0 && !Number.isNaN(l) ? 0 : t * l),
  lower: ([t, l], type) => {
    const zero = constantOf(type, 0);
    const skips = binary('and', compare('eq', t, zero), compare('eq', l, l));
    return select(skips, zero, binary('mul', t, l));
  },
  dtype: 'float',
  diff: [(g, [, l]) => mul(g, l), (g, [t]) => weigh(t, g)],
  points: [
    [0.5, -2],
    [0, 3],
    [-1, 0.25],
  ],
  edges: [
    [0, -Infinity],
    [0, NaN],
  ],
});
