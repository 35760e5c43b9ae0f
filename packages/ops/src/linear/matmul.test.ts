import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, matrix, tensor, vector } from '@cotangent/graph';
import { tensorFrom, zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { matmul } from './matmul.ts';

const counted = (shape: readonly number[], start = 1): ReturnType<typeof tensorFrom> => {
  const n = shape.reduce((product, k) => product * k, 1);
  return tensorFrom(
    Float64Array.from({ length: n }, (_, k) => start + k),
    { shape },
  );
};
const times = (a: Parameters<typeof valuesOf>[1], b: Parameters<typeof valuesOf>[1]): unknown =>
  valuesOf((x, y) => matmul(x!, y!), a, b);

describe('matmul', () => {
  it('multiplies matrices, and stacks of them by one', () => {
    expect(
      times(counted([2, 2]), [
        [0, 1],
        [1, 0],
      ]),
    ).toEqual([
      [2, 1],
      [4, 3],
    ]);
    expect(times(counted([2, 3, 4]), counted([4, 2]))).toEqual([
      [
        [50, 60],
        [114, 140],
        [178, 220],
      ],
      [
        [242, 300],
        [306, 380],
        [370, 460],
      ],
    ]);
  });

  it('broadcasts leading axes', () => {
    const [first, second, third] = [
      [
        [
          [7, 10],
          [15, 22],
        ],
        [
          [19, 22],
          [43, 50],
        ],
      ],
      [
        [
          [23, 34],
          [31, 46],
        ],
        [
          [67, 78],
          [91, 106],
        ],
      ],
      [
        [
          [39, 58],
          [47, 70],
        ],
        [
          [115, 134],
          [139, 162],
        ],
      ],
    ];
    expect(times(counted([3, 1, 2, 2]), counted([2, 2, 2]))).toEqual([first, second, third]);
  });

  it('takes vectors as a row on the left and a column on the right', () => {
    expect(times(counted([2, 3, 4]), counted([4], 0))).toEqual([
      [20, 44, 68],
      [92, 116, 140],
    ]);
    expect(times(counted([3], 0), counted([2, 3, 4]))).toEqual([
      [23, 26, 29, 32],
      [59, 62, 65, 68],
    ]);
    expect(times([1, 2, 3], [4, 5, 6])).toBe(32);
  });

  it('sums nothing to zero', () => {
    expect(times(zerosTensor([2, 0], 'float64'), zerosTensor([0, 3], 'float64'))).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(times(zerosTensor([0, 2, 3], 'float64'), counted([3, 4]))).toEqual([]);
  });

  it('is right beyond one block of its kernel', () => {
    const [m, k, n] = [7, 517, 515];
    const a = tensorFrom(
      Float64Array.from({ length: m * k }, (_, i) => (i % 11) - 5),
      {
        shape: [m, k],
      },
    );
    const b = tensorFrom(
      Float64Array.from({ length: k * n }, (_, i) => (i % 7) - 3),
      {
        shape: [k, n],
      },
    );
    const entry = (i: number, j: number): number => {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a.get(i, p) * b.get(p, j);
      return sum;
    };
    const y = evaluate(matmul(a, b));
    const want = Array.from({ length: m }, (_, i) =>
      Array.from({ length: n }, (_j, j) => entry(i, j)),
    );
    expect(y.toArray()).toEqual(want);
  });

  it('rounds float32 once', () => {
    const y = matmul(typed([1, 2 ** -24, 2 ** -24], 'float32'), typed([1, 1, 1], 'float32'));
    expect(y.dtype).toBe('float32');
    expect(evaluate(y).item()).toBe(1 + 2 ** -23);
  });

  it('multiplies integers exactly or raises', () => {
    const bytes = typed([200, 100], 'uint8');
    expect(matmul(bytes, bytes).dtype).toBe('int32');
    expect(evaluate(matmul(bytes, bytes)).item()).toBe(50000);
    const large = typed([[2147483647, 2147483647, 5]], 'int32');
    const opposite = typed([[2147483647], [-2147483647], [1]], 'int32');
    expect(evaluate(matmul(large, opposite)).toArray()).toEqual([[5]]);
    const y = matmul(typed([65536], 'int32'), typed([32768], 'int32'));
    expectError(() => evaluate(y), ValueError, 'OP_INTEGER_OVERFLOW');
    expectError(
      () => evaluate(matmul(large, typed([1, 1, 0], 'int32'))),
      ValueError,
      'OP_INTEGER_OVERFLOW',
    );
  });

  it('promotes dtypes', () => {
    expect(matmul(vector('a', { dtype: 'int32' }), vector('b', { dtype: 'float32' })).dtype).toBe(
      'float64',
    );
    const truth = matmul(typed([[true, false]], 'bool'), typed([[true], [true]], 'bool'));
    expect(truth.dtype).toBe('bool');
    expect(evaluate(truth).toArray()).toEqual([[true]]);
  });

  it('sums the cotangent over the axes along which an input was broadcast', () => {
    const y = matmul(counted([2, 1, 2]), counted([2, 1]));
    expect(pulledBack(y, [[[1]], [[10]]])).toEqual([
      [[[1, 2]], [[10, 20]]],
      [[31], [42]],
    ]);
  });

  it('refuses sizes that do not fit, also at run time', () => {
    expectError(() => matmul(counted([2, 3]), counted([2, 3])), ShapeError, 'OP_MATMUL_SHAPES');
    expectError(() => matmul([1, 2], [1, 2, 3]), ShapeError, 'OP_MATMUL_SHAPES');
    expectError(
      () => matmul(counted([2, 2, 2]), counted([3, 2, 2])),
      ShapeError,
      'SHAPE_BROADCAST',
    );
    expectError(() => matmul(2, [1]), ShapeError, 'OP_RANK');
    const a = matrix('a');
    const y = matmul(a, counted([2, 3]));
    const run = (): unknown => evaluate(y, new Map([[a, counted([2, 3])]]));
    expectError(run, ShapeError, 'OP_MATMUL_SHAPES');
  });

  it('infers the sizes that are known', () => {
    const stack = tensor('x', { shape: [null, 5, 3] });
    expect(matmul(stack, matrix('w', { shape: [null, 2] })).shape).toEqual([null, 5, 2]);
  });
});
