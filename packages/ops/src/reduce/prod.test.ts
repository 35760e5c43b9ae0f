import { describe, expect, it } from '@jest/globals';
import { ValueError } from '@cotangent/graph';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { prod } from './prod.ts';

describe('prod', () => {
  it('multiplies over the axes named, or all', () => {
    const x = [
      [1.5, -2, 3],
      [4, 5, -6.5],
    ];
    expect(valuesOf((a) => prod(a!, { axis: 1 }), x)).toEqual([-9, -130]);
    expect(valuesOf((a) => prod(a!), x)).toBe(1170);
    expect(valuesOf((a) => prod(a!, { axis: 0, keepDims: true }), x)).toEqual([[6, -10, -19.5]]);
    expect(valuesOf((a) => prod(a!, { initial: 2 }), [3])).toBe(6);
  });

  it('is 1 of nothing', () => {
    expect(valuesOf((a) => prod(a!, { axis: 1 }), [[], []])).toEqual([1, 1]);
  });

  it('has exact derivatives beside zeros', () => {
    expect(pulledBack(prod([2, 3, 4]), 1)).toEqual([[12, 8, 6]]);
    expect(pulledBack(prod([2, 0, 4]), 1)).toEqual([[0, 8, 0]]);
    expect(pulledBack(prod([2, 0, 0]), 1)).toEqual([[0, 0, 0]]);
    expect(
      pulledBack(
        prod([
          [2, 0],
          [4, 5],
        ]),
        1,
      ),
    ).toEqual([
      [
        [0, 40],
        [0, 0],
      ],
    ]);
    expect(pulledBack(prod([7]), 3)).toEqual([[3]]);
  });

  it('counts integers in int32 and raises on overflow', () => {
    expect(evaluate(prod(typed([20, 100], 'uint8'))).item()).toBe(2000);
    expect(evaluate(prod(typed([65536, 65536, 0], 'int32'))).item()).toBe(0);
    const y = prod(typed([65536, 32768], 'int32'));
    expectError(() => evaluate(y), ValueError, 'OP_INTEGER_OVERFLOW');
  });

  it('refuses axes that do not exist', () => {
    expectError(() => prod([1], { axis: 1 }), ValueError, 'AXIS_OUT_OF_RANGE');
  });
});
