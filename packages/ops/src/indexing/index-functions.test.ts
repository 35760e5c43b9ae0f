import { describe, expect, it } from '@jest/globals';
import { ArgumentTypeError, DTypeError, ShapeError, ValueError, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, valuesOf as runs } from '../../test/values.ts';
import { addIndex, index, setIndex } from './index.ts';
import type { IndexSpec } from './index.ts';

const cube = Array.from({ length: 2 }, (_, i) =>
  Array.from({ length: 3 }, (_j, j) => Array.from({ length: 4 }, (_k, k) => 12 * i + 4 * j + k)),
);
const zeros = [
  [0, 0, 0],
  [0, 0, 0],
];

const valuesOf = (y: Variable): unknown => evaluate(y).toArray();

// Expected values: NumPy 2.
describe('index', () => {
  it.each<[string, IndexSpec, unknown]>([
    [
      'neighbouring axes',
      [{}, [2, 0], [1, 3]],
      [
        [9, 3],
        [21, 15],
      ],
    ],
    [
      'axes apart: in front',
      [[1, 0], {}, [1, 3]],
      [
        [13, 17, 21],
        [3, 7, 11],
      ],
    ],
    [
      'a number beside arrays',
      [0, {}, [1, 3]],
      [
        [1, 5, 9],
        [3, 7, 11],
      ],
    ],
    [
      'arrays that broadcast',
      [{}, [[0], [1]], [3, 0]],
      [
        [
          [3, 0],
          [7, 4],
        ],
        [
          [15, 12],
          [19, 16],
        ],
      ],
    ],
    [
      'ranges',
      [{ step: -1 }, [2, 0], { start: 1, stop: 3 }],
      [
        [
          [21, 22],
          [13, 14],
        ],
        [
          [9, 10],
          [1, 2],
        ],
      ],
    ],
    ['a new axis between', [[1, 0], 'newaxis', [0, 2]], [[[12, 13, 14, 15]], [[8, 9, 10, 11]]]],
    [
      'an ellipsis',
      ['ellipsis', [-1, 0]],
      [
        [
          [3, 0],
          [7, 4],
          [11, 8],
        ],
        [
          [15, 12],
          [19, 16],
          [23, 20],
        ],
      ],
    ],
    ['no arrays', [1, { stop: 1 }], [[12, 13, 14, 15]]],
    ['an empty array', [tensorFrom([], { dtype: 'int32' })], []],
  ])('places axes as NumPy does: %s', (_, spec, expected) => {
    expect(evaluate(index(cube, spec)).toArray()).toEqual(expected);
  });

  it('takes variables of unknown sizes, and strided ones', () => {
    const i = tensorFrom([[2, 0]], { dtype: 'int32' });
    expect(
      runs(
        (x, k) => index(x!, [{}, k!]),
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        i,
      ),
    ).toEqual([[[3, 1]], [[6, 4]]]);
    expect(
      runs(
        (x, k) => setIndex(x!, 0, [k!, 1]),
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        i,
      ),
    ).toEqual([
      [1, 0],
      [3, 4],
      [5, 0],
    ]);
  });

  it('keeps the dtype', () => {
    expect(index([true, false], [[1]]).dtype).toBe('bool');
    expect(index(vector('x', { dtype: 'float32' }), [[0, 0]]).dtype).toBe('float32');
  });

  it('names the op, the index, the axis and the position of an index that is outside', () => {
    expect(() => evaluate(index(cube, [{}, [[0], [3]]]))).toThrow(
      expect.objectContaining({
        code: 'INDEX_OUT_OF_RANGE',
        data: expect.objectContaining({
          op: 'index',
          index: 3,
          axis: 1,
          position: [1, 0],
        }),
      }),
    );
    expectError(() => evaluate(index([1, 2], [[-3]])), ValueError, 'INDEX_OUT_OF_RANGE');
  });

  it('refuses masks, fractions, and arrays that do not broadcast', () => {
    expectError(() => index([1, 2], [[true, false]]), DTypeError, 'OP_DTYPE_REJECTED');
    expectError(() => index([1, 2], [[0.5]]), ValueError, 'NOT_REPRESENTABLE');
    expectError(
      () =>
        index(cube, [
          [0, 1],
          [0, 1, 2],
        ]),
      ShapeError,
      'SHAPE_BROADCAST',
    );
    expectError(() => index(cube, '0' as never), ArgumentTypeError, 'INDEX_SPEC');
  });
});

describe('setIndex', () => {
  it('keeps the last of several writes', () => {
    expect(valuesOf(setIndex([0, 0, 0], [1, 2, 3], [[0, -1, 0]]))).toEqual([3, 0, 2]);
    const v = [
      [1, 2],
      [3, 4],
    ];
    expect(valuesOf(setIndex(zeros, v, [{}, [1, 1]]))).toEqual([
      [0, 2, 0],
      [0, 4, 0],
    ]);
  });

  it('writes where index reads, ranges included', () => {
    const target = Array.from({ length: 2 }, () => Array.from({ length: 3 }, () => [0, 0]));
    const v = [
      [0, 1, 2],
      [3, 4, 5],
    ];
    expect(valuesOf(setIndex(target, v, [[1, 0], {}, [0, 1]]))).toEqual([
      [
        [0, 3],
        [0, 4],
        [0, 5],
      ],
      [
        [0, 0],
        [1, 0],
        [2, 0],
      ],
    ]);
    expect(valuesOf(setIndex(zeros, 7, [{ start: 1 }, [0, 2]]))).toEqual([
      [0, 0, 0],
      [7, 0, 7],
    ]);
    expect(valuesOf(setIndex([1, 2], 7, [0]))).toEqual([7, 2]);
  });

  it('refuses values that do not fit', () => {
    expectError(() => setIndex([1, 2], [1, 2, 3], [[0, 1]]), ShapeError, 'SHAPE_BROADCAST');
    expectError(() => setIndex([1, 2], [[1], [2]], [[0, 1]]), ShapeError, 'SHAPE_BROADCAST');
    const whole = tensorFrom([1, 2], { dtype: 'int32' });
    expectError(() => setIndex(whole, 0.5, [[0]]), DTypeError, 'OP_DTYPE_NARROWING');
  });
});

describe('addIndex', () => {
  it('adds as often as a place is named', () => {
    expect(valuesOf(addIndex([0, 0, 0], [1, 2, 3], [[0, 2, 0]]))).toEqual([4, 0, 2]);
    const v = [
      [1, 2],
      [3, 4],
    ];
    expect(valuesOf(addIndex(zeros, v, [{}, [1, 1]]))).toEqual([
      [0, 3, 0],
      [0, 7, 0],
    ]);
    expect(valuesOf(addIndex([1, 2], 7, [{ start: 1 }]))).toEqual([1, 9]);
  });
});
