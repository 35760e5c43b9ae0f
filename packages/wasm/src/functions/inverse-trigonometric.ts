import type { Algebra } from './algebra.ts';
import { asinTail, atanTail, halfPiPair, piPair, threeQuarterPi } from './coefficients.ts';
import { exactProduct, fastSum } from './doubled.ts';
import { type ByLane, magnitude, pick, signBit, signOf } from './lanes.ts';
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
 * The angle of the point (b, a), a, b ≥ 0, less a base of 0, π/4 or π/2: t + t z T, t = a/b for a ≤ b/2, −b/a for a > 2.4 b,
 * (a − b)/(a + b) between.
 */
interface Angle<V> {
  readonly middle: V;
  readonly far: V;
  readonly t: V;
  readonly cubic: V;
}

function angleOf<V>(m: Algebra<V>, a: V, b: V): Angle<V> {
  const middle = m.gt(a, m.mul(b, m.float(0.5)));
  const far = m.gt(a, m.mul(b, m.float(2.4)));
  const numerator = m.select(far, m.neg(b), m.select(middle, m.sub(a, b), a));
  const denominator = m.select(far, a, m.select(middle, m.add(a, b), b));
  const t = m.div(numerator, denominator);
  const z = m.mul(t, t);
  return { middle, far, t, cubic: m.mul(m.mul(t, z), polynomial(m, z, pick(m, atanTail))) };
}

/** atan x: the angle of (1, |x|), and the sign put back. */
export function atan<V>(m: Algebra<V>, x: V): V {
  const { middle, far, t, cubic } = angleOf(m, magnitude(m, x), m.float(1));
  const { high, low } = pick(m, halfPiPair);
  const base = (part: number) => m.select(far, m.float(part), m.and(middle, m.float(part / 2)));
  const sum = fastSum(m, base(high), t);
  const y = m.add(sum.high, m.add(sum.low, m.add(base(low), cubic)));
  return m.or(y, signOf(m, x));
}

/** The angle of (x, y) in [−π, π], of the sign of y; on the axes and at infinity as IEEE 754 has it. */
export function atan2<V>(m: Algebra<V>, y: V, x: V): V {
  const [a, b] = boundedPoint(m, magnitude(m, y), magnitude(m, x));
  const { middle, far, t, cubic } = angleOf(m, a, b);
  const left = m.lt(m.or(signOf(m, x), m.float(1)), m.float(0));
  const [half, quarters, full] = [halfPiPair, threeQuarterPi, piPair].map((p) => pick(m, p));
  const base = (part: 'high' | 'low') => {
    const onLeft = m.select(middle, m.float(quarters![part]), m.float(full![part]));
    const onRight = m.and(middle, m.float(half![part] / 2));
    return m.select(far, m.float(half![part]), m.select(left, onLeft, onRight));
  };
  const flip = m.and(left, signBit(m));
  const sum = fastSum(m, base('high'), m.xor(t, flip));
  const rest = m.add(base('low'), m.xor(cubic, flip));
  return m.or(m.add(sum.high, m.add(sum.low, rest)), signOf(m, y));
}

/** From here on sums may overflow, and the smaller of two numbers loses nothing that shows. */
const hugeCoordinate: ByLane<number> = { 64: 2 ** 1000, 32: 2 ** 100 };

/** (a, b) ≥ 0 on the same ray, out of reach of overflow: the origin goes to angle 0, (∞, ∞) to (1, 1). */
function boundedPoint<V>(m: Algebra<V>, a: V, b: V): readonly [V, V] {
  const one = m.float(1);
  const infinity = m.float(Infinity);
  const same = m.and(m.eq(a, b), m.or(m.eq(a, infinity), m.eq(a, m.float(0))));
  const huge = m.gt(m.pmax(a, b), m.float(pick(m, hugeCoordinate)));
  const scale = m.select(huge, m.float(0.25), one);
  const first = m.select(m.and(same, m.eq(a, infinity)), one, m.mul(a, scale));
  return [first, m.select(same, one, m.mul(b, scale))];
}
