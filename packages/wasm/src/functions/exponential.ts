import type { Algebra } from './algebra.ts';
import { expQuotient, ln2, softplusTail } from './coefficients.ts';
import type { Doubled } from './doubled.ts';
import { type ByLane, layoutOf, magic, magnitude, pick, signBit } from './lanes.ts';
import { polynomial } from './polynomial.ts';

/** x (+ more) = k ln 2 + r, |r| ≤ ln 2 / 2 and a little. */
interface Reduced<V> {
  /** k + `bias` in the low bits. */
  readonly bits: V;
  readonly k: V;
  readonly r: V;
  /** r is high − low, rounded. */
  readonly low: V;
  readonly high: V;
}

function reduceByLn2<V>(m: Algebra<V>, x: V, bias: number, more?: V): Reduced<V> {
  const { high, low } = pick(m, ln2);
  const shift = m.float(magic(m) + bias);
  const bits = m.add(m.mul(x, m.float(Math.LOG2E)), shift);
  const k = m.sub(bits, shift);
  const left = m.sub(x, m.mul(k, m.float(high)));
  const product = m.mul(k, m.float(low));
  const rest = more === undefined ? product : m.sub(product, more);
  return { bits, k, r: m.sub(left, rest), low: rest, high: left };
}

/**
 * eʳ − 1 − r = r c / (2 − c) with c = r − r² P(r²) = 2 + r − r coth(r/2), an even series shorter by half than
 * that of eʳ: the division costs less than the terms it saves. Small beside 1 + r, so its rounding hardly shows.
 */
function exponentialTail<V>(m: Algebra<V>, r: V): V {
  const z = m.mul(r, r);
  const c = m.sub(r, m.mul(z, polynomial(m, z, pick(m, expQuotient))));
  return m.div(m.mul(r, c), m.sub(m.float(2), c));
}

/** y·2ᵏ where `bits` holds k + 2·bias: two factors, so that subnormal results round once and overflow is ∞. */
function scaleByPower<V>(m: Algebra<V>, y: V, bits: V): V {
  const { fraction } = layoutOf(m);
  const half = m.shiftRight(bits, 1);
  const first = m.shiftLeft(half, fraction);
  const second = m.shiftLeft(m.subBits(bits, half), fraction);
  return m.mul(m.mul(y, first), second);
}

/** Ends that arguments are clamped to. */
interface Range {
  readonly least: number;
  readonly most: number;
}

/** Arguments where eˣ is certainly 0 and certainly ∞. */
const expRange: ByLane<Range> = { 64: { least: -746, most: 710 }, 32: { least: -104, most: 89 } };

/** eˣ = 2ᵏ eʳ. Full range: subnormal results, overflow to ∞. */
export function exp<V>(m: Algebra<V>, x: V): V {
  const { least, most } = pick(m, expRange);
  return expWithin(m, m.pmax(m.pmin(x, m.float(most)), m.float(least)), 0);
}

/** 2ᵉ eˣ for x in `expRange` and a little above, e ∈ {−1, 0}. */
function expWithin<V>(m: Algebra<V>, x: V, e: number): V {
  const { bits, r } = reduceByLn2(m, x, 2 * layoutOf(m).bias + e);
  return scaleByPower(m, m.add(m.float(1), m.add(r, exponentialTail(m, r))), bits);
}

/** eˣ/2 of x ≥ 0, which is finite wherever sinh and cosh are. */
export function halfExp<V>(m: Algebra<V>, x: V): V {
  return expWithin(m, m.pmin(x, m.float(pick(m, expRange).most + 1)), -1);
}

/**
 * factor·e^(x + low), x clamped to where the result is 0 or ∞, |low| far below 1. What rounding takes from r is kept, so
 * that the error stays near that of the factor (1 if left out).
 */
export function expOfSum<V>(m: Algebra<V>, x: V, low: V, factor?: Doubled<V>): V {
  const { least, most } = pick(m, expRange);
  const clamped = m.pmax(m.pmin(x, m.float(most)), m.float(least));
  const reduced = reduceByLn2(m, clamped, 2 * layoutOf(m).bias, low);
  const { bits, r } = reduced;
  const lost = m.sub(m.sub(reduced.high, r), reduced.low);
  const p = m.add(r, m.add(exponentialTail(m, r), lost));
  const y =
    factor === undefined
      ? m.add(m.float(1), p)
      : m.add(factor.high, m.add(factor.low, m.mul(factor.high, p)));
  return scaleByPower(m, y, bits);
}

/** eˣ for x ≤ 0. */
export function expOfNegative<V>(m: Algebra<V>, x: V): V {
  return expWithin(m, m.pmax(x, m.float(pick(m, expRange).least)), 0);
}

/** Arguments where eˣ − 1 certainly rounds to −1, and is certainly ∞. */
const expm1Range: ByLane<Range> = { 64: { least: -45, most: 710 }, 32: { least: -20, most: 89 } };

/**
 * eˣ − 1 = 2·(s t + (s r + (s − ½))), s = 2ᵏ⁻¹, t = eʳ − 1 − r. What rounding took from r goes back into t;
 * the inner sum is nearly exact. Where eˣ − 1 rounds to x, x itself: −0 and subnormals have no half.
 */
export function expm1<V>(m: Algebra<V>, x: V): V {
  const { least, most } = pick(m, expm1Range);
  const { fraction, bias } = layoutOf(m);
  const clamped = m.pmax(m.pmin(x, m.float(most)), m.float(least));
  const { bits, r, low, high } = reduceByLn2(m, clamped, bias - 1);
  const t = m.add(exponentialTail(m, r), m.sub(m.sub(high, r), low));
  const s = m.shiftLeft(bits, fraction);
  const y = m.add(m.mul(s, t), m.add(m.mul(s, r), m.sub(s, m.float(0.5))));
  const isTiny = m.lt(magnitude(m, x), m.float(2 ** (-fraction - 2)));
  return m.select(isTiny, x, m.add(y, y));
}

/**
 * 1/(1 + e⁻ˣ) = 1 − q and, for x < 0, E − E q, with E = e^−|x| and q = E/(1 + E) ≤ ½: the quotient is the small part of
 * a sum, and the result is accurate to the last subnormal on the left.
 */
export function sigmoid<V>(m: Algebra<V>, x: V): V {
  const one = m.float(1);
  const e = expOfNegative(m, m.or(x, signBit(m)));
  const q = m.div(e, m.add(one, e));
  const whole = m.select(m.lt(x, m.float(0)), e, one);
  return m.sub(whole, m.mul(whole, q));
}

/**
 * log(1 + eˣ) = max(x, 0) + log(1 + E), E = e^−|x|; with s = E/(2 + E) ≤ ⅓,
 * log(1 + E) = 2 atanh s = E − s (E − s² T(s²)).
 */
export function softplus<V>(m: Algebra<V>, x: V): V {
  const e = expOfNegative(m, m.or(x, signBit(m)));
  const s = m.div(e, m.add(m.float(2), e));
  const z = m.mul(s, s);
  const tail = m.mul(z, polynomial(m, z, pick(m, softplusTail)));
  const logarithm = m.sub(e, m.mul(s, m.sub(e, tail)));
  return m.add(m.pmax(x, m.float(0)), logarithm);
}
