import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { expectError, valuesOf } from '../../test/values.ts';
import { repeat, tile } from './tile.ts';

const m = [
  [1, 2],
  [3, 4],
];

// Expected values: NumPy 2.
describe('tile', () => {
  it('repeats the whole', () => {
    expect(valuesOf((x) => tile(x!, [2, 1, 2]), m)).toEqual([
      [
        [1, 2, 1, 2],
        [3, 4, 3, 4],
      ],
      [
        [1, 2, 1, 2],
        [3, 4, 3, 4],
      ],
    ]);
    expect(valuesOf((x) => tile(x!, 2), [[1, 2]])).toEqual([[1, 2, 1, 2]]);
    expect(valuesOf((x) => tile(x!, [0]), [1, 2])).toEqual([]);
    expect(valuesOf((x) => tile(x!, [1, 1]), m)).toEqual(m);
  });

  it('takes numbers from the graph', () => {
    const two = tensorFrom(2, { dtype: 'int32' });
    expect(valuesOf((x, n) => tile(x!, n!), [1, 2], two)).toEqual([1, 2, 1, 2]);
  });

  it('refuses what is no number of repetitions', () => {
    expectError(() => tile(m, -1), ValueError, 'OP_INVALID_SIZE');
    expectError(() => tile(m, [1, 0.5]), ValueError, 'OP_INVALID_SIZE');
  });
});

describe('repeat', () => {
  it('repeats each entry', () => {
    expect(valuesOf((x) => repeat(x!, 2, { axis: 0 }), m)).toEqual([
      [1, 2],
      [1, 2],
      [3, 4],
      [3, 4],
    ]);
    expect(valuesOf((x) => repeat(x!, 2), m)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(valuesOf((x) => repeat(x!, [1, 3], { axis: -1 }), m)).toEqual([
      [1, 2, 2, 2],
      [3, 4, 4, 4],
    ]);
    expect(valuesOf((x) => repeat(x!, [0, 0], { axis: 0 }), m)).toEqual([]);
  });

  it('refuses as many numbers as there are no entries', () => {
    expectError(() => repeat(m, [1, 2, 3], { axis: 0 }), ShapeError, 'RESHAPE_SIZE_MISMATCH');
    expectError(() => repeat(m, [1, -2], { axis: 0 }), ValueError, 'OP_INVALID_SIZE');
  });
});
