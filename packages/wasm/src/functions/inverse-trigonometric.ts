import type { Algebra } from './algebra.ts';
import { asinTail, atanTail, halfPiPair, piPair } from './coefficients.ts';
import { exactProduct, fastSum } from './doubled.ts';
import { magnitude, pick, signBit, signOf } from './lanes.ts';
import { polynomial } from './polynomial.ts';

/** asin a = s + s z T for a ≤ ½; π/2 − 2 (s + s z T + low) above, where s + low = √((1 − a)/2). */
interface HalfAngle<V> {
  readonly large: V;
  readonly s: V;
  /** s z T + low. */
  readonly rest: V;
}

function halfAngle<V>(m: Algebra<V>, a: V): HalfAngle<V> {
  const half = m.float(0.5);
  const large = m.gt(a, half);
  const z = m.select(large, m.mul(m.sub(m.float(1), a), half), m.mul(a, a));
  const root = m.sqrt(z);
  const s = m.select(large, root, a);
  const square = exactProduct(m, root, root);
  const error = m.sub(m.sub(z, square.high), square.low);
  const low = m.and(m.div(error, m.add(root, root)), m.and(large, m.gt(root, m.float(0))));
  const tail = m.mul(z, polynomial(m, z, pick(m, asinTail)));
  return { large, s, rest: m.add(m.mul(s, tail), low) };
}

/** asin x; NaN outside [−1, 1]. */
export function asin<V>(m: Algebra<V>, x: V): V {
  const { large, s, rest } = halfAngle(m, magnitude(m, x));
  const right = pick(m, halfPiPair);
  const sum = fastSum(m, m.float(right.high), m.mul(s, m.float(-2)));
  const below = m.add(sum.low, m.sub(m.float(right.low), m.add(rest, rest)));
  const y = m.select(large, m.add(sum.high, below), m.add(s, rest));
  return m.xor(y, signOf(m, x));
}

/** acos x = π/2 − asin x for |x| ≤ ½, 2 (s + …) above and π − 2 (s + …) below; NaN outside [−1, 1]. */
export function acos<V>(m: Algebra<V>, x: V): V {
  const { large, s, rest } = halfAngle(m, magnitude(m, x));
  const negative = m.lt(x, m.float(0));
  const [half, full] = [pick(m, halfPiPair), pick(m, piPair)];
  const base = (part: 'high' | 'low') =>
    m.select(large, m.and(negative, m.float(full[part])), m.float(half[part]));
  const flip = m.xor(signOf(m, x), m.andNot(signBit(m), large));
  const signed = (v: V) => m.xor(m.select(large, m.add(v, v), v), flip);
  const sum = fastSum(m, base('high'), signed(s));
  return m.add(sum.high, m.add(sum.low, m.add(base('low'), signed(rest))));
}

/**
 * atan x: with a = |x|, of a itself up to ½, π/4 + atan((a − 1)/(a + 1)) up to 2.4, π/2 − atan(1/a) beyond.
 */
export function atan<V>(m: Algebra<V>, x: V): V {
  const one = m.float(1);
  const a = magnitude(m, x);
  const middle = m.gt(a, m.float(0.5));
  const far = m.gt(a, m.float(2.4));
  const numerator = m.select(far, m.float(-1), m.select(middle, m.sub(a, one), a));
  const denominator = m.select(far, a, m.select(middle, m.add(a, one), one));
  const t = m.div(numerator, denominator);
  const z = m.mul(t, t);
  const cubic = m.mul(m.mul(t, z), polynomial(m, z, pick(m, atanTail)));
  const { high, low } = pick(m, halfPiPair);
  const base = (part: number) => m.select(far, m.float(part), m.and(middle, m.float(part / 2)));
  const sum = fastSum(m, base(high), t);
  const y = m.add(sum.high, m.add(sum.low, m.add(base(low), cubic)));
  return m.or(y, signOf(m, x));
}
