import { erfTail, erfcxScaled } from './coefficients.ts';
import { polynomial } from './arithmetic.ts';
import type { Arithmetic } from './arithmetic.ts';

/** x rounded to multiples of 1/16: its square, and the square's half, are exact up to 2²². */
function coarse<V>(m: Arithmetic<V>, x: V): V {
  return m.mul(m.trunc(m.mul(x, m.number(16))), m.number(1 / 16));
}

/** e^(−x²·scale), scale 1 or ½: of the square of a coarse x, which is exact, times what is left. */
function bell<V>(m: Arithmetic<V>, x: V, scale: number): V {
  const near = coarse(m, x);
  const rest = m.mul(m.sub(near, x), m.add(near, x));
  return m.mul(
    m.exp(m.mul(m.mul(near, near), m.number(-scale))),
    m.exp(m.mul(rest, m.number(scale))),
  );
}

/** e^(a²) erfc a for a ≥ 0: G((a − 4)/(a + 4))/(1 + 2a) (Shepherd & Laframboise 1981), halved so that 2a does not overflow. */
function scaledErfc<V>(m: Arithmetic<V>, a: V): V {
  const four = m.number(4);
  const bounded = m.select(m.lt(a, m.number(2 ** 900)), a, m.number(2 ** 900));
  const t = m.div(m.sub(bounded, four), m.add(bounded, four));
  const half = m.number(0.5);
  const scaled = m.mul(half, polynomial(m, t, erfcxScaled));
  return m.select(m.eq(a, a), m.div(scaled, m.add(half, a)), a);
}

/** x + x P(x²), for |x| ≤ 1. */
function erfNearZero<V>(m: Arithmetic<V>, x: V): V {
  return m.add(x, m.mul(x, polynomial(m, m.mul(x, x), erfTail)));
}

/** From here on erfc underflows; squares are still exact enough. */
const END = 40;

/** erfc a for a ≥ 0. */
function erfcOfPositive<V>(m: Arithmetic<V>, a: V): V {
  const bounded = m.select(m.lt(m.number(END), a), m.number(END), a);
  return m.mul(bell(m, bounded, 1), scaledErfc(m, bounded));
}

export function erfOf<V>(m: Arithmetic<V>, x: V): V {
  const [one, a] = [m.number(1), m.abs(x)];
  const tail = m.sub(one, erfcOfPositive(m, a));
  const signed = m.select(m.lt(x, m.number(0)), m.sub(m.number(0), tail), tail);
  return m.select(m.lt(a, one), erfNearZero(m, x), signed);
}

export function erfcOf<V>(m: Arithmetic<V>, x: V): V {
  const a = m.abs(x);
  const tail = erfcOfPositive(m, a);
  const whole = m.select(m.lt(x, m.number(0)), m.sub(m.number(2), tail), tail);
  return m.select(m.lt(a, m.number(0.5)), nearOne(m, x), whole);
}

/** 1 − erf x for |x| < ½: from ½ on the right, where the first difference is exact. */
function nearOne<V>(m: Arithmetic<V>, x: V): V {
  const product = m.mul(x, polynomial(m, m.mul(x, x), erfTail));
  const half = m.number(0.5);
  const right = m.sub(half, m.add(m.sub(x, half), product));
  const left = m.sub(m.number(1), m.add(x, product));
  return m.select(m.lt(m.number(0.25), x), right, left);
}

/** On the left 2 e^(x²) − erfcx |x|. */
export function erfcxOf<V>(m: Arithmetic<V>, x: V): V {
  const positive = scaledErfc(m, m.abs(x));
  const end = m.number(-END);
  const bounded = m.select(m.lt(x, end), end, x);
  const left = m.sub(m.mul(m.number(2), bell(m, bounded, -1)), positive);
  return m.select(m.lt(x, m.number(0)), left, positive);
}

/** From here on the recurrence is run backwards, which needs (13/x)² steps for 16 digits; below, forwards. */
const BACKWARDS = 1.5;
const STEPS = 80;

/**
 * Fₙ = e^(x²) iⁿerfc x, n ≥ 1, iⁿerfc the n-fold integral from x to ∞: 2n Fₙ = Fₙ₋₂ − 2x Fₙ₋₁ (Olver et al., DLMF 7.18.7),
 * of which Fₙ is the minimal solution, so that the ratios rₖ = Fₖ/Fₖ₋₁ = 1/(2x + 2(k + 1) rₖ₊₁) are stable (Gautschi 1967).
 */
export function erfcxIntegralOf<V>(m: Arithmetic<V>, x: V, n: number): V {
  const isSmall = m.lt(x, m.number(BACKWARDS));
  const bounded = m.select(isSmall, m.number(BACKWARDS), x);
  const first = erfcxOf(m, x);
  // the ratio's limit for many steps and small x
  let [ratio, product] = [m.number(1 / Math.sqrt(2 * (STEPS + n + 2))), first];
  for (let k = STEPS + n; k >= 1; k--) {
    const next = m.add(m.add(bounded, bounded), m.mul(m.number(2 * k + 2), ratio));
    ratio = m.div(m.number(1), next);
    if (k <= n) product = m.mul(product, ratio);
  }
  return m.select(isSmall, forwards(m, x, first, n), product);
}

function forwards<V>(m: Arithmetic<V>, x: V, first: V, n: number): V {
  let [before, now] = [m.number(2 / Math.sqrt(Math.PI)), first];
  const twice = m.add(x, x);
  for (let k = 1; k <= n; k++) {
    const next = m.mul(m.sub(before, m.mul(twice, now)), m.number(1 / (2 * k)));
    [before, now] = [now, next];
  }
  return now;
}

/** ½ erfc(−x/√2), the square of x taken before the factor ½ rounds anything. */
export function ndtrOf<V>(m: Arithmetic<V>, x: V): V {
  const end = m.number(END);
  const size = m.abs(x);
  const bounded = m.select(m.lt(end, size), end, size);
  const a = m.mul(bounded, m.number(Math.SQRT1_2));
  const tail = m.mul(m.mul(m.number(0.5), bell(m, bounded, 0.5)), scaledErfc(m, a));
  const whole = m.select(m.lt(x, m.number(0)), tail, m.sub(m.number(1), tail));
  const near = m.mul(erfNearZero(m, m.mul(x, m.number(Math.SQRT1_2))), m.number(0.5));
  return m.select(m.lt(size, m.number(0.5)), m.add(m.number(0.5), near), whole);
}

/** log(½ erfcx(−x/√2)) − x²/2 on the left, log1p(−Φ(−x)) on the right. */
export function logNdtrOf<V>(m: Arithmetic<V>, x: V): V {
  const half = m.number(0.5);
  const scaled = scaledErfc(m, m.mul(m.abs(x), m.number(Math.SQRT1_2)));
  const left = m.sub(m.log(m.mul(half, scaled)), m.mul(m.mul(x, half), x));
  const right = m.log1p(m.sub(m.number(0), ndtrOf(m, m.sub(m.number(0), x))));
  return m.select(m.lt(x, m.number(0)), left, right);
}
