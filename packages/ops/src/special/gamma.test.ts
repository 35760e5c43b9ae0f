import { describe, expect, it } from '@jest/globals';
import { ValueError, constant } from '@cotangent/graph';
import { dtypeFor, expectExact, expectValues, valueAt } from '../../test/elementwise.ts';
import { evaluate } from '../../test/evaluate.ts';
import { betaln, digamma, gammaln, polygamma, trigamma } from './index.ts';

// Expected values: 60-digit arithmetic, rounded to double. Dense samples: packages/wasm/test/accuracy.test.ts.

describe('gammaln', () => {
  it('has the values of log |Γ|', () => {
    expectValues(gammaln, [
      [-1.5, 0.860047015376481],
      [-0.25, 1.589575312551186],
      [1e-300, 690.7755278982137],
      [0.5, 0.5723649429247001],
      [1.25, -0.09827183642181316],
      [3.5, 1.2009736023470743],
      [10, 12.801827480081469],
      [1e10, 220258509288.81058],
      [1e300, 6.897755278982137e302],
    ]);
  });

  it('is 0 at 1 and 2, +∞ at the poles and at infinity', () => {
    expectExact(gammaln, [
      [1, 0],
      [2, 0],
      [0, Infinity],
      [-3, Infinity],
      [-1e300, Infinity],
      [-Infinity, Infinity],
      [Infinity, Infinity],
      [NaN, NaN],
    ]);
  });

  it('is floating for integers', () => {
    expect(dtypeFor(gammaln, 'int32')).toBe('float64');
  });
});

describe('digamma, trigamma', () => {
  it('have the values of ψ and ψ′', () => {
    expectValues(digamma, [
      [-1.5, 0.7031566406452432],
      [-0.25, 2.9141391202135276],
      [0.5, -1.9635100260214235],
      [1, -0.5772156649015329],
      [1.4616321449683622, -9.241265521729427e-17],
      [4.5, 1.388870926359529],
      [100, 4.600161852738087],
    ]);
    expectValues(trigamma, [
      [-1.5, 9.379246644989124],
      [0.5, 4.934802200544679],
      [1, 1.6449340668482264],
      [20, 0.05127082293520312],
      [1e100, 1e-100],
    ]);
  });

  it('digamma is −∞ at 0, +∞ at −0 and NaN at negative integers', () => {
    expectExact(digamma, [
      [0, -Infinity],
      [-0, Infinity],
      [-2, NaN],
      [-Infinity, NaN],
      [Infinity, Infinity],
    ]);
  });

  it('trigamma is +∞ at its poles', () => {
    expectExact(trigamma, [
      [0, Infinity],
      [-0, Infinity],
      [-3, Infinity],
      [Infinity, 0],
      [NaN, NaN],
    ]);
  });
});

describe('polygamma', () => {
  const at = (n: number, x: number): number =>
    evaluate(polygamma(n, constant(x, { dtype: 'float64' }))).item();

  it.each([
    [0, 4.5, 1.388870926359529],
    [1, 20, 0.05127082293520312],
    [2, -1.3, 68.54941347116214],
    [2, 1, -2.4041138063191885],
    [2, 1e4, -1.000100005e-8],
    [3, 0.5, 97.40909103400244],
    [3, 25, 0.0001358846365082737],
    [12, -1.3, 3004370635071801.5],
    [12, 1, -479060379.8898314],
    [100, 0.5, -2.366100660490897e188],
    [100, 25, -6.115576632354706e16],
    [100, 1e4, -9.379363201543512e-245],
  ])('of order %i at %d is %d', (n, x, want) => {
    // n + 1 factors in the powers on the left, one rounding each
    expect(Math.abs(at(n, x) / want - 1)).toBeLessThan((n + 8) * 2 ** -52);
  });

  it('vanishes at infinity, and not before its powers leave the range', () => {
    expect([at(2, Infinity), at(3, Infinity), at(2, 1e200)].map(Math.abs)).toEqual([0, 0, 0]);
    expect(at(2, 1e120) / -1e-240).toBeCloseTo(1, 14);
    expect(at(3, 1e99) / 2e-297).toBeCloseTo(1, 14);
  });

  it('is +∞ for odd and NaN for even orders at negative integers', () => {
    expect([at(3, -2), at(3, 0)]).toEqual([Infinity, Infinity]);
    expect([at(2, -2), at(2, 0), at(2, -0)]).toEqual([NaN, -Infinity, Infinity]);
  });

  it('rejects orders that are no whole numbers from 0 to 100', () => {
    for (const n of [-1, 1.5, 101, NaN]) {
      expect(() => polygamma(n, 1)).toThrow(
        expect.objectContaining({ code: 'OP_POLYGAMMA_ORDER', constructor: ValueError }),
      );
    }
  });
});

describe('betaln', () => {
  it('has the values of log B, however different its arguments', () => {
    expectValues(betaln, [
      [0.5, 0.5, 1.1447298858494002],
      [3, 2, -2.4849066497880004],
      [2, 3, -2.4849066497880004],
      [1e-3, 1e12, 6.879547864267925],
      [1e8, 2.5, -45.767019008157995],
      [20, 30, -33.968820791977386],
    ]);
  });

  it('takes its limits', () => {
    expectExact(betaln, [
      [1, 1, 0],
      [0, 2, Infinity],
      [2, Infinity, -Infinity],
      [1, NaN, NaN],
    ]);
    expect(valueAt(betaln, -0.5, 3)).toBeCloseTo(Math.log(16 / 3), 14);
  });
});
