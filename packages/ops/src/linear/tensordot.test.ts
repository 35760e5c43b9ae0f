import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, matrix, vector } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, valuesOf } from '../../test/values.ts';
import { dot, outer, tensordot } from './tensordot.ts';

const counted = (shape: readonly number[], start = 1): ReturnType<typeof tensorFrom> => {
  const n = shape.reduce((product, k) => product * k, 1);
  return tensorFrom(
    Float64Array.from({ length: n }, (_, k) => start + k),
    { shape },
  );
};

describe('tensordot', () => {
  it('sums over pairs of axes', () => {
    const [a, e] = [counted([2, 3, 4]), counted([4, 3])];
    expect(
      valuesOf(
        (x, y) =>
          tensordot(x!, y!, [
            [2, 1],
            [0, 1],
          ]),
        a,
        e,
      ),
    ).toEqual([584, 1520]);
    expect(valuesOf((x, y) => tensordot(x!, y!, 1), counted([2, 2]), [10, 1])).toEqual([12, 34]);
    expect(
      valuesOf((x, y) => tensordot(x!, y!), counted([2, 2]), [
        [1, 0],
        [0, 1],
      ]),
    ).toBe(5);
    expect(valuesOf((x, y) => tensordot(x!, y!, 0), [1, 2], [3, 4])).toEqual([
      [3, 4],
      [6, 8],
    ]);
  });

  it('puts the axes of the cotangent back in place', () => {
    const y = tensordot(counted([2, 3]), [10, 1], [0, 0]);
    expect(pulledBack(y, [1, 2, 3])).toEqual([
      [
        [10, 20, 30],
        [1, 2, 3],
      ],
      [14, 32],
    ]);
  });

  it('refuses axes that do not pair, also at run time', () => {
    expectError(() => tensordot([1, 2], [1, 2, 3], 1), ShapeError, 'OP_TENSORDOT_SHAPES');
    expectError(() => tensordot([1], [1], 2), ValueError, 'OP_AXES_COUNT');
    expectError(
      () => tensordot(matrix('a'), matrix('b'), [[0, 1], [0]]),
      ValueError,
      'OP_AXES_COUNT',
    );
    const a = matrix('a');
    const y = tensordot(a, counted([3, 2]));
    const run = (): unknown => evaluate(y, new Map([[a, counted([2, 3])]]));
    expectError(run, ShapeError, 'OP_TENSORDOT_SHAPES');
  });
});

describe('dot', () => {
  it('follows NumPy for every rank', () => {
    expect(valuesOf((x, y) => dot(x!, y!), [1, 2, 3], [4, 5, 6])).toBe(32);
    expect(valuesOf((x, y) => dot(x!, y!), 2, [4, 5])).toEqual([8, 10]);
    expect(valuesOf((x, y) => dot(x!, y!), counted([2, 2]), [10, 1])).toEqual([12, 34]);
    const [a, b] = [counted([1, 2, 2], 0), counted([2, 2, 1], 0)];
    expect(valuesOf((x, y) => dot(x!, y!), a, b)).toEqual([
      [
        [[1], [3]],
        [[3], [13]],
      ],
    ]);
  });
});

describe('outer', () => {
  it('multiplies each by each, flattening', () => {
    expect(valuesOf((x, y) => outer(x!, y!), [1, 2], [[3], [4]])).toEqual([
      [3, 4],
      [6, 8],
    ]);
    expect(outer(vector('a', { dtype: 'float32' }), [1]).dtype).toBe('float64');
  });
});
