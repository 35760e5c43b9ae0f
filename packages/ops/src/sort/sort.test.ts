import { describe, expect, it } from '@jest/globals';
import { ValueError } from '@cotangent/graph';
import { expectError, valuesOf } from '../../test/values.ts';
import { argsort, sort } from './index.ts';

const { NaN: nan } = Number;

// Expected values: NumPy 2.
describe('argsort', () => {
  it('keeps the order of equal entries and puts NaN last', () => {
    const row = [3, nan, -1, 0, -0, nan, -Infinity, Infinity];
    expect(valuesOf((x) => argsort(x!), [row])).toEqual([[6, 2, 3, 4, 0, 7, 1, 5]]);
    expect(valuesOf((x) => argsort(x!), [2, 1, 2, 1, 1])).toEqual([1, 3, 4, 0, 2]);
  });

  it('sorts along any axis, of any length', () => {
    expect(
      valuesOf(
        (x) => argsort(x!, { axis: 0 }),
        [
          [3, 1],
          [2, 5],
          [1, 4],
        ],
      ),
    ).toEqual([
      [2, 0],
      [1, 2],
      [0, 1],
    ]);
    expect(valuesOf((x) => argsort(x!), [[], []])).toEqual([[], []]);
    expectError(() => argsort(1), ValueError, 'AXIS_OUT_OF_RANGE');
  });
});

describe('sort', () => {
  it('gives the entries in ascending order', () => {
    expect(
      valuesOf(
        (x) => sort(x!),
        [
          [3, 1, 2],
          [0, 5, 4],
        ],
      ),
    ).toEqual([
      [1, 2, 3],
      [0, 4, 5],
    ]);
    expect(
      valuesOf(
        (x) => sort(x!, { axis: 0 }),
        [
          [3, 1],
          [2, 5],
        ],
      ),
    ).toEqual([
      [2, 1],
      [3, 5],
    ]);
    const many = Array.from({ length: 300 }, (_, k) => Math.sin(k));
    expect(valuesOf((x) => sort(x!), many)).toEqual(many.toSorted((a, b) => a - b));
  });
});
