import { describe, expect, it } from '@jest/globals';
import { ValueError } from '@cotangent/graph';
import { evaluate } from '../../test/evaluate.ts';
import {
  expectClose,
  expectError,
  pulledBack,
  pushedForward,
  typed,
  valuesOf,
} from '../../test/values.ts';
import { normMatrix, normVector } from './index.ts';

describe('normVector', () => {
  it('takes the axes together', () => {
    const x = [
      [3, 0],
      [0, -4],
    ];
    expect(valuesOf((v) => normVector(v!), x)).toBe(5);
    expect(valuesOf((v) => normVector(v!, { axis: 0, keepDims: true }), x)).toEqual([[3, 4]]);
    expect(valuesOf((v) => normVector(v!, { ord: Infinity }), x)).toBe(4);
    expect(valuesOf((v) => normVector(v!, { ord: 0 }), x)).toBe(2);
    expect(valuesOf((v) => normVector(v!, { axis: [] }), x)).toEqual([
      [3, 0],
      [0, 4],
    ]);
  });

  it('neither over- nor underflows', () => {
    expect(evaluate(normVector([3e300, 4e300])).item()).toBeCloseTo(5e300, -288);
    expect(evaluate(normVector([3e-320, 4e-320])).item()).toBe(5e-320);
    expect(evaluate(normVector([1e-200, 2e-200], { ord: 3 })).item()).toBeGreaterThan(2e-200);
    expect(evaluate(normVector([Infinity, NaN])).item()).toBeNaN();
    expect(evaluate(normVector([Infinity, 1])).item()).toBe(Infinity);
  });

  it('has gradient 0 at zero, for every p', () => {
    for (const ord of [2, 1, 3, 0.5]) {
      const y = normVector(typed([0, 0], 'float64'), { ord });
      expect(pulledBack(y, 1)).toEqual([[0, 0]]);
      expect(pushedForward(y, [[1, 2]])).toBe(0);
    }
  });

  it('leaves out entries that are zero where their derivative is infinite', () => {
    const y = normVector(typed([0, 4], 'float64'), { ord: 0.5 });
    expect(pulledBack(y, 1)).toEqual([[0, 1]]);
  });

  it('counts integers and booleans as floats', () => {
    expect(evaluate(normVector(typed([3, 4], 'int32'))).item()).toBe(5);
    expect(normVector(typed([true, false], 'bool')).dtype).toBe('float32');
    expect(normVector(typed([3], 'float32')).dtype).toBe('float32');
  });

  it('refuses a norm that is not one', () => {
    expectError(() => normVector([1], { ord: NaN }), ValueError, 'OP_NORM_ORD');
    expectError(() => normMatrix([[1]], { ord: 3 }), ValueError, 'OP_NORM_ORD');
    expectError(
      () => normMatrix([[1]], { axis: [0] as unknown as [number, number] }),
      ValueError,
      'OP_AXES_COUNT',
    );
  });
});

describe('normMatrix', () => {
  const x = [
    [1, -2],
    [3, 4],
  ];

  it('gives sums of columns and rows, and singular values', () => {
    expect(valuesOf((v) => normMatrix(v!, { ord: 1 }), x)).toBe(6);
    expect(valuesOf((v) => normMatrix(v!, { ord: -Infinity }), x)).toBe(3);
    expectClose(
      valuesOf((v) => normMatrix(v!), x),
      Math.sqrt(30),
    );
    expectClose(valuesOf((v) => normMatrix(v!, { ord: 2 }), [[3, 0], [0, -4]]), 4); // prettier-ignore
    expectClose(valuesOf((v) => normMatrix(v!, { ord: 'nuc' }), [[3, 0], [0, -4]]), 7); // prettier-ignore
  });

  it('takes any pair of axes, and keeps them if asked to', () => {
    const stack = [x, x];
    expect(valuesOf((v) => normMatrix(v!, { ord: 1, axis: [0, 1] }), stack)).toEqual([6, 8]);
    expect(
      valuesOf((v) => normMatrix(v!, { ord: Infinity, axis: [2, 1], keepDims: true }), stack),
    ).toEqual([[[6]], [[6]]]);
  });
});
