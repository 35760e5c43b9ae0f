import type { Algebra } from './algebra.ts';
import { exactProduct } from './doubled.ts';
import { type ByLane, layoutOf, magnitude, pick, signOf } from './lanes.ts';

/** Divisors from which on halves of products may overflow, less a margin. */
const largeDivisor: ByLane<number> = { 64: 2 ** 900, 32: 2 ** 100 };

/**
 * x − y·trunc(x/y), exactly, of the sign of x: NaN for y = 0 and for infinite x, and x for infinite y. Quotients that
 * are no exact whole numbers, and the ends of the range, are left to a branch.
 */
export function remainder<V>(m: Algebra<V>, x: V, y: V): V {
  const [a, b] = [magnitude(m, x), magnitude(m, y)];
  const most = m.float(2 ** layoutOf(m).fraction);
  const isCommon = m.and(m.lt(m.div(a, b), most), m.lt(b, m.float(pick(m, largeDivisor))));
  const [rest] = m.rarely(m.not(isCommon), [reduced(m, a, b)], () => [anyRemainder(m, a, b)]);
  return m.xor(rest!, signOf(m, x));
}

/** a mod b for a/b below 2^fraction. A quotient that was rounded up to a whole number is one too large. */
function reduced<V>(m: Algebra<V>, a: V, b: V): V {
  const product = exactProduct(m, m.trunc(m.div(a, b)), b);
  const rest = m.sub(m.sub(a, product.high), product.low);
  return m.add(rest, m.and(b, m.lt(rest, m.float(0))));
}

/** a mod b for all a, b ≥ 0: modulo b·2^(step·k), k falling to 0, each in the middle of the range of exponents. */
function anyRemainder<V>(m: Algebra<V>, a: V, b: V): V {
  const { fraction, bias } = layoutOf(m);
  const step = fraction - 1;
  const [down, up] = [m.float(2 ** -(fraction + 4)), m.float(2 ** (fraction + 4))];
  let rest = a;
  for (let k = Math.ceil((2 * bias + fraction) / step); k >= 0; k--) {
    const divisor = timesPowerOfTwo(m, b, k * step);
    const isLarge = m.gt(divisor, m.float(2 ** (bias / 2)));
    const [into, back] = [m.select(isLarge, down, m.float(1)), m.select(isLarge, up, m.float(1))];
    const next = m.mul(reduced(m, m.mul(rest, into), m.mul(divisor, into)), back);
    rest = m.select(m.ge(rest, divisor), next, rest);
  }
  const defined = m.and(m.lt(a, m.float(Infinity)), m.gt(b, m.float(0)));
  return m.or(m.select(m.eq(b, m.float(Infinity)), a, rest), m.not(m.and(defined, m.eq(b, b))));
}

/** x·2ⁿ, ∞ where that is too large: in factors that are themselves in range. */
function timesPowerOfTwo<V>(m: Algebra<V>, x: V, n: number): V {
  const most = layoutOf(m).bias - 1;
  let y = x;
  for (let left = n; left > 0; left -= most) y = m.mul(y, m.float(2 ** Math.min(left, most)));
  return y;
}
