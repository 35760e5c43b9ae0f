import { binary, compare, constantOf, i32, select, unary } from '@cotangent/loops';
import type { Value, ValueType } from '@cotangent/loops';
import { elementwise, zero } from '@cotangent/graph';
import type { Unary } from '@cotangent/graph';
import { mul } from './arithmetic.ts';

/** y = −1, 0 or 1 like x; NaN for NaN.  dy/dx = 0, also at the jump. */
export const sign: Unary = elementwise('sign', 1, {
  eval: (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x),
  lower: signIn,
  diff: 'zero',
  rejects: ['bool'],
  points: [[-2.5], [0.5], [3]],
  edges: [[0], [NaN]],
});

/** y = |x|.  dy/dx = sign x: 0 at 0, the subgradient of minimal norm.  Booleans stay booleans. */
export const abs: Unary = elementwise('abs', 1, {
  eval: Math.abs,
  lower: ([x], type) =>
    type === 'i32'
      ? select(compare('lt', x, i32(0)), binary('sub', i32(0), x), x)
      : unary('abs', x),
  diff: [(g, [x]) => (x.dtype === 'bool' ? zero : mul(g, sign(x)))], // sign takes no booleans
  points: [[-2.5], [0.5], [3]],
  edges: [[0], [NaN]],
});

function signIn([x]: readonly [Value], type: ValueType): Value {
  const [zero, one] = [constantOf(type, 0), constantOf(type, 1)];
  const negative = constantOf(type, -1);
  // ±0 and NaN are neither greater nor less: they stay
  return select(compare('gt', x, zero), one, select(compare('lt', x, zero), negative, x));
}
