import { describe, expect, it } from '@jest/globals';
import { vector } from '@cotangent/graph';
import { expectClose, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { std, variance } from './variance.ts';

const x = [
  [1.5, -2, 3],
  [4, 5, -6.5],
];

describe('variance', () => {
  it('divides by the number of elements along all axes, less ddof', () => {
    expectClose(
      valuesOf((a) => variance(a!, { axis: 1 }), x),
      [4.388888888888889, 27.055555555555554],
    );
    expectClose(
      valuesOf((a) => variance(a!), x),
      15.722222222222221,
    );
    expectClose(
      valuesOf((a) => variance(a!, { ddof: 1 }), x),
      18.866666666666667,
    );
    expect(valuesOf((a) => variance(a!, { axis: [] }), [3, 4])).toEqual([0, 0]);
  });

  it('is NaN unless there are more than ddof elements', () => {
    expect(valuesOf((a) => variance(a!, { ddof: 1 }), [3])).toBeNaN();
    expect(valuesOf((a) => variance(a!), [])).toBeNaN();
  });

  it('is accurate far from zero', () => {
    expect(valuesOf((a) => variance(a!), [1e9, 1e9 + 1, 1e9 + 2])).toBe(2 / 3);
  });

  it('takes integers as float64', () => {
    expect(variance(typed([1, 2], 'int32')).dtype).toBe('float64');
    expect(variance(vector('v', { dtype: 'float32' })).dtype).toBe('float32');
  });

  it('pulls back to the deviations', () => {
    expect(pulledBack(variance([1, 2, 6]), 3)).toEqual([[-4, -2, 6]]);
  });
});

describe('std', () => {
  it('is the square root of the variance', () => {
    expectClose(
      valuesOf((a) => std(a!, { axis: 1, ddof: 1, keepDims: true }), x),
      [[2.565800719723442], [6.370504951205464]],
    );
    expect(valuesOf((a) => std(a!, { axis: 0 }), x)).toEqual([1.25, 3.5, 4.75]);
  });

  it('has gradient 0 where it is 0', () => {
    expect(
      pulledBack(
        std(
          [
            [2, 2],
            [1, 3],
          ],
          { axis: 1 },
        ),
        [1, 1],
      ),
    ).toEqual([
      [
        [0, 0],
        [-0.5, 0.5],
      ],
    ]);
  });
});
