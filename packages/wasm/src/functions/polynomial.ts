import type { Algebra } from './algebra.ts';
import type { ByLane } from './lanes.ts';

/** Coefficients of a polynomial for each width of lanes, lowest degree first. */
export type Coefficients = ByLane<readonly number[]>;

/** A constant for each width of lanes, as the sum of two floats. */
export type Pair = ByLane<{ readonly high: number; readonly low: number }>;

/** A constant as a sum: products with `first` and `middle` are exact. */
export interface Parts {
  readonly first: number;
  readonly middle: readonly number[];
  readonly last: number;
}

/** A constant in base 2^width. */
export interface Digits {
  readonly width: number;
  readonly digits: readonly number[];
}

/** Coefficients of p / q for each width of lanes, lowest degree first. */
export type Quotient = ByLane<{ readonly p: readonly number[]; readonly q: readonly number[] }>;

/** Σ cᵢ xⁱ. Two lanes of 64 bits: in pairs (Estrin), for the short chain; four of 32: Horner. */
export function polynomial<V>(m: Algebra<V>, x: V, coefficients: readonly number[]): V {
  let terms = coefficients.map((c) => m.float(c));
  if (m.lane === 32 || terms.length < 4) {
    return terms.reduceRight((sum, c) => m.add(c, m.mul(sum, x)));
  }
  for (let power = x; terms.length > 1; power = m.mul(power, power)) {
    terms = pairUp(m, power, terms);
  }
  return terms[0]!;
}

function pairUp<V>(m: Algebra<V>, power: V, terms: readonly V[]): V[] {
  const pairs: V[] = [];
  for (let i = 0; i < terms.length; i += 2) {
    const low = terms[i]!;
    const high = terms[i + 1];
    pairs.push(high === undefined ? low : m.add(low, m.mul(high, power)));
  }
  return pairs;
}
