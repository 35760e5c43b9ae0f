import { describe, expect, it } from '@jest/globals';
import { checkOutputs, precisionOf } from './check.ts';

describe('checkOutputs', () => {
  it('gives the largest error relative to the largest entry', () => {
    expect(checkOutputs([[1, 4 + 2 ** -50], [0]], [[1, 4], [0]], 4, 'float64')).toBe(2 ** -52);
  });

  it('allows more in float32', () => {
    expect(() => checkOutputs([[1.0001]], [[1]], 4, 'float64')).toThrow('entry 0 of output 0');
    expect(checkOutputs([[1.0001]], [[1]], 1000, 'float32')).toBeCloseTo(1e-4, 8);
  });

  it.each([
    ['a NaN', [[NaN, 1]], 'is NaN, not 1'],
    ['a NaN after a difference', [[1.5, NaN]], 'is NaN, not 1'],
    ['an output too few', [], '0 outputs, not 1'],
    ['an entry too few', [[1]], 'output 0 has 1 numbers, not 2'],
    ['something in place of zeros', [[1, 2]], 'is 2, not 1'],
  ])('refuses %s', (_, outputs, message) => {
    expect(() => checkOutputs(outputs, [[1, 1]], 4, 'float64')).toThrow(message);
  });

  it('refuses anything but zero where zeros are expected', () => {
    expect(() => checkOutputs([[1e-300]], [[0]], 4, 'float64')).toThrow('not 0');
  });
});

describe('precisionOf', () => {
  it('is that of the workload but for libraries that compute in float32', () => {
    const names = ['cotangent', 'jax', 'tfjs-cpu', 'jax-js'];
    expect(names.map((name) => precisionOf(name, 'float64'))).toEqual([
      'float64',
      'float64',
      'float32',
      'float32',
    ]);
  });
});
