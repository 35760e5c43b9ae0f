import { describe, expect, it } from '@jest/globals';
import { dtypeFor, expectExact, expectValues } from '../../test/elementwise.ts';
import { logSigmoid, logit, relu, sigmoid, softplus } from './index.ts';

// Expected values: 60-digit arithmetic, rounded to double.

describe('sigmoid', () => {
  it('keeps its digits on both sides', () => {
    expectValues(sigmoid, [
      [-700, 9.85967654375977e-305],
      [-30, 9.357622968839299e-14],
      [-1, 0.2689414213699951],
      [0.5, 0.6224593312018546],
      [30, 0.9999999999999064],
    ]);
    expectExact(sigmoid, [
      [0, 0.5],
      [Infinity, 1],
      [-Infinity, 0],
      [-1000, 0],
      [NaN, NaN],
    ]);
  });

  it('is floating for integers', () => {
    expect(dtypeFor(sigmoid, 'int32')).toBe('float64');
    expect(dtypeFor(sigmoid, 'bool')).toBe('float32');
  });
});

describe('softplus', () => {
  it('keeps its digits across its four branches', () => {
    expectValues(softplus, [
      [-700, 9.85967654375977e-305],
      [-37.5, 5.175555005801868e-17],
      [-36.5, 1.4068617124461467e-16],
      [-1, 0.3132616875182228],
      [0, 0.6931471805599453],
      [17.5, 17.50000002510999],
      [18.5, 18.50000000923745],
      [33, 33.00000000000001],
      [33.5, 33.5],
      [800, 800],
    ]);
    expectExact(softplus, [
      [Infinity, Infinity],
      [-Infinity, 0],
      [NaN, NaN],
    ]);
  });
});

describe('logSigmoid', () => {
  it('keeps its digits on both sides', () => {
    expectValues(logSigmoid, [
      [-800, -800],
      [-33, -33.00000000000001],
      [-1, -1.3132616875182228],
      [0.5, -0.4740769841801067],
      [20, -2.061153620314381e-9],
      [40, -4.248354255291589e-18],
    ]);
  });
});

describe('logit', () => {
  it('is the inverse of sigmoid', () => {
    expectValues(logit, [
      [1e-300, -690.7755278982137],
      [0.1, -2.197224577336219],
      [0.75, 1.0986122886681098],
      [0.99, 4.595119850134589],
    ]);
    expectExact(logit, [
      [0.5, 0],
      [0, -Infinity],
      [1, Infinity],
      [2, NaN],
      [-1, NaN],
    ]);
  });
});

describe('relu', () => {
  it('cuts negative numbers off, keeps the dtype and passes NaN', () => {
    expectExact(relu, [
      [-2, 0],
      [0, 0],
      [3, 3],
      [NaN, NaN],
      [Infinity, Infinity],
    ]);
    expect(dtypeFor(relu, 'int32')).toBe('int32');
    expect(dtypeFor(relu, 'float32')).toBe('float32');
  });
});
