import { describe, expect, it } from '@jest/globals';
import { ValueError, vector } from '@cotangent/graph';
import { expectClose, expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { logSoftmax, logSumExp, softmax } from './softmax.ts';

const x = [
  [1.5, -2, 3],
  [4, 5, -6.5],
];
const inf = Infinity;

describe('logSumExp', () => {
  it('agrees with the formula', () => {
    expectClose(
      valuesOf((a) => logSumExp(a!, { axis: 1 }), x),
      [3.2069069336734133, 5.313269093182629],
    );
    expectClose(
      valuesOf((a) => logSumExp(a!), x),
      5.428096488803965,
    );
  });

  it('does not overflow or underflow', () => {
    expectClose(
      valuesOf((a) => logSumExp(a!), [1000, 1000]),
      1000 + Math.LN2,
    );
    expectClose(
      valuesOf((a) => logSumExp(a!), [-1000, -1000]),
      -1000 + Math.LN2,
    );
  });

  it('takes infinities as limits', () => {
    expect(valuesOf((a) => logSumExp(a!), [-inf, -inf])).toBe(-inf);
    expect(valuesOf((a) => logSumExp(a!), [inf, 1])).toBe(inf);
    expect(valuesOf((a) => logSumExp(a!), [inf, NaN])).toBeNaN();
    expect(valuesOf((a) => logSumExp(a!), [])).toBe(-inf);
  });

  it('weighs the cotangent: 0 for only −∞, shared among +∞', () => {
    expect(pulledBack(logSumExp([0, 0]), 3)).toEqual([[1.5, 1.5]]);
    expect(pulledBack(logSumExp([-inf, -inf]), 1)).toEqual([[0, 0]]);
    expect(pulledBack(logSumExp([inf, 5, inf]), 1)).toEqual([[0.5, 0, 0.5]]);
  });
});

describe('softmax', () => {
  it('sums to 1 along its axis, by default the last', () => {
    const want = [
      [0.18142608857948594, 0.005478593159646257, 0.8130953182608678],
      [0.2689394296874586, 0.7310531646755577, 7.40563698373859e-6],
    ];
    expectClose(
      valuesOf((a) => softmax(a!), x),
      want,
    );
    expect(
      valuesOf(
        (a) => softmax(a!, { axis: 0 }),
        [
          [1, 1],
          [1, 1],
        ],
      ),
    ).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
    expect(
      valuesOf(
        (a) => softmax(a!, { axis: [0, 1] }),
        [
          [1, 1],
          [1, 1],
        ],
      ),
    ).toEqual([
      [0.25, 0.25],
      [0.25, 0.25],
    ]);
  });

  it('gives 0, with gradient 0, for −∞ beside finite entries', () => {
    expect(valuesOf((a) => softmax(a!), [-inf, 2, 2])).toEqual([0, 0.5, 0.5]);
    expect(pulledBack(softmax([-inf, 2, 2]), [5, 1, 0])).toEqual([[0, 0.25, -0.25]]);
  });

  it('is NaN for only −∞, and beside +∞ or NaN', () => {
    expect(valuesOf((a) => softmax(a!), [-inf, -inf])).toEqual([NaN, NaN]);
    expect(valuesOf((a) => softmax(a!), [1, inf])).toEqual([NaN, NaN]);
    expect(valuesOf((a) => softmax(a!), [1, NaN])).toEqual([NaN, NaN]);
  });

  it('takes integers as floats', () => {
    expect(softmax(typed([1, 2], 'int32')).dtype).toBe('float64');
    expect(softmax(vector('v', { dtype: 'float32' })).dtype).toBe('float32');
  });

  it('refuses a scalar', () => {
    expectError(() => softmax(1), ValueError, 'AXIS_OUT_OF_RANGE');
  });
});

describe('logSoftmax', () => {
  it('is the logarithm of softmax', () => {
    expectClose(
      valuesOf((a) => logSoftmax(a!), x),
      [
        [-1.706906933673413, -5.206906933673413, -0.2069069336734131],
        [-1.3132690931826285, -0.31326909318262847, -11.813269093182628],
      ],
    );
    expect(valuesOf((a) => logSoftmax(a!), [1000, 0])).toEqual([0, -1000]);
    expect(valuesOf((a) => logSoftmax(a!), [-inf, 3])).toEqual([-inf, 0]);
  });

  it('takes off the softmax of the summed cotangent', () => {
    expect(pulledBack(logSoftmax([0, 0]), [3, 1])).toEqual([[1, -1]]);
  });
});
