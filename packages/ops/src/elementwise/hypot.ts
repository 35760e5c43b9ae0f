import { elementwise } from '@cotangent/graph';
import type { Binary, Variable } from '@cotangent/graph';
import { div, mul } from './arithmetic.ts';
import { eq } from './comparison.ts';
import { where } from './selection.ts';

/** z = √(x² + y²), without over- or underflow.  ∂z/∂x = x/z,  ∂z/∂y = y/z: 0 and 0 at (0, 0), of minimal norm. */
export const hypot: Binary = elementwise('hypot', 2, {
  eval: hypotOf,
  dtype: 'float',
  diff: [(g, [x], z) => mul(g, share(x, z)), (g, [, y], z) => mul(g, share(y, z))],
  points: [
    [3, 4],
    [-1, 2],
    [0, -2.5],
  ],
  edges: [
    [0, 0],
    [Infinity, NaN],
  ],
});

/** x/z, 0 where z = 0: there by an infinite divisor, so that derivatives of every order are 0. */
function share(x: Variable, z: Variable): Variable {
  return div(x, where(eq(z, 0), Infinity, z));
}

/** Squares are taken of numbers scaled by a power of 2, which rounds nothing, if they might over- or underflow. */
function hypotOf(x: number, y: number): number {
  const a = Math.abs(x);
  const b = Math.abs(y);
  if (a === Infinity || b === Infinity) return Infinity; // whatever the other is, NaN too
  const largest = Math.max(a, b);
  if (largest > 1e150) return norm(a * 2 ** -600, b * 2 ** -600) * 2 ** 600;
  if (largest < 1e-140) return norm(a * 2 ** 600, b * 2 ** 600) * 2 ** -600;
  return norm(a, b);
}

function norm(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}
