import {
  digammaOverRoot,
  digammaRoot,
  digammaTail,
  gammalnOverRoots,
  stirlingTail,
  trigammaTail,
} from './coefficients.ts';
import type { Rational } from './coefficients.ts';
import { polynomial } from './arithmetic.ts';
import type { Arithmetic } from './arithmetic.ts';

/** From here on the asymptotic series serve. */
export const LARGE = 8;

const HALF_LOG_TWO_PI = 0.9189385332046728;

export function rational<V>(m: Arithmetic<V>, x: V, { p, q }: Rational): V {
  return m.div(polynomial(m, x, p), polynomial(m, x, q));
}

/** x − (the nearest whole number), exact; 0 at the poles of functions of x < 0, and for huge |x|. */
export function fromWhole<V>(m: Arithmetic<V>, x: V): V {
  return m.sub(x, m.round(x));
}

/** cot πx of r = x − (the nearest whole number), to full relative accuracy at its zeros too. */
export function cotangentOfTurns<V>(m: Arithmetic<V>, r: V): V {
  const size = m.abs(r);
  const isSmall = m.lt(size, m.number(0.25));
  const angle = m.select(isSmall, size, m.sub(m.number(0.5), size));
  const t = m.tan(m.mul(m.number(Math.PI), angle));
  const c = m.select(isSmall, m.div(m.number(1), t), t);
  return m.select(m.lt(r, m.number(0)), m.sub(m.number(0), c), c);
}

/** log Γ(x) − ((x − ½) log x − x + ½ log 2π) for x ≥ 8. */
export function stirlingRest<V>(m: Arithmetic<V>, x: V): V {
  const inverse = m.div(m.number(1), x);
  return m.mul(inverse, polynomial(m, m.mul(inverse, inverse), stirlingTail));
}

/** (x − ½)(log x − 1) + ½ log 2π − ½ + …, x ≥ 8. */
function largeGammaln<V>(m: Arithmetic<V>, x: V): V {
  const half = m.number(0.5);
  const leading = m.mul(m.sub(x, half), m.sub(m.log(x), m.number(1)));
  const constant = m.number(HALF_LOG_TWO_PI - 0.5);
  return m.add(leading, m.add(constant, stirlingRest(m, x)));
}

/** log Γ(2 + u), −¾ ≤ u ≤ ½: zeros at u = 0 and −1 taken out. */
function gammalnNearTwo<V>(m: Arithmetic<V>, u: V): V {
  const slope = m.add(m.number(0.5), rational(m, u, gammalnOverRoots));
  return m.mul(m.mul(u, m.add(m.number(1), u)), slope);
}

/** For −½ < x < 8: brought to [1.25, 2.5) by the recurrence, with one logarithm of all the factors. */
function smallGammaln<V>(m: Arithmetic<V>, x: V): V {
  const one = m.number(1);
  const [below, low] = [m.lt(x, m.number(0.5)), m.lt(x, m.number(1.25))];
  const up = m.select(below, x, m.sub(x, one)); // u with Γ(2 + u) = Γ(x) · argument
  let [rest, factor] = [x, one];
  for (let k = 0; k < LARGE - 2; k++) {
    const isAbove = m.lt(m.number(2.5), rest);
    rest = m.select(isAbove, m.sub(rest, one), rest);
    factor = m.select(isAbove, m.mul(factor, rest), factor);
  }
  const u = m.select(low, up, m.sub(rest, m.number(2)));
  const product = m.mul(m.abs(x), m.add(one, x));
  const argument = m.select(below, product, m.select(low, x, factor));
  const log = m.log(argument);
  const core = gammalnNearTwo(m, u);
  return m.select(low, m.sub(core, log), m.add(core, log));
}

/**
 * log |Γ(x)|: near 2 a rational function between its zeros, elsewhere the recurrence, Stirling's series from 8 on, and
 * on the left the reflection Γ(x) Γ(−x) = −π/(x sin πx). +∞ at the poles.
 */
export function gammalnOf<V>(m: Arithmetic<V>, x: V): V {
  const isLeft = m.lt(x, m.number(-0.5));
  const a = m.select(isLeft, m.abs(x), x);
  const isLarge = m.lt(m.number(LARGE), a);
  const onRight = m.select(isLarge, largeGammaln(m, a), smallGammaln(m, a));
  const sine = m.abs(m.sin(m.mul(m.number(Math.PI), fromWhole(m, x))));
  const ratio = m.div(m.div(m.number(Math.PI), sine), a);
  const reflected = m.sub(m.log(ratio), onRight);
  const isPole = m.and(isLeft, m.eq(m.round(x), x));
  const end = m.number(Infinity);
  return m.select(m.eq(m.abs(x), end), end, selectLeft(m, isLeft, isPole, reflected, onRight));
}

