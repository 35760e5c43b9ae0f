import type { Arithmetic } from './arithmetic.ts';
import { gammalnOf, LARGE, stirlingRest } from './gamma-values.ts';

const HALF_LOG_TWO_PI = 0.9189385332046728;

/** log Γ(q) − log Γ(p + q) + p log q for q ≥ 8, p > 0: Stirling's formula with what cancels left out. */
function ratioRest<V>(m: Arithmetic<V>, p: V, q: V): V {
  const sum = m.add(p, q);
  const log = m.log1p(m.div(p, q));
  const power = m.mul(m.sub(sum, m.number(0.5)), log);
  return m.add(m.sub(p, power), m.sub(stirlingRest(m, q), stirlingRest(m, sum)));
}

/** log B(p, q) for 8 ≤ p ≤ q. */
function bothLarge<V>(m: Arithmetic<V>, p: V, q: V): V {
  const [half, sum] = [m.number(0.5), m.add(p, q)];
  const rests = m.sub(m.add(stirlingRest(m, p), stirlingRest(m, q)), stirlingRest(m, sum));
  const first = m.mul(m.sub(p, half), m.log(m.div(p, sum)));
  const second = m.mul(q, m.log1p(m.div(p, q)));
  const small = m.sub(m.add(m.number(HALF_LOG_TWO_PI), rests), m.mul(half, m.log(q)));
  return m.add(m.sub(first, second), small);
}

/**
 * log |B(a, b)| = log |Γ(a) Γ(b)/Γ(a + b)|. Where one argument is large its logarithms of Γ cancel, and the difference is
 * taken of their Stirling series (DiDonato & Morris 1992, section 4).
 */
export function betalnOf<V>(m: Arithmetic<V>, a: V, b: V): V {
  const isOrdered = m.lt(a, b);
  const [p, q] = [m.select(isOrdered, a, b), m.select(isOrdered, b, a)];
  const large = m.number(LARGE);
  const isPositive = m.lt(m.number(0), p);
  const gammaln = gammalnOf(m, p);
  const oneLarge = m.add(m.sub(gammaln, m.mul(p, m.log(q))), ratioRest(m, p, q));
  const small = m.sub(m.add(gammaln, gammalnOf(m, q)), gammalnOf(m, m.add(p, q)));
  const far = m.select(m.lt(p, large), oneLarge, bothLarge(m, p, q));
  const isFar = m.and(isPositive, m.lt(large, q));
  const end = m.and(isPositive, m.eq(q, m.number(Infinity)));
  return m.select(end, m.number(-Infinity), m.select(isFar, far, small));
}
