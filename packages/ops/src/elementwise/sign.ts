import { elementwise, zero } from '@cotangent/graph';
import type { Unary } from '@cotangent/graph';
import { mul } from './arithmetic.ts';

/** y = −1, 0 or 1 like x; NaN for NaN.  dy/dx = 0, also at the jump. */
export const sign: Unary = elementwise('sign', 1, {
  eval: (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x),
  diff: 'zero',
  rejects: ['bool'],
  points: [[-2.5], [0.5], [3]],
  edges: [[0], [NaN]],
});

/** y = |x|.  dy/dx = sign x: 0 at 0, the subgradient of minimal norm.  Booleans stay booleans. */
export const abs: Unary = elementwise('abs', 1, {
  eval: Math.abs,
  diff: [(g, [x]) => (x.dtype === 'bool' ? zero : mul(g, sign(x)))], // sign takes no booleans
  points: [[-2.5], [0.5], [3]],
  edges: [[0], [NaN]],
});
