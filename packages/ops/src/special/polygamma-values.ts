import { polynomial } from './arithmetic.ts';
import type { Arithmetic } from './arithmetic.ts';
import { eulerMaclaurin } from './coefficients.ts';
import { cotangentOfTurns, fromWhole } from './gamma-values.ts';

/** Up to here powers are products: they round less than s/2 + 1 units, and expressions stay short. */
export const LARGEST_PRODUCT = 8;

/** n!/x^(n+1) with n! and the power scaled by cⁿ⁺¹, c a power of two near n!^(1/(n+1)), so that neither leaves the range. */
interface Scaled {
  readonly c: number;
  /** n!/cⁿ⁺¹. */
  readonly factor: number;
}

function scaleOf(n: number): Scaled {
  let logFactorial = 0;
  for (let j = 2; j <= n; j++) logFactorial += Math.log2(j);
  const c = 2 ** Math.round(logFactorial / (n + 1));
  let factor = 1 / c;
  for (let j = 1; j <= n; j++) factor *= j / c;
  return { c, factor };
}

function power<V>(m: Arithmetic<V>, x: V, s: number): V {
  if (s > LARGEST_PRODUCT) return m.pow(x, m.number(s));
  let result: V | undefined;
  let square = x;
  for (let rest = s; rest > 0; rest >>= 1) {
    if (rest & 1) result = result === undefined ? square : m.mul(result, square);
    square = m.mul(square, square);
  }
  return result ?? m.number(1);
}

/** πˢ, by products: the powers of engines differ. */
function powerOfPi(s: number): number {
  let result = 1;
  for (let k = 0; k < s; k++) result *= Math.PI;
  return result;
}

/** Σ_{k ≥ 0} (z + k)^−s over z^(1−s): 1/(s − 1) + 1/2z + Σⱼ B₂ⱼ/(2j)! s(s + 1)…(s + 2j − 2) z^−2j. */
function tailOf<V>(m: Arithmetic<V>, z: V, s: number): V {
  let rising = s;
  const coefficients = eulerMaclaurin.map((b, i) => {
    const coefficient = b * rising;
    rising *= (s + 2 * i + 1) * (s + 2 * i + 2);
    return coefficient;
  });
  const inverse = m.div(m.number(1), z);
  const terms = m.mul(inverse, polynomial(m, m.mul(inverse, inverse), coefficients));
  return m.add(m.number(1 / (s - 1)), m.mul(inverse, m.add(m.number(0.5), terms)));
}

/** n! ζ(n + 1, x), x > 0: n + 10 terms, smallest first after the formula of Euler and Maclaurin for the rest. */
function scaledZeta<V>(m: Arithmetic<V>, x: V, n: number): V {
  const terms = n + 10;
  const { c, factor } = scaleOf(n);
  const isSmall = m.lt(x, m.number(terms));
  const termAt = (z: V): V => m.div(m.number(factor), power(m, m.mul(z, m.number(1 / c)), n + 1));
  const z = m.select(isSmall, m.add(x, m.number(terms)), x);
  // n!/zⁿ, which leaves the range where the sum does
  const first = m.div(m.number(factor * c), power(m, m.mul(z, m.number(1 / c)), n));
  let sum = m.mul(first, tailOf(m, z, n + 1));
  for (let k = terms - 1; k >= 0; k--) {
    const term = termAt(k === 0 ? x : m.add(x, m.number(k))); // −0 stays −0
    sum = m.add(sum, m.select(isSmall, term, m.number(0)));
  }
  return sum;
}

/** R with (d/dx)ⁿ cot x = (−1)ⁿ R(cot x): R₀ = c, Rₖ₊₁ = (1 + c²) Rₖ′, all coefficients ≥ 0. */
function cotangentPolynomial(n: number): readonly number[] {
  let r: readonly number[] = [0, 1];
  for (let k = 0; k < n; k++) {
    const slope = r.map((c, i) => c * i).slice(1);
    r = [...slope, 0, 0].map((c, i) => c + (slope[i - 2] ?? 0));
  }
  return r;
}

/**
 * ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! ζ(n + 1, x), n ≥ 2; on the left by reflection, −(d/dx)ⁿ π cot πx + (−1)ⁿ ψ⁽ⁿ⁾(1 − x). At the poles
 * +∞ for odd n and NaN for even n, where the sides differ.
 */
export function polygammaOf<V>(m: Arithmetic<V>, x: V, n: number): V {
  const isOdd = n % 2 === 1;
  const isLeft = m.lt(x, m.number(0));
  const zeta = scaledZeta(m, m.select(isLeft, m.sub(m.number(1), x), x), n);
  const onRight = isOdd ? zeta : m.sub(m.number(0), zeta);
  const r = fromWhole(m, x);
  const cotangent = cotangentOfTurns(m, r);
  const bend = powerOfPi(n + 1) * (isOdd ? 1 : -1);
  const derivative = m.mul(m.number(bend), polynomial(m, cotangent, cotangentPolynomial(n)));
  const left = m.sub(derivative, zeta);
  const atPole = m.number(isOdd ? Infinity : NaN);
  return m.select(isLeft, m.select(m.eq(r, m.number(0)), atPole, left), onRight);
}