function selectLeft<V>(m: Arithmetic<V>, isLeft: V, isPole: V, left: V, right: V): V {
  return m.select(isPole, m.number(Infinity), m.select(isLeft, left, right));
}

/** log x − 1/(2x) − …, x ≥ 8. */
function largeDigamma<V>(m: Arithmetic<V>, x: V): V {
  const inverse = m.div(m.number(1), x);
  const z = m.mul(inverse, inverse);
  const tail = m.mul(z, polynomial(m, z, digammaTail));
  return m.sub(m.log(x), m.add(m.mul(inverse, m.number(0.5)), tail));
}

/** For −½ < x < 8: ψ(x) = ψ(x + 1) − 1/x, brought to [1, 2), where the zero is taken out. */
function smallDigamma<V>(m: Arithmetic<V>, x: V): V {
  const [zero, one, two] = [m.number(0), m.number(1), m.number(2)];
  let [rest, steps] = [x, zero];
  for (let k = 0; k < LARGE - 2; k++) {
    const isAbove = m.lt(two, rest);
    const next = m.sub(rest, one);
    rest = m.select(isAbove, next, rest);
    steps = m.add(steps, m.select(isAbove, m.div(one, next), zero));
  }
  const isLow = m.lt(x, one);
  const isNegative = m.lt(x, zero);
  const next = m.add(x, one);
  const at = m.select(isNegative, m.add(x, two), m.select(isLow, next, rest));
  const nearRoot = m.sub(m.sub(at, m.number(digammaRoot.high)), m.number(digammaRoot.low));
  const slope = m.add(one, rational(m, m.sub(at, one), digammaOverRoot));
  const core = m.sub(m.mul(nearRoot, slope), m.select(isNegative, m.div(one, next), zero));
  return m.select(isLow, m.sub(core, m.div(one, x)), m.add(core, steps));
}

/** ψ(x); on the left ψ(x) = ψ(−x) − 1/x − π cot πx. −∞ at 0, +∞ at −0, NaN at the other poles and at −∞. */
export function digammaOf<V>(m: Arithmetic<V>, x: V): V {
  const isLeft = m.lt(x, m.number(-0.5));
  const a = m.select(isLeft, m.abs(x), x);
  const onRight = m.select(m.lt(m.number(LARGE), a), largeDigamma(m, a), smallDigamma(m, a));
  const r = fromWhole(m, x);
  const cotangent = m.mul(m.number(Math.PI), cotangentOfTurns(m, r));
  const reflected = m.sub(m.add(onRight, m.div(m.number(1), a)), cotangent);
  const left = m.select(m.eq(r, m.number(0)), m.number(NaN), reflected);
  return m.select(isLeft, left, onRight);
}

/** ψ′(x) for x > 0: 8 terms of Σ 1/(x + k)² and the asymptotic series of the rest, smallest first. */
function positiveTrigamma<V>(m: Arithmetic<V>, x: V): V {
  const [zero, one] = [m.number(0), m.number(1)];
  const isSmall = m.lt(x, m.number(LARGE));
  const at = m.select(isSmall, m.add(x, m.number(LARGE)), x);
  const inverse = m.div(one, at);
  const z = m.mul(inverse, inverse);
  const tail = m.mul(m.mul(inverse, z), polynomial(m, z, trigammaTail));
  let sum = m.add(inverse, m.add(m.mul(z, m.number(0.5)), tail));
  for (let k = LARGE - 1; k >= 0; k--) {
    const term = m.div(one, m.add(x, m.number(k)));
    sum = m.add(sum, m.select(isSmall, m.mul(term, term), zero));
  }
  return sum;
}

/** ψ′(x); on the left π²/sin² πx − ψ′(1 − x). +∞ at the poles. */
export function trigammaOf<V>(m: Arithmetic<V>, x: V): V {
  const isLeft = m.lt(x, m.number(0));
  const onRight = positiveTrigamma(m, m.select(isLeft, m.sub(m.number(1), x), x));
  const r = fromWhole(m, x);
  const ratio = m.div(m.number(Math.PI), m.sin(m.mul(m.number(Math.PI), r)));
  const left = m.sub(m.mul(ratio, ratio), onRight);
  return m.select(isLeft, left, onRight);
}
