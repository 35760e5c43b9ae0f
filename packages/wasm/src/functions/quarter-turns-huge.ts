import type { Algebra } from './algebra.ts';
import { halfPiPair, twoOverPi } from './coefficients.ts';
import { exactProduct, fastSum } from './doubled.ts';
import { layoutOf, magic, magnitude, pick, signOf } from './lanes.ts';
import type { QuarterTurns } from './quarter-turns.ts';

/** Digits of x, and columns of the product with 2/π below the units, that are kept. */
const pieces = 4;
const columns = 7;

/**
 * x = k π/2 + high − low for any |x| above `reductionLimit`, by exact multiplication with as many digits of 2/π as
 * matter at the exponent of x (Payne & Hanek 1983). In base 2^W (W = 24 for 64 bits, 11 for 32) products of
 * digits and their sums are exact floats; digits of 2/π that contribute whole turns are never touched.
 */
export function reduceHuge<V>(m: Algebra<V>, x: V): QuarterTurns<V> {
  const { width, digits } = pick(m, twoOverPi);
  const size = magnitude(m, x);
  const { fraction, bias } = layoutOf(m);
  const unit = 2 ** fraction;
  const exponent = m.sub(
    m.or(m.shiftRight(size, fraction), m.float(unit)),
    m.float(unit + bias + fraction),
  );
  const q = m.floor(m.mul(m.add(exponent, m.float(0.5)), m.float(1 / width)));
  const window = slideTo(m, m.add(q, m.float(2)), digits);
  const power = m.add(m.mul(q, m.float(-width)), m.float(magic(m) + bias));
  const scaled = m.mul(size, m.shiftLeft(power, fraction));
  const product = productColumns(m, digitsOf(m, scaled, width), window);
  return turnsFrom(m, carry(m, product, width), width, signOf(m, x));
}

/** `pieces + columns` digits from number `start` (a small whole number) on: a barrel shifter. */
function slideTo<V>(m: Algebra<V>, start: V, digits: readonly number[]): V[] {
  const keep = pieces + columns;
  const bits = m.add(start, m.float(magic(m)));
  let row = digits.map((digit) => m.float(digit));
  for (let b = Math.ceil(Math.log2(digits.length - keep + 1)) - 1; b >= 0; b--) {
    const step = 2 ** b;
    const bit = m.and(m.shiftRight(bits, b), m.bits(1n));
    const mask = m.subBits(m.bits(0n), bit);
    const zero = m.float(0);
    row = row
      .slice(0, keep + step - 1)
      .map((digit, i) => m.select(mask, row[i + step] ?? zero, digit));
  }
  return row;
}

/** A whole number as digits in base 2^width, lowest first. */
function digitsOf<V>(m: Algebra<V>, x: V, width: number): V[] {
  const found: V[] = [];
  let rest = x;
  for (let place = pieces - 1; place > 0; place--) {
    const digit = m.floor(m.mul(rest, m.float(2 ** (-width * place))));
    rest = m.sub(rest, m.mul(digit, m.float(2 ** (width * place))));
    found.unshift(digit);
  }
  return [rest, ...found];
}

/** Column c has the weight 2^(−width·c); column 0 counts quarter turns. */
function productColumns<V>(m: Algebra<V>, x: readonly V[], window: readonly V[]): V[] {
  return Array.from({ length: columns + 1 }, (_, c) =>
    x.map((digit, j) => m.mul(digit, window[c + j] ?? m.float(0))).reduce((a, b) => m.add(a, b)),
  );
}

function carry<V>(m: Algebra<V>, product: readonly V[], width: number): V[] {
  const [down, up] = [m.float(2 ** -width), m.float(2 ** width)];
  const out: V[] = [];
  let above: V | undefined;
  for (const column of product.toReversed()) {
    const sum = above === undefined ? column : m.add(column, above);
    above = m.floor(m.mul(sum, down));
    out.unshift(m.sub(sum, m.mul(above, up)));
  }
  return out;
}

/** Round to the nearest quarter turn, join the digits of what is left and multiply by π/2. */
function turnsFrom<V>(
  m: Algebra<V>,
  digits: readonly V[],
  width: number,
  sign: V,
): QuarterTurns<V> {
  const [turns, d1, d2, d3, d4, d5, d6] = digits;
  if (!turns || !d1 || !d2 || !d3 || !d4 || !d5 || !d6) throw new RangeError('Too few columns');
  const over = m.ge(d1, m.float(2 ** (width - 1)));
  const k = m.add(turns, m.and(over, m.float(1)));
  const first = m.sub(d1, m.and(over, m.float(2 ** width)));
  const join = (a: V, b: V, place: number) =>
    m.add(m.mul(a, m.float(2 ** (-width * (place - 1)))), m.mul(b, m.float(2 ** (-width * place))));
  const upper = fastSum(m, join(first, d2, 2), join(d3, d4, 4));
  const part = fastSum(m, upper.high, m.add(upper.low, join(d5, d6, 6)));
  const { high, low } = pick(m, halfPiPair);
  const main = exactProduct(m, part.high, m.float(high));
  const small = m.add(m.mul(part.high, m.float(low)), m.mul(part.low, m.float(high)));
  const minus = m.float(-0);
  return {
    bits: m.add(m.xor(k, sign), m.float(magic(m))),
    high: m.xor(main.high, sign),
    low: m.xor(m.add(main.low, small), m.xor(sign, minus)),
  };
}
