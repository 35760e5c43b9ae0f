import type { Algebra } from './algebra.ts';
import { erfcOfErf, erfcScaled, erfTail } from './coefficients.ts';
import { type Doubled, exactProduct, exactSum, fastSum } from './doubled.ts';
import { expOfNegative, expOfSum } from './exponential.ts';
import { type ByLane, magnitude, pick, signBit, signOf } from './lanes.ts';
import { polynomial } from './polynomial.ts';

/** (a − c)/(a + c). */
function toUnit<V>(m: Algebra<V>, a: V, c: number): V {
  return m.div(m.sub(a, m.float(c)), m.add(a, m.float(c)));
}

/** From here on erf rounds to 1. */
const erfRange: ByLane<number> = { 64: 6, 32: 4 };

/** erf x = x + x P(x²) up to 1; above, 1 − e^(−a²) H((a − 3)/(a + 3)) of a = |x|. */
export function erf<V>(m: Algebra<V>, x: V): V {
  const one = m.float(1);
  const a = m.pmin(magnitude(m, x), m.float(pick(m, erfRange)));
  const z = m.mul(a, a);
  const small = m.add(a, m.mul(a, polynomial(m, z, pick(m, erfTail))));
  const scaled = polynomial(m, toUnit(m, a, 3), pick(m, erfcOfErf));
  const large = m.sub(one, m.mul(expOfNegative(m, m.xor(z, signBit(m))), scaled));
  return m.or(m.select(m.lt(a, one), small, large), signOf(m, x));
}

/** From here on erfc is 0. */
const erfcRange: ByLane<number> = { 64: 27.3, 32: 10.1 };

/** Centre of the map of [0.45, erfcRange] to a bounded interval. */
const centre: ByLane<number> = { 64: 4, 32: 2 };

/** G((a − c)/(a + c)), whose first coefficient outweighs the rest. */
function scaledErfc<V>(m: Algebra<V>, a: V): Doubled<V> {
  const [first, ...rest] = pick(m, erfcScaled);
  const t = toUnit(m, a, pick(m, centre));
  return fastSum(m, m.float(first ?? 0), m.mul(t, polynomial(m, t, rest)));
}

/** g/(1 + 2a) to twice the precision. */
function ratio<V>(m: Algebra<V>, g: Doubled<V>, a: V): Doubled<V> {
  const divisor = exactSum(m, m.float(1), m.add(a, a));
  const high = m.div(g.high, divisor.high);
  const back = exactProduct(m, high, divisor.high);
  const lost = m.sub(m.sub(g.high, back.high), back.low);
  const rest = m.add(lost, m.sub(g.low, m.mul(high, divisor.low)));
  return { high, low: m.div(rest, divisor.high) };
}

/**
 * erfc x: below ½ of |x|, 1 − erf x without cancellation; above, e^(−a²) G((a − c)/(a + c))/(1 + 2a) of a = |x|
 * (Shepherd & Laframboise 1981), a² carried to twice the precision; 2 minus that on the left.
 */
export function erfc<V>(m: Algebra<V>, x: V): V {
  const a = m.pmin(magnitude(m, x), m.float(pick(m, erfcRange)));
  const z = exactProduct(m, a, a);
  const product = m.mul(x, polynomial(m, z.high, pick(m, erfTail)));
  const near = m.gt(x, m.float(0.25));
  const start = m.and(near, m.float(0.5));
  const small = m.sub(m.select(near, start, m.float(1)), m.add(m.sub(x, start), product));
  const minus = signBit(m);
  const tail = expOfSum(
    m,
    m.xor(z.high, minus),
    m.xor(z.low, minus),
    ratio(m, scaledErfc(m, a), a),
  );
  const large = m.select(m.lt(x, m.float(0)), m.sub(m.float(2), tail), tail);
  return m.select(m.lt(a, m.float(0.5)), small, large);
}
