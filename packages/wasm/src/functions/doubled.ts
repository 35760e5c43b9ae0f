import type { Algebra } from './algebra.ts';
import { layoutOf } from './lanes.ts';

/** high + low, |low| at most half a unit in the last place of high. */
export interface Doubled<V> {
  readonly high: V;
  readonly low: V;
}

/** x + y exactly, for |x| ≥ |y| or x = 0 (Dekker 1971). */
export function fastSum<V>(m: Algebra<V>, x: V, y: V): Doubled<V> {
  const high = m.add(x, y);
  return { high, low: m.sub(y, m.sub(high, x)) };
}

/** x + y exactly (Knuth, The Art of Computer Programming 2, §4.2.2). */
export function exactSum<V>(m: Algebra<V>, x: V, y: V): Doubled<V> {
  const high = m.add(x, y);
  const y0 = m.sub(high, x);
  return { high, low: m.add(m.sub(x, m.sub(high, y0)), m.sub(y, y0)) };
}

/** x in two halves whose products are exact (Veltkamp 1968); overflows for |x| above 2⁹⁹⁶ (64), 2¹¹⁵ (32). */
export function halves<V>(m: Algebra<V>, x: V): Doubled<V> {
  const t = m.mul(x, m.float(2 ** Math.ceil((layoutOf(m).fraction + 1) / 2) + 1));
  const high = m.sub(t, m.sub(t, x));
  return { high, low: m.sub(x, high) };
}

/** x·y exactly, barring underflow (Dekker 1971). */
export function exactProduct<V>(m: Algebra<V>, x: V, y: V): Doubled<V> {
  const high = m.mul(x, y);
  const a = halves(m, x);
  const b = halves(m, y);
  const outer = m.sub(m.mul(a.high, b.high), high);
  const cross = m.add(m.add(outer, m.mul(a.high, b.low)), m.mul(a.low, b.high));
  return { high, low: m.add(cross, m.mul(a.low, b.low)) };
}
