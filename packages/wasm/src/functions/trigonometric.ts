import type { Algebra } from './algebra.ts';
import { cosTail, sinTail } from './coefficients.ts';
import { magnitude, pick, signBit, signOf } from './lanes.ts';
import { fastSum } from './doubled.ts';
import { polynomial } from './polynomial.ts';
import {
  type QuarterTurns,
  reduceByHalfPi,
  reduceRoughly,
  reductionLimit,
} from './quarter-turns.ts';
import { reduceHuge } from './quarter-turns-huge.ts';

/** sin and cos of the remainder, before the quadrant decides which is which and of which sign. */
interface Kernels<V> {
  readonly sin: V;
  readonly cos: V;
}

/**
 * sin r = r + r³ S(r²) and cos r = 1 − r²/2 + r⁴ C(r²) of r = high − low, with the first-order effect of low.
 * The grouping keeps −0, and adds the largest terms last.
 */
function kernels<V>(m: Algebra<V>, { high, low }: QuarterTurns<V>): Kernels<V> {
  const one = m.float(1);
  const z = m.mul(high, high);
  const half = m.mul(z, m.float(0.5));
  const near = m.sub(one, half);
  const cubic = m.mul(m.mul(high, z), polynomial(m, z, pick(m, sinTail)));
  const quartic = m.mul(m.mul(z, z), polynomial(m, z, pick(m, cosTail)));
  const lost = m.sub(m.sub(one, near), half);
  return {
    sin: m.sub(high, m.sub(m.mul(low, near), cubic)),
    cos: m.add(near, m.add(lost, m.add(quartic, m.mul(high, low)))),
  };
}

/** The same of the remainder alone, in 32 bits: below 2 units in the last place, a quarter cheaper. */
function roughKernels<V>(m: Algebra<V>, r: V): Kernels<V> {
  const z = m.mul(r, r);
  const one = m.float(1);
  const quartic = m.mul(m.mul(z, z), polynomial(m, z, pick(m, cosTail)));
  const near = m.sub(one, m.mul(z, m.float(0.5)));
  const slope = m.add(one, m.mul(z, polynomial(m, z, pick(m, sinTail))));
  return { sin: m.mul(r, slope), cos: m.add(near, quartic) };
}

/** All ones where k is odd. */
function oddMask<V>(m: Algebra<V>, bits: V): V {
  return m.subBits(m.bits(0n), m.and(bits, m.bits(1n)));
}

/** Bit 1 of `bits`, moved to the sign. */
function signFrom<V>(m: Algebra<V>, bits: V): V {
  return m.shiftLeft(m.and(bits, m.bits(2n)), m.lane - 2);
}

/** A remainder of quarter turns, and what sin and cos of it are. */
interface Turned<V> {
  readonly bits: V;
  readonly of: Kernels<V>;
}

function sinOf<V>(m: Algebra<V>, { bits, of }: Turned<V>): V {
  return m.xor(m.select(oddMask(m, bits), of.cos, of.sin), signFrom(m, bits));
}

function cosOf<V>(m: Algebra<V>, { bits, of }: Turned<V>): V {
  const sign = signFrom(m, m.addBits(bits, m.bits(1n)));
  return m.xor(m.select(oddMask(m, bits), of.sin, of.cos), sign);
}

/** Where the common reduction does not reach: beyond about 51 000 (64) or 3200 (32), ±∞ and NaN. */
function isHugeAngle<V>(m: Algebra<V>, x: V): V {
  return m.not(m.le(magnitude(m, x), m.float(pick(m, reductionLimit))));
}

/** The remainder of any argument; the reduction of huge ones is long and rarely needed. */
function reduceAny<V>(m: Algebra<V>, x: V): QuarterTurns<V> {
  const near = reduceByHalfPi(m, x);
  const common = [near.bits, near.high, near.low];
  const [bits, high, low] = m.rarely(isHugeAngle(m, x), common, () => {
    const far = reduceHuge(m, x);
    return [far.bits, far.high, far.low];
  });
  return { bits: bits!, high: high!, low: low! };
}

function turned<V>(m: Algebra<V>, x: V): Turned<V> {
  if (m.lane === 64) {
    const turns = reduceAny(m, x);
    return { bits: turns.bits, of: kernels(m, turns) };
  }
  const near = reduceRoughly(m, x);
  const [bits, r] = m.rarely(isHugeAngle(m, x), [near.bits, near.high], () => {
    const far = reduceHuge(m, x);
    return [far.bits, m.sub(far.high, far.low)];
  });
  return { bits: bits!, of: roughKernels(m, r!) };
}

/** sin x. It and cos x of one argument share all but their last six instructions. */
export function sin<V>(m: Algebra<V>, x: V): V {
  return sinOf(m, turned(m, x));
}

/** cos x; see `sin`. */
export function cos<V>(m: Algebra<V>, x: V): V {
  return cosOf(m, turned(m, x));
}

/** sin and cos of the remainder as sums, for a quotient that is rounded only at the end. */
function tanOf<V>(m: Algebra<V>, turns: QuarterTurns<V>): V {
  const one = m.float(1);
  const { high, low, bits } = turns;
  const z = m.mul(high, high);
  const half = m.mul(z, m.float(0.5));
  const near = m.sub(one, half);
  const lost = m.sub(m.sub(one, near), half);
  const cubic = m.mul(m.mul(high, z), polynomial(m, z, pick(m, sinTail)));
  const quartic = m.mul(m.mul(z, z), polynomial(m, z, pick(m, cosTail)));
  const sine = fastSum(m, high, m.sub(cubic, m.mul(low, near)));
  const cosine = fastSum(m, near, m.add(lost, m.add(quartic, m.mul(high, low))));
  const odd = oddMask(m, bits);
  const above = m.select(odd, cosine.high, sine.high);
  const below = m.select(odd, sine.high, cosine.high);
  const aboveLow = m.select(odd, cosine.low, sine.low);
  const belowLow = m.select(odd, sine.low, cosine.low);
  const quotient = m.div(above, below);
  const rest = m.div(m.sub(aboveLow, m.mul(quotient, belowLow)), below);
  return m.xor(m.add(quotient, rest), m.and(odd, signBit(m)));
}

/** tan x: of |x|, and the sign put back, for −0. */
export function tan<V>(m: Algebra<V>, x: V): V {
  return m.xor(tanOf(m, reduceAny(m, magnitude(m, x))), signOf(m, x));
}
