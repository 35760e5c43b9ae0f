import type { Algebra } from './algebra.ts';
import { halfPi } from './coefficients.ts';
import { type ByLane, magic, pick } from './lanes.ts';

/** x = k π/2 + high − low, |high| ≤ π/4 and a little. */
export interface QuarterTurns<V> {
  /** k in the low bits, at least modulo 4. */
  readonly bits: V;
  readonly high: V;
  readonly low: V;
}

/** Largest |x| that `reduceByHalfPi` takes: quotients of 15 and 11 bits. */
export const reductionLimit: ByLane<number> = { 64: 51471, 32: 3216 };

/**
 * Products of the quotient with all parts of π/2 but the last are exact, and so are the differences wherever
 * they cancel (Cody & Waite 1980); what other differences lose is carried along in `low`.
 */
export function reduceByHalfPi<V>(m: Algebra<V>, x: V): QuarterTurns<V> {
  const { first, middle, last } = pick(m, halfPi);
  const shift = m.float(magic(m));
  const bits = m.add(m.mul(x, m.float(2 / Math.PI)), shift);
  const k = m.sub(bits, shift);
  let high = m.sub(x, m.mul(k, m.float(first)));
  let low = m.mul(k, m.float(last));
  for (const part of middle) {
    const product = m.mul(k, m.float(part));
    const next = m.sub(high, product);
    low = m.sub(low, m.sub(m.sub(high, next), product));
    high = next;
  }
  return { bits, high, low };
}

/**
 * The same without what the differences lose, for lanes of 32 bits: `low` is 0. The parts before the last are exact where
 * they cancel, and one unit in the last place of the remainder is left at most.
 */
export function reduceRoughly<V>(m: Algebra<V>, x: V): { readonly bits: V; readonly high: V } {
  const { first, middle, last } = pick(m, halfPi);
  const shift = m.float(magic(m));
  const bits = m.add(m.mul(x, m.float(2 / Math.PI)), shift);
  const k = m.sub(bits, shift);
  const less = (rest: V, part: number): V => m.sub(rest, m.mul(k, m.float(part)));
  return { bits, high: [first, ...middle, last].reduce(less, x) };
}
