import { signed } from '../rng.ts';
import type { Rng } from '../rng.ts';
import type { Direction } from './estimate.ts';

/** Length of the first step, relative to the size of a coordinate. */
export const firstStep = 0.05;

/** The direction of one coordinate, whose size is `scale`. */
export function coordinate(j: number, scale: number): Direction {
  return { indices: [j], weights: [1], reach: firstStep * scale };
}

/** A random direction of some coordinates: ±U[0.5, 1.5) times the size of each. */
export function signedDirection(
  indices: ArrayLike<number>,
  scales: Float64Array,
  rng: Rng,
): Direction {
  const weights = new Float64Array(indices.length);
  for (let k = 0; k < weights.length; k++) weights[k] = signed(rng) * scales[indices[k]!]!;
  return { indices, weights, reach: firstStep };
}

/** a += weight · d. */
export function addTo(a: Float64Array, { indices, weights }: Direction, weight: number): void {
  for (let k = 0; k < indices.length; k++) a[indices[k]!]! += weight * weights[k]!;
}

/** ⟨a, d⟩. */
export function dotAlong(a: Float64Array, { indices, weights }: Direction): number {
  let sum = 0;
  for (let k = 0; k < indices.length; k++) sum += a[indices[k]!]! * weights[k]!;
  return sum;
}

/** Σⱼ |aⱼ·dⱼ|. */
export function absDotAlong(a: Float64Array, { indices, weights }: Direction): number {
  let sum = 0;
  for (let k = 0; k < indices.length; k++) sum += Math.abs(a[indices[k]!]! * weights[k]!);
  return sum;
}

/**
 * The size of each coordinate: its own, that of the largest of its tensor if it is 0, or 1.
 *
 * @param sizes - number of elements of each tensor.
 */
export function scalesOf(x: Float64Array, sizes: readonly number[]): Float64Array {
  const scales = x.map(Math.abs);
  let start = 0;
  for (const size of sizes) {
    const own = scales.subarray(start, (start += size));
    const largest = own.reduce((max, s) => Math.max(max, s), 0) || 1;
    own.forEach((s, k) => (own[k] = s || largest));
  }
  return scales;
}
