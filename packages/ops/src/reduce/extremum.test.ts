import { describe, expect, it } from '@jest/globals';
import { ValueError, matrix, vector } from '@cotangent/graph';
import { zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, pushedForward, typed, valuesOf } from '../../test/values.ts';
import { argmax, argmin } from './argmax.ts';
import { max, maxAndArgmax, min } from './extremum.ts';

const x = [
  [1.5, -2, 3],
  [4, 5, -6.5],
];

describe('max and min', () => {
  it('choose along the axes named, or of all', () => {
    expect(valuesOf((a) => max(a!, { axis: 0 }), x)).toEqual([4, 5, 3]);
    expect(valuesOf((a) => min(a!, { axis: -1, keepDims: true }), x)).toEqual([[-2], [-6.5]]);
    expect(valuesOf((a) => max(a!), x)).toBe(5);
    expect(valuesOf((a) => min(a!), 7)).toBe(7);
  });

  it('let NaN win', () => {
    expect(
      valuesOf(
        (a) => max(a!, { axis: 1 }),
        [
          [1, NaN, 3],
          [1, 2, 3],
        ],
      ),
    ).toEqual([NaN, 3]);
    expect(valuesOf((a) => min(a!), [NaN, -Infinity])).toBeNaN();
  });

  it('keep the dtype', () => {
    expect(evaluate(max(typed([-5, 3], 'int32'))).item()).toBe(3);
    expect(max(typed([1], 'uint8')).dtype).toBe('uint8');
    expect(evaluate(min(typed([true, false], 'bool'))).toArray()).toBe(false);
  });

  it('divide the cotangent equally among ties', () => {
    expect(pulledBack(max([2, 1, 2, 0]), 6)).toEqual([[3, 0, 3, 0]]);
    expect(pulledBack(min(x, { axis: 0 }), [1, 2, 3])).toEqual([
      [
        [1, 2, 0],
        [0, 0, 3],
      ],
    ]);
  });

  it('give NaN for every derivative of a group with a NaN', () => {
    expect(
      pulledBack(
        max(
          [
            [1, NaN],
            [1, 2],
          ],
          { axis: 1 },
        ),
        [1, 1],
      ),
    ).toEqual([
      [
        [NaN, NaN],
        [0, 1],
      ],
    ]);
  });

  it('refuse to choose from nothing, unless there is an initial value', () => {
    expectError(() => max([]), ValueError, 'OP_EMPTY_REDUCTION');
    expectError(() => min([[], []], { axis: 1 }), ValueError, 'OP_EMPTY_REDUCTION');
    const a = vector('a');
    const y = max(a);
    const none = new Map([[a, zerosTensor([0], 'float64')]]);
    expectError(() => evaluate(y, none), ValueError, 'OP_EMPTY_REDUCTION');
    expect(valuesOf((b) => max(b!, { initial: 3 }), [])).toBe(3);
    expect(valuesOf((b) => min(b!, { initial: 3 }), [4, 2])).toBe(2);
    expect(evaluate(max(typed([], 'int32'), { initial: -7 })).item()).toBe(-7);
  });

  it('have the tangent and cotangent 0 in an empty group, whatever the initial value', () => {
    const empty = zerosTensor([2, 0], 'float64');
    for (const y of [
      max(empty, { axis: 1, initial: -Infinity }),
      min(empty, { axis: 1, initial: Infinity }),
    ]) {
      const [left] = y.kind === 'result' ? y.owner.inputs : [];
      expect(pushedForward(left!, [zerosTensor([2, 0], 'float64')])).toEqual([0, 0]);
      expect(pulledBack(left!, [1, 1])).toEqual([[[], []]]);
    }
  });

  it('have NaN in a group with a NaN also beside an initial value', () => {
    const y = max([[1, NaN]], { axis: 1, initial: 0 });
    const [left] = y.kind === 'result' ? y.owner.inputs : [];
    expect(pushedForward(left!, [[[1, 1]]])).toEqual([NaN]);
    expect(pulledBack(left!, [1])).toEqual([[[NaN, NaN]]]);
  });

  it('need nothing where there is no group', () => {
    expect(evaluate(max(zerosTensor([0, 3], 'float64'), { axis: 1 })).shape).toEqual([0]);
  });
});

describe('argmax and argmin', () => {
  it('give the first place, along an axis or in the flattened input', () => {
    expect(valuesOf((a) => argmax(a!, { axis: 1 }), x)).toEqual([2, 1]);
    expect(valuesOf((a) => argmin(a!), x)).toBe(5);
    expect(valuesOf((a) => argmax(a!), [2, 5, 5])).toBe(1);
    expect(valuesOf((a) => argmin(a!, { axis: 0, keepDims: true }), x)).toEqual([[0, 0, 1]]);
    expect(argmax(matrix('a')).dtype).toBe('int32');
  });

  it('give the place of the first NaN', () => {
    expect(valuesOf((a) => argmax(a!), [1, NaN, 3, NaN])).toBe(1);
    expect(valuesOf((a) => argmin(a!), [NaN, 0])).toBe(0);
  });

  it('are steps and refuse to choose from nothing', () => {
    expect(pulledBack(argmax([1, 2]), 1)).toEqual(['zero']);
    expectError(() => argmax([]), ValueError, 'OP_EMPTY_REDUCTION');
  });
});

describe('maxAndArgmax', () => {
  it('gives both', () => {
    const [value, place] = maxAndArgmax([3, 7, 5]);
    expect([evaluate(value).item(), evaluate(place).item()]).toEqual([7, 1]);
  });
});
