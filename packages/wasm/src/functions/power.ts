import type { Algebra } from './algebra.ts';
import { ln2, powTail, twoThirds } from './coefficients.ts';
import { type Doubled, exactProduct, fastSum } from './doubled.ts';
import { expOfSum } from './exponential.ts';
import { type ByLane, layoutOf, magnitude, pick, signOf } from './lanes.ts';
import { normalise, splitExponent, toFloat } from './logarithm.ts';
import { polynomial } from './polynomial.ts';

/** Beyond, every power of every float but 1 is 0 or ∞. */
const largestExponent: ByLane<number> = { 64: 2 ** 66, 32: 2 ** 33 };

/** xʸ = e^(y log x), the logarithm to more than 64 (32 bits: 33) bits. x⁰ = 1ʸ = (−1)^±∞ = 1, as IEEE 754 has it. */
export function pow<V>(m: Algebra<V>, x: V, y: V): V {
  const most = m.float(pick(m, largestExponent));
  const exponent = m.pmax(m.pmin(y, most), m.neg(most));
  const log = preciseLog(m, magnitude(m, x));
  const product = exactProduct(m, exponent, log.high);
  const low = m.add(product.low, m.mul(exponent, log.low));
  const inRange = m.lt(magnitude(m, product.high), m.float(2 * layoutOf(m).bias));
  const power = expOfSum(m, product.high, m.and(low, inRange));
  return specialPowers(m, x, y, power);
}

/** log x of x > 0 to twice the precision less a few bits; finite nonsense at 0 and ∞. */
function preciseLog<V>(m: Algebra<V>, x: V): Doubled<V> {
  const normal = normalise(m, x);
  const { mantissa, biased } = splitExponent(m, normal.x);
  const k = m.sub(toFloat(m, biased, layoutOf(m).bias), normal.powers);
  const { s, cubic } = preciseAtanh(m, m.sub(mantissa, m.float(1)));
  const { high, low } = pick(m, ln2);
  const first = fastSum(m, m.mul(k, m.float(high)), m.add(s.high, s.high));
  const second = fastSum(m, first.high, cubic.high);
  const rest = m.add(m.add(s.low, s.low), cubic.low);
  const small = m.add(m.add(first.low, second.low), m.add(m.mul(k, m.float(low)), rest));
  return fastSum(m, second.high, small);
}

/** log(1 + f) = 2s + cubic, s = f/(2 + f), cubic = s³ (⅔ + s² T(s²)): the series of 2 atanh s. */
function preciseAtanh<V>(m: Algebra<V>, f: V): { s: Doubled<V>; cubic: Doubled<V> } {
  const divisor = fastSum(m, m.float(2), f);
  const high = m.div(f, divisor.high);
  const back = exactProduct(m, high, divisor.high);
  const lost = m.sub(m.sub(m.sub(f, back.high), back.low), m.mul(high, divisor.low));
  const s = { high, low: m.div(lost, divisor.high) };
  const z = product(m, s, s);
  const tail = m.mul(z.high, polynomial(m, z.high, pick(m, powTail)));
  const two = pick(m, twoThirds);
  const factor = fastSum(m, m.float(two.high), m.add(tail, m.float(two.low)));
  return { s, cubic: product(m, s, product(m, z, factor)) };
}

function product<V>(m: Algebra<V>, x: Doubled<V>, y: Doubled<V>): Doubled<V> {
  const { high, low } = exactProduct(m, x.high, y.high);
  return { high, low: m.add(low, m.add(m.mul(x.high, y.low), m.mul(x.low, y.high))) };
}

/** `power` is |x|ʸ where that is neither 0 nor ∞ to begin with: puts right those cases, signs and NaN. */
function specialPowers<V>(m: Algebra<V>, x: V, y: V, power: V): V {
  const [zero, one, infinity] = [m.float(0), m.float(1), m.float(Infinity)];
  const size = magnitude(m, x);
  const isZero = m.eq(x, zero);
  const atEnds = m.or(isZero, m.eq(size, infinity));
  const end = m.andNot(infinity, m.xor(isZero, m.lt(y, zero)));
  const half = m.mul(y, m.float(0.5));
  const whole = m.eq(m.trunc(y), y);
  const odd = m.andNot(whole, m.eq(m.trunc(half), half));
  const signed = m.or(m.select(atEnds, end, power), m.and(odd, signOf(m, x)));
  const complex = m.andNot(m.lt(x, zero), m.or(whole, m.eq(size, infinity)));
  const undefinedThere = m.or(complex, m.or(m.ne(x, x), m.ne(y, y)));
  const isOne = m.or(
    m.or(m.eq(y, zero), m.eq(x, one)),
    m.and(m.eq(size, one), m.eq(magnitude(m, y), infinity)),
  );
  return m.select(isOne, one, m.or(signed, undefinedThere));
}
