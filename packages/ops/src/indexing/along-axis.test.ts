import { describe, expect, it } from '@jest/globals';
import { DTypeError, ShapeError, ValueError } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, valuesOf } from '../../test/values.ts';
import { putAlongAxis, take, takeAlongAxis } from './index.ts';

const m = [
  [1, 2, 3],
  [4, 5, 6],
];
const values = (y: Variable): unknown => evaluate(y).toArray();
const raises = (y: Variable): void =>
  expectError(() => evaluate(y), ValueError, 'INDEX_OUT_OF_RANGE');

// Expected values: NumPy 2.
describe('takeAlongAxis', () => {
  it('reads each row at its own indices', () => {
    expect(
      values(
        takeAlongAxis(m, [
          [2, 0, -1],
          [1, 1, 0],
        ]),
      ),
    ).toEqual([
      [3, 1, 3],
      [5, 5, 4],
    ]);
    expect(values(takeAlongAxis(m, [[1, 0, -1]], { axis: 0 }))).toEqual([[4, 2, 6]]);
  });

  it('repeats axes of size 1 where the other has more', () => {
    expect(values(takeAlongAxis(m, [[2, 0]]))).toEqual([
      [3, 1],
      [6, 4],
    ]);
    expect(values(takeAlongAxis([[7, 8, 9]], [[0], [2]]))).toEqual([[7], [9]]);
  });

  it('takes variables of unknown sizes', () => {
    const i = tensorFrom(
      [
        [2, 0],
        [1, 1],
      ],
      { dtype: 'int32' },
    );
    expect(valuesOf((x, k) => takeAlongAxis(x!, k!), m, i)).toEqual([
      [3, 1],
      [5, 5],
    ]);
  });

  it('refuses indices outside, other ranks and other dtypes', () => {
    raises(takeAlongAxis(m, [[3], [0]]));
    expectError(() => takeAlongAxis(m, [0, 1]), ShapeError, 'OP_ALONG_SHAPE');
    expectError(() => takeAlongAxis(m, [[true], [false]]), DTypeError, 'OP_DTYPE_REJECTED');
  });
});

describe('putAlongAxis', () => {
  const i = [
    [0, 0, 2],
    [1, -1, 0],
  ];
  const v = [
    [10, 20, 30],
    [40, 50, 60],
  ];

  it('writes, the last of several writes staying, or adds', () => {
    expect(values(putAlongAxis(m, i, v))).toEqual([
      [20, 2, 30],
      [60, 40, 50],
    ]);
    expect(values(putAlongAxis(m, i, v, { mode: 'add' }))).toEqual([
      [31, 2, 33],
      [64, 45, 56],
    ]);
    expect(values(putAlongAxis(m, [[1, 1, 0]], 0, { axis: 0 }))).toEqual([
      [1, 2, 0],
      [0, 0, 6],
    ]);
  });

  it('refuses other modes, values that do not fit, indices outside', () => {
    expectError(() => putAlongAxis(m, i, v, { mode: 'max' as never }), ValueError, 'OP_PUT_MODE');
    expectError(() => putAlongAxis(m, i, [1, 2]), ShapeError, 'SHAPE_BROADCAST');
    raises(putAlongAxis(m, [[0], [3]], 1));
  });
});

describe('take', () => {
  it('puts the axes of the indices in place of the axis', () => {
    expect(
      values(
        take(
          m,
          [
            [2, 0],
            [1, -1],
          ],
          { axis: 1 },
        ),
      ),
    ).toEqual([
      [
        [3, 1],
        [2, 3],
      ],
      [
        [6, 4],
        [5, 6],
      ],
    ]);
    expect(values(take(m, [5, 0]))).toEqual([6, 1]);
    expect(values(take(m, -1, { axis: 0 }))).toEqual([4, 5, 6]);
  });

  it('raises, goes round, or stays at the ends', () => {
    const at = [-4, -1, 3, 7];
    raises(take([1, 2, 3], at));
    expect(values(take([1, 2, 3], at, { mode: 'wrap' }))).toEqual([3, 3, 1, 2]);
    expect(values(take([1, 2, 3], at, { mode: 'clip' }))).toEqual([1, 1, 3, 3]);
    expectError(() => take([1], [0], { mode: 'fill' as never }), ValueError, 'OP_TAKE_MODE');
  });
});
