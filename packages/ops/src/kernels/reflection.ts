import { hypotOf } from './hypot.ts';

/** What {@link makeReflection} found: H x = value · e, with H = I − weight · v vᵀ. */
export interface Reflection {
  readonly value: number;
  readonly weight: number;
}

/**
 * The reflection that maps the entries of `x` from `start` to `end` to a multiple of the first unit vector; overwrites
 * them by v, whose first entry is 1. The value is −sign(x₁)·‖x‖, as LAPACK has it, and x₁ itself, with weight 0, where
 * all other entries are zero (Golub & Van Loan 2013, section 5.1.3).
 */
export function makeReflection(x: Float64Array, start: number, end: number): Reflection {
  const head = x[start]!;
  x[start] = 1;
  const rest = norm(x, start + 1, end);
  if (rest === 0) return { value: head, weight: 0 };
  const length = hypotOf(head, rest);
  const value = head < 0 ? length : -length;
  for (let i = start + 1; i < end; i++) x[i]! /= head - value;
  return { value, weight: (value - head) / value };
}

/** x −= weight · v (vᵀ x) for the entries of v from `from` to `to`; x begins at `start`. */
export function applyReflection(
  x: Float64Array,
  start: number,
  v: Float64Array,
  from: number,
  to: number,
  weight: number,
): void {
  if (weight === 0) return;
  let sum = 0;
  for (let j = from; j < to; j++) sum += v[j]! * x[start + j]!;
  const factor = weight * sum;
  for (let j = from; j < to; j++) x[start + j]! -= factor * v[j]!;
}

/** ‖x‖₂ of the entries from `start` to `end`, scaled by the largest so that no square over- or underflows. */
export function norm(x: Float64Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) {
    const size = Math.abs(x[i]!);
    if (!(size <= largest)) largest = size;
  }
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = start; i < end; i++) {
    const scaled = x[i]! / largest;
    sum += scaled * scaled;
  }
  return largest * Math.sqrt(sum);
}
