import { describe, expect, it } from '@jest/globals';
import { scalar } from '@cotangent/graph';
import { dtypeFor, expectExact, expectValues, valueAt } from '../../test/elementwise.ts';
import { evaluate } from '../../test/evaluate.ts';
import { exp, expm1, log, log1mexp, log1p, logAddExp, xlog1py, xlogy } from './index.ts';

// Expected values: 60-digit arithmetic, rounded to double.

describe('exp, expm1, log, log1p', () => {
  it('have the values of the functions', () => {
    expectValues(exp, [
      [-2.5, 0.0820849986238988],
      [1e-10, 1.0000000001],
      [0.5, 1.6487212707001282],
      [709.5, 1.3549863193146328e308],
    ]);
    expectValues(expm1, [
      [-40, -1],
      [-1e-10, -9.999999999500001e-11],
      [1e-5, 1.0000050000166668e-5],
      [700, 1.0142320547350045e304],
    ]);
    expectValues(log, [
      [5e-324, -744.4400719213812],
      [0.999999, -1.000000500029089e-6],
      [1e300, 690.7755278982137],
    ]);
    expectValues(log1p, [
      [-0.999, -6.907755278982136],
      [-1e-10, -1.00000000005e-10],
      [1e-17, 1e-17],
      [1e300, 690.7755278982137],
    ]);
  });

  it('follow IEEE 754 at the ends of their domains', () => {
    expectExact(exp, [
      [-Infinity, 0],
      [1000, Infinity],
      [NaN, NaN],
    ]);
    expectExact(expm1, [
      [-Infinity, -1],
      [0, 0],
    ]);
    expectExact(log, [
      [0, -Infinity],
      [-1, NaN],
      [Infinity, Infinity],
    ]);
    expectExact(log1p, [
      [-1, -Infinity],
      [-2, NaN],
    ]);
  });

  it('give the float that holds a discrete input', () => {
    expect(dtypeFor(exp, 'float32')).toBe('float32');
    expect(dtypeFor(exp, 'int32')).toBe('float64');
    expect(dtypeFor(exp, 'uint8')).toBe('float32');
    expect(dtypeFor(log1p, 'bool')).toBe('float32');
  });

  it('keep a literal weak', () => {
    expect(exp(2).type.weak).toBe(true);
  });
});

describe('log1mexp', () => {
  it('keeps its digits near 0 and far from it', () => {
    expectValues(log1mexp, [
      [-1e-20, -46.051701859880914],
      [-0.01, -4.610166019324897],
      [-0.69, -0.6963042971440567],
      [-0.7, -0.6863410028083852],
      [-5, -0.006760749449488557],
      [-40, -4.248354255291589e-18],
      [-700, -9.85967654375977e-305],
    ]);
  });

  it('is −∞ at 0, 0 at −∞ and NaN above 0', () => {
    expectExact(log1mexp, [
      [0, -Infinity],
      [-Infinity, 0],
      [1, NaN],
    ]);
  });
});

describe('logAddExp', () => {
  it('neither overflows nor loses the smaller operand', () => {
    expectValues(logAddExp, [
      [1, 2, 2.313261687518223],
      [1000, 1000.5, 1000.9740769841801],
      [-1000, -1001, -999.6867383124818],
      [3, 3, 3.6931471805599454],
      [0, -40, 4.248354255291589e-18],
    ]);
  });

  it('takes infinities and NaN as NumPy does', () => {
    expectExact(logAddExp, [
      [Infinity, Infinity, Infinity],
      [-Infinity, -Infinity, -Infinity],
      [Infinity, -Infinity, Infinity],
      [-Infinity, 1, 1],
      [1, -Infinity, 1],
      [NaN, 1, NaN],
      [1, NaN, NaN],
    ]);
  });

  it('folds further operands', () => {
    expect(evaluate(logAddExp(0, 0, 0, 0)).item()).toBeCloseTo(Math.log(4), 14);
  });

  it('is floating for integers', () => {
    expect(dtypeFor(logAddExp, 'int32', 'int32')).toBe('float64');
    expect(dtypeFor(logAddExp, 'uint8', 'bool')).toBe('float32');
  });
});

describe('xlogy and xlog1py', () => {
  it('are products with logarithms', () => {
    expectValues(xlogy, [
      [2, 0.1, -4.605170185988091],
      [-3, 1e300, -2072.326583694641],
    ]);
    expectValues(xlog1py, [
      [2, 1e-12, 1.999999999999e-12],
      [-3, -0.5, 2.0794415416798357],
    ]);
  });

  it('are 0 where the factor is, unless the other input is NaN', () => {
    expectExact(xlogy, [
      [0, 0, 0],
      [0, -1, 0],
      [0, Infinity, 0],
      [0, NaN, NaN],
      [1, 0, -Infinity],
    ]);
    expectExact(xlog1py, [
      [0, -1, 0],
      [0, -2, 0],
      [0, NaN, NaN],
      [1, -1, -Infinity],
    ]);
  });

  it('promote to a float', () => {
    expect(xlogy(scalar('n', { dtype: 'int32' }), scalar('p', { dtype: 'float32' })).dtype).toBe(
      'float64',
    );
    expect(valueAt(xlogy, 3, 1)).toBe(0);
  });
});
