import type { Algebra } from './algebra.ts';
import { ln2, logTail } from './coefficients.ts';
import { exactSum } from './doubled.ts';
import { type ByLane, layoutOf, pick, signOf } from './lanes.ts';
import { polynomial } from './polynomial.ts';

/** x = 2ᵏ·mantissa, mantissa in [√½, √2). */
interface Split<V> {
  readonly mantissa: V;
  /** k + bias in the low bits. */
  readonly biased: V;
  /** Bits of 2ᵏ·something in [1, 2). */
  readonly bits: V;
}

const rootOfHalf: ByLane<bigint> = { 64: 0x3fe6a09e667f3bcdn, 32: 0x3f3504f3n };

/** Exact for positive normal x; finite nonsense for anything else. */
export function splitExponent<V>(m: Algebra<V>, x: V): Split<V> {
  const { fraction, bias } = layoutOf(m);
  const origin = pick(m, rootOfHalf);
  const bits = m.addBits(x, m.bits((BigInt(bias) << BigInt(fraction)) - origin));
  const inside = m.and(bits, fractionMask(m));
  return {
    mantissa: m.addBits(inside, m.bits(origin)),
    biased: m.shiftRight(bits, fraction),
    bits,
  };
}

function fractionMask<V>(m: Algebra<V>): V {
  return m.bits((1n << BigInt(layoutOf(m).fraction)) - 1n);
}

/** A whole number below 2^fraction held in the low bits, less `subtrahend`, as a float. */
export function toFloat<V>(m: Algebra<V>, biased: V, subtrahend: number): V {
  const unit = 2 ** layoutOf(m).fraction;
  return m.sub(m.or(biased, m.float(unit)), m.float(unit + subtrahend));
}

/**
 * k ln 2 + log(1 + f) + low. With s = f/(2 + f), log(1 + f) = 2 atanh s = f − f²/2 + s (f²/2 + s² T(s²));
 * large terms are added last (the scheme of K. C. Ng, 1986).
 */
function assemble<V>(m: Algebra<V>, k: V, f: V, low: (s: V, z: V) => V | undefined): V {
  const { high, low: small } = pick(m, ln2);
  const s = m.div(f, m.add(m.float(2), f));
  const z = m.mul(s, s);
  const tail = m.mul(z, polynomial(m, z, pick(m, logTail)));
  const half = m.mul(m.mul(f, f), m.float(0.5));
  const correction = low(s, z);
  const fromK = m.mul(k, m.float(small));
  const rest = correction === undefined ? fromK : m.add(fromK, correction);
  const below = m.sub(m.sub(half, m.add(m.mul(s, m.add(half, tail)), rest)), f);
  return m.sub(m.mul(k, m.float(high)), below);
}

/** log x for positive normal x. */
function logOfNormal<V>(m: Algebra<V>, x: V): V {
  const { mantissa, biased } = splitExponent(m, x);
  const k = toFloat(m, biased, layoutOf(m).bias);
  return assemble(m, k, m.sub(mantissa, m.float(1)), () => undefined);
}

/** Not a positive normal finite number. */
function isAbnormal<V>(m: Algebra<V>, x: V): V {
  const normal = m.ge(x, m.float(layoutOf(m).smallestNormal));
  return m.not(m.and(normal, m.lt(x, m.float(Infinity))));
}

/** x ≥ 0 with subnormals scaled up by 2^`powers`, which must be taken off again. */
export interface Normalised<V> {
  readonly x: V;
  readonly powers: V;
}

/** Subnormals times 2⁵⁴ or 2²⁵; anything else as it is. */
export function normalise<V>(m: Algebra<V>, x: V): Normalised<V> {
  const { fraction, bias, smallestNormal } = layoutOf(m);
  const up = fraction + 2;
  const small = m.lt(x, m.float(smallestNormal));
  const toUp = m.bits(BigInt(bias ^ (bias + up)) << BigInt(fraction));
  return {
    x: m.mul(x, m.xor(m.float(1), m.and(small, toUp))),
    powers: m.and(small, m.float(up)),
  };
}

/** log x. Subnormals, 0, ∞, NaN and negative numbers, a quarter of the work, are left to a branch. */
export function log<V>(m: Algebra<V>, x: V): V {
  const [y] = m.rarely(isAbnormal(m, x), [logOfNormal(m, x)], () => [logAnywhere(m, x)]);
  return y!;
}

function logAnywhere<V>(m: Algebra<V>, x: V): V {
  const normal = normalise(m, x);
  const { mantissa, biased } = splitExponent(m, normal.x);
  const k = m.sub(toFloat(m, biased, layoutOf(m).bias), normal.powers);
  const y = assemble(m, k, m.sub(mantissa, m.float(1)), () => undefined);
  const outside = m.andNot(x, m.lt(x, m.float(Infinity)));
  return m.add(belowZero(m, x, y), outside);
}

/** `y`, but −∞ where x = 0 and NaN where x < 0. */
function belowZero<V>(m: Algebra<V>, x: V, y: V): V {
  const zero = m.float(0);
  const atZero = m.sub(y, m.and(m.eq(x, zero), m.float(Infinity)));
  return m.or(atZero, m.lt(x, zero));
}

/**
 * log(1 + x + low) = log u + c/u, where u + c = 1 + x + low and u is 1 + x rounded. With u = 2ᵏ·mantissa,
 * c/u = 2⁻ᵏ c (1 − s)/(1 + s), of which 1 − 2s + 2s² is enough: c is about half a unit of u. Adds `powers` ln 2.
 */
export function logOfOnePlus<V>(m: Algebra<V>, x: V, low?: V, powers?: V): V {
  const { fraction, bias } = layoutOf(m);
  const { high: u, low: lost } = exactSum(m, m.float(1), x);
  const c = low === undefined ? lost : m.add(lost, low);
  const { mantissa, biased, bits } = splitExponent(m, u);
  const twiceInverse = m.subBits(
    m.bits(BigInt(2 * bias + 1) << BigInt(fraction)),
    m.andNot(bits, fractionMask(m)),
  );
  const fromU = toFloat(m, biased, bias);
  const k = powers === undefined ? fromU : m.add(fromU, powers);
  const y = assemble(m, k, m.sub(mantissa, m.float(1)), (s, z) =>
    m.mul(m.mul(c, twiceInverse), m.add(m.sub(z, s), m.float(0.5))),
  );
  const zero = m.float(0);
  const finite = m.lt(x, m.float(Infinity));
  const [result] = m.rarely(m.not(m.and(m.gt(u, zero), finite)), [y], () => [
    m.select(finite, belowZero(m, u, zero), x),
  ]);
  return result!;
}

/** log(1 + x); the sign of x is or-ed in for −0. */
export function log1p<V>(m: Algebra<V>, x: V): V {
  return m.or(logOfOnePlus(m, x), signOf(m, x));
}
