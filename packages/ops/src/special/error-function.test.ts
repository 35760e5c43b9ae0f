import { describe, expect, it } from '@jest/globals';
import { constant } from '@cotangent/graph';
import { dtypeFor, expectExact, expectValues, valueAt } from '../../test/elementwise.ts';
import { evaluate } from '../../test/evaluate.ts';
import { erfcxIntegral } from './error-function.ts';
import { erf, erfc, erfcx, logNdtr, ndtr } from './index.ts';

// Expected values: 60-digit arithmetic, rounded to double. Dense samples: packages/wasm/test/accuracy.test.ts.

describe('erf, erfc, erfcx', () => {
  it('have the values of the functions', () => {
    expectValues(erf, [
      [-3, -0.9999779095030014],
      [-0.5, -0.5204998778130465],
      [1e-10, 1.1283791670955126e-10],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
    ]);
    expectValues(erfc, [
      [-1, 1.8427007929497148],
      [0.25, 0.7236736098317631],
      [0.75, 0.28884436634648486],
      [5, 1.537459794428035e-12],
      [26.5, 2.2109076642637343e-307],
    ]);
    expectValues(erfcx, [
      [-5, 144009798674.66104],
      [-0.25, 1.358642370104722],
      [0.5, 0.6156903441929259],
      [50, 0.011281536265323773],
      [1e6, 5.641895835474742e-7],
    ]);
  });

  it('take their limits', () => {
    expectExact(erf, [
      [Infinity, 1],
      [-Infinity, -1],
      [NaN, NaN],
    ]);
    expectExact(erfc, [
      [Infinity, 0],
      [-Infinity, 2],
      [NaN, NaN],
    ]);
    expectExact(erfcx, [
      [-Infinity, Infinity],
      [-27, Infinity],
      [NaN, NaN],
    ]);
    expect(valueAt(erfcx, Infinity)).toBeLessThan(1e-200);
    expect(valueAt(erf, -0)).toBe(-0);
  });

  it('are floating for integers', () => {
    expect(dtypeFor(erf, 'int32')).toBe('float64');
    expect(dtypeFor(ndtr, 'bool')).toBe('float32');
  });
});

describe('erfcx', () => {
  it('is 1/(x √π) up to the largest number', () => {
    const want = 1 / Math.sqrt(Math.PI) / Number.MAX_VALUE;
    expectValues(erfcx, [[Number.MAX_VALUE, want]]);
  });
});

describe('ndtr, logNdtr', () => {
  it('have the values of the functions, in both tails', () => {
    expectValues(ndtr, [
      [-37, 5.725571222524577e-300],
      [-5, 2.866515718791939e-7],
      [-0.25, 0.4012936743170763],
      [0.5, 0.6914624612740131],
      [3, 0.9986501019683699],
    ]);
    expectValues(logNdtr, [
      [-100, -5005.524208694205],
      [-20, -203.91715537109727],
      [-1, -1.8410216450092636],
      [0.5, -0.3689464152886564],
      [6, -9.865876455243758e-10],
    ]);
  });

  it('take their limits', () => {
    expectExact(ndtr, [
      [-Infinity, 0],
      [-40, 0],
      [Infinity, 1],
      [NaN, NaN],
    ]);
    expectExact(logNdtr, [
      [-Infinity, -Infinity],
      [Infinity, 0],
      [NaN, NaN],
    ]);
  });
});

describe('erfcxIntegral', () => {
  // Expected: e^(x²) times the n-fold integral of erfc from x to ∞, 60-digit arithmetic.
  const at = (n: number, x: number): number =>
    evaluate(erfcxIntegral(constant(x, { dtype: 'float64' }), { n })).item();

  it.each([
    [1, -2, 218.4459983635037],
    [1, 0, 0.5641895835477563],
    [1, 1.25, 0.10441093798230493],
    [1, 1.75, 0.0654881727572426],
    [1, 6, 0.007530176744526161],
    [1, 40, 0.00017614421264374196],
    [2, -2, 245.68122446099818],
    [2, 0, 0.25],
    [2, 1.25, 0.0266988928741497],
    [2, 1.75, 0.013940907521771817],
    [2, 6, 0.0006036117165561068],
    [2, 40, 2.1997429696142376e-6],
    [3, -2, 200.1951493679161],
    [3, 0, 0.09403159725795938],
    [3, 1.25, 0.006277284299488446],
    [3, 1.75, 0.002782499405173541],
    [3, 6, 4.780602430881324e-5],
    [3, 40, 2.7462512433824735e-8],
  ])('of order %i at %d is %d', (n, x, want) => {
    // forwards, one order may lose two digits near 1.5
    expect(Math.abs(at(n, x) / want - 1)).toBeLessThan(1e-13);
  });

  it('keeps its digits where 2x erfcx x and 2/√π cancel', () => {
    const x = constant(1e5, { dtype: 'float64' });
    // −2 F₁ = −1/(√π x²) (1 − 3/(2x²) + …)
    const want = (1 - 1.5e-10) / (2 * Math.sqrt(Math.PI) * 1e10);
    expect(Math.abs(evaluate(erfcxIntegral(x, { n: 1 })).item() / want - 1)).toBeLessThan(1e-15);
  });
});
