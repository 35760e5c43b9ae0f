import { describe, expect, it } from '@jest/globals';
import { ValueError, matrix, tensor, vector } from '@cotangent/graph';
import { tensorFrom, zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { mean, reduceSum, sum } from './sum.ts';

const cube = Array.from({ length: 2 }, (_, i) =>
  Array.from({ length: 3 }, (_j, j) => Array.from({ length: 4 }, (_k, k) => 12 * i + 4 * j + k)),
);

describe('sum', () => {
  it('reduces the axes named, or all', () => {
    expect(valuesOf((x) => sum(x!), cube)).toBe(276);
    expect(valuesOf((x) => sum(x!, { axis: [0, -1] }), cube)).toEqual([60, 92, 124]);
    expect(valuesOf((x) => sum(x!, { axis: 1 }), cube)).toEqual([
      [12, 15, 18, 21],
      [48, 51, 54, 57],
    ]);
    expect(valuesOf((x) => sum(x!, { axis: [2, 0], keepDims: true }), cube)).toEqual([
      [[60], [92], [124]],
    ]);
    expect(valuesOf((x) => sum(x!), 7)).toBe(7);
  });

  it('sums an empty axis to zero', () => {
    expect(valuesOf((x) => sum(x!, { axis: 1 }), [[], []])).toEqual([0, 0]);
    expect(evaluate(sum(zerosTensor([0, 3], 'float64'), { axis: 1 })).shape).toEqual([0]);
  });

  it('is its input for an empty list of axes', () => {
    const x = matrix('x');
    expect(sum(x, { axis: [] })).toBe(x);
    expect(sum(vector('b', { dtype: 'bool' }), { axis: [] }).dtype).toBe('int32');
    expect(evaluate(reduceSum([1, 2], { axes: [], keepDims: false })).toArray()).toEqual([1, 2]);
  });

  it('starts from the initial value', () => {
    expect(
      valuesOf(
        (x) => sum(x!, { axis: 0, initial: 10 }),
        [
          [1, 2],
          [3, 4],
        ],
      ),
    ).toEqual([14, 16]);
  });

  it('counts integers and booleans in int32, exactly', () => {
    expect(sum(typed([200, 100], 'uint8')).dtype).toBe('int32');
    expect(evaluate(sum(typed([200, 100], 'uint8'))).item()).toBe(300);
    expect(evaluate(sum(typed([true, false, true], 'bool'))).item()).toBe(2);
    const large = typed([2147483647, 2147483647, -2147483648, -2147483646], 'int32');
    expect(evaluate(sum(large)).item()).toBe(0);
  });

  it('raises where an int32 cannot hold the sum', () => {
    const y = sum(typed([2147483647, 1], 'int32'));
    expectError(() => evaluate(y), ValueError, 'OP_INTEGER_OVERFLOW');
    expect(evaluate(sum(typed([-2147483647, -1], 'int32'))).item()).toBe(-2147483648);
  });

  it('rounds float32 once', () => {
    const y = sum(typed([1, 2 ** -24, 2 ** -24], 'float32'));
    expect(y.dtype).toBe('float32');
    expect(evaluate(y).item()).toBe(1 + 2 ** -23);
  });

  it('loses no more than a few units in the last place of many terms', () => {
    const terms = new Float64Array(1e6).fill(0.1);
    expect(Math.abs(evaluate(sum(terms)).item() - 1e5)).toBeLessThan(1e-9);
  });

  it('repeats the cotangent', () => {
    expect(
      pulledBack(
        sum(
          [
            [1, 2],
            [3, 4],
          ],
          { axis: 1 },
        ),
        [10, 20],
      ),
    ).toEqual([
      [
        [10, 10],
        [20, 20],
      ],
    ]);
  });

  it('refuses axes that do not exist or repeat', () => {
    expectError(() => sum(matrix('x'), { axis: 2 }), ValueError, 'AXIS_OUT_OF_RANGE');
    expectError(() => sum(matrix('x'), { axis: [0, -2] }), ValueError, 'AXIS_REPEATED');
    expectError(() => sum(1, { axis: 0 }), ValueError, 'AXIS_OUT_OF_RANGE');
  });
});

describe('mean', () => {
  it('divides by the number of elements', () => {
    expect(valuesOf((x) => mean(x!, { axis: 1 }), cube)).toEqual([
      [4, 5, 6, 7],
      [16, 17, 18, 19],
    ]);
    expect(valuesOf((x) => mean(x!), cube)).toBe(11.5);
    expect(valuesOf((x) => mean(x!, { axis: [] }), [1, 2])).toEqual([1, 2]);
  });

  it('is NaN of nothing', () => {
    expect(valuesOf((x) => mean(x!), [])).toBeNaN();
  });

  it('keeps float32, whether or not the size is known, and takes integers as float64', () => {
    expect(mean(tensor('x', { dtype: 'float32', shape: [3] })).dtype).toBe('float32');
    expect(mean(vector('x', { dtype: 'float32' })).dtype).toBe('float32');
    expect(mean(vector('x', { dtype: 'int32' })).dtype).toBe('float64');
    expect(evaluate(mean(tensorFrom([true, false]))).item()).toBe(0.5);
  });
});
