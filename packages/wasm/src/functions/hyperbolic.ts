import type { Algebra } from './algebra.ts';
import { ln2, sinhTail, tanhTail } from './coefficients.ts';
import { fastSum, exactSum } from './doubled.ts';
import { halfExp } from './exponential.ts';
import { type ByLane, layoutOf, magic, magnitude, pick, signOf } from './lanes.ts';
import { logOfOnePlus } from './logarithm.ts';
import { polynomial } from './polynomial.ts';

/** From `most` on tanh rounds to 1. */
const tanhRange: ByLane<number> = { 64: 22, 32: 10 };

/** Below, the series of tanh is used as it stands. */
const smallTanh: ByLane<number> = { 64: 0.94, 32: 0.6 };

/** tanh x of a = |x| = k (ln 2)/2 + u; the sign is or-ed in, for −0 too. */
export function tanh<V>(m: Algebra<V>, x: V): V {
  const a = m.pmin(magnitude(m, x), m.float(pick(m, tanhRange)));
  return m.or(tanhOfPositive(m, a), signOf(m, x));
}

/**
 * With tanh u = P/B, P = u (B − u² C): tanh a = 1 − (B − P)/D, D = 2ᵏ⁻¹ (B + P) + ½ (B − P). For small a, k is
 * set to 0, D is B and tanh a = u − u³ C/B. One division either way, and the quotient is the small part of a sum.
 */
function tanhOfPositive<V>(m: Algebra<V>, a: V): V {
  const one = m.float(1);
  const large = m.ge(a, m.float(pick(m, smallTanh)));
  const { u, scale } = reduceByHalfLn2(m, a, large);
  const z = m.mul(u, u);
  const { p, q } = pick(m, tanhTail);
  const b = m.add(one, m.mul(z, polynomial(m, z, q.slice(1))));
  const ub = m.mul(u, b);
  const negated = p.map((c) => -c);
  const cubic = m.mul(u, m.mul(z, polynomial(m, z, negated)));
  const above = m.sub(ub, cubic);
  const rest = m.sub(b, above);
  const d = m.add(m.mul(m.add(b, above), scale), m.mul(rest, m.float(0.5)));
  const quotient = m.div(m.select(large, rest, cubic), m.select(large, d, b));
  return m.sub(m.select(large, one, u), quotient);
}

/** a = k (ln 2)/2 + u, with k = 0 outside the mask; `scale` is 2ᵏ⁻¹. */
function reduceByHalfLn2<V>(m: Algebra<V>, a: V, mask: V): { u: V; scale: V } {
  const { high, low } = pick(m, ln2);
  const { fraction, bias } = layoutOf(m);
  const shift = m.float(magic(m) + bias - 1);
  const product = m.mul(m.and(a, mask), m.float(2 * Math.LOG2E));
  const bits = m.add(product, shift);
  const k = m.sub(bits, shift);
  const left = m.sub(a, m.mul(k, m.float(high / 2)));
  const u = m.sub(left, m.mul(k, m.float(low / 2)));
  return { u, scale: m.shiftLeft(bits, fraction) };
}

/** sinh x = E − ¼/E, E = e^|x|/2; below 1 the series x + x³ S(x²). */
export function sinh<V>(m: Algebra<V>, x: V): V {
  const a = magnitude(m, x);
  const e = halfExp(m, a);
  const large = m.sub(e, m.div(m.float(0.25), e));
  const z = m.mul(a, a);
  const small = m.add(a, m.mul(m.mul(a, z), polynomial(m, z, pick(m, sinhTail))));
  return m.or(m.select(m.lt(a, m.float(1)), small, large), signOf(m, x));
}

/** cosh x = E + ¼/E, E = e^|x|/2. */
export function cosh<V>(m: Algebra<V>, x: V): V {
  const e = halfExp(m, magnitude(m, x));
  return m.add(e, m.div(m.float(0.25), e));
}

/** From here on √(x² ± 1) is x, and squares may overflow. */
const hugeArgument: ByLane<number> = { 64: 2 ** 60, 32: 2 ** 30 };

/** log(1 + x + y), or log 2x where x is huge: y ≥ 0 must not exceed x there, and may be NaN. */
function logOfSumOrTwice<V>(m: Algebra<V>, huge: V, x: V, y: V): V {
  const { high, low } = exactSum(m, x, y);
  const sum = m.select(huge, x, high);
  return logOfOnePlus(m, sum, m.andNot(low, huge), m.and(huge, m.float(1)));
}

/** asinh x = log(1 + a + a²/(1 + √(a² + 1))), a = |x|. */
export function asinh<V>(m: Algebra<V>, x: V): V {
  const one = m.float(1);
  const a = magnitude(m, x);
  const z = m.mul(a, a);
  const rest = m.div(z, m.add(one, m.sqrt(m.add(z, one))));
  const huge = m.gt(a, m.float(pick(m, hugeArgument)));
  return m.or(logOfSumOrTwice(m, huge, a, rest), signOf(m, x));
}

/** acosh x = log(1 + t + √(t (t + 2))), t = x − 1, which is exact where it matters. */
export function acosh<V>(m: Algebra<V>, x: V): V {
  const one = m.float(1);
  const t = m.sub(x, one);
  const root = m.sqrt(m.mul(t, m.add(t, m.float(2))));
  const huge = m.gt(x, m.float(pick(m, hugeArgument)));
  return m.or(logOfSumOrTwice(m, huge, t, root), m.lt(x, one));
}

/** atanh x = ½ log(1 + 2a/(1 − a)), a = |x|, with what rounding takes from 1 − a. */
export function atanh<V>(m: Algebra<V>, x: V): V {
  const a = magnitude(m, x);
  const rest = fastSum(m, m.float(1), m.xor(a, m.float(-0)));
  const w = m.div(m.add(a, a), rest.high);
  const lost = m.div(m.mul(w, rest.low), rest.high);
  const low = m.xor(m.and(lost, m.lt(a, m.float(1))), m.float(-0));
  return m.or(m.mul(logOfOnePlus(m, w, low), m.float(0.5)), signOf(m, x));
}
