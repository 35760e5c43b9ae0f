import type { Direction, Rung, VectorFunction } from './estimate.ts';
import { isFinite } from './estimate.ts';

const machineEps = 2 ** -52;

/** x + h·d. */
export function moved(x: Float64Array, { indices, weights }: Direction, h: number): Float64Array {
  const there = x.slice();
  for (let k = 0; k < indices.length; k++) there[indices[k]!]! += h * weights[k]!;
  return there;
}

/** The central differences at ±h; `undefined` if a side is outside the domain, or h below the rounding of x. */
export function rungAt(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  h: number,
  noise: Float64Array,
): Rung | undefined {
  const [above, below] = [moved(x, direction, h), moved(x, direction, -h)];
  const width = widthOf(above, below, direction, 2 * h);
  if (!(width > 0)) return undefined;
  const up = f(above);
  const down = f(below);
  if (!isFinite(up) || !isFinite(down)) return undefined;
  const inPosition = machineEps * farthest(x, direction);
  const value = up.map((y, i) => (y - down[i]!) / width);
  const floor = value.map((d, i) => {
    // Where f is 0 at x its noise there is 0, but not at x ± h: x³ at 0.
    const inValues = machineEps * Math.max(Math.abs(up[i]!), Math.abs(down[i]!));
    return (Math.max(noise[i]!, inValues) + inPosition * Math.abs(d)) / h;
  });
  return { h, up, down, width, value, noise: floor };
}

/** How far two points are apart along the direction; along one coordinate as it is after rounding. */
export function widthOf(
  above: Float64Array,
  below: Float64Array,
  { indices, weights }: Direction,
  ideal: number,
): number {
  const j = indices[0];
  return indices.length === 1 && j !== undefined ? (above[j]! - below[j]!) / weights[0]! : ideal;
}

/** How many multiples of the direction the point is away from 0: positions are rounded relative to that. */
export function farthest(x: Float64Array, { indices, weights }: Direction): number {
  let max = 0;
  for (let k = 0; k < indices.length; k++) {
    const multiples = Math.abs(x[indices[k]!]! / weights[k]!);
    if (multiples > max) max = multiples;
  }
  return max;
}
