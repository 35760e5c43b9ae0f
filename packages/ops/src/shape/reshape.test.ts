import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, matrix, scalar, tensor } from '@cotangent/graph';
import { tensorFrom, zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, valuesOf } from '../../test/values.ts';
import { flatten, reshape } from './reshape.ts';
import { shapeAt } from './size.ts';

const x = [
  [1, 2, 3],
  [4, 5, 6],
];

describe('reshape', () => {
  it('keeps the row-major order', () => {
    const pairs = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    expect(valuesOf((a) => reshape(a, [3, 2]), x)).toEqual(pairs);
    expect(valuesOf((a) => reshape(a, [-1, 2]), x)).toEqual(pairs);
    expect(valuesOf((a) => reshape(a, []), [[7]])).toBe(7);
    expect(valuesOf((a) => reshape(a, [1, 1]), 7)).toEqual([[7]]);
  });

  it('takes sizes from the graph', () => {
    expect(valuesOf((a) => reshape(a, [shapeAt(a, 1), 2]), x)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('infers what it can', () => {
    expect(reshape(matrix('a', { shape: [2, 3] }), [3, -1]).shape).toEqual([3, 2]);
    expect(reshape(matrix('a'), [3, -1]).shape).toEqual([3, null]);
    expect(
      reshape(matrix('a', { shape: [2, 3] }), [scalar('n', { dtype: 'int32' }), 2]).shape,
    ).toEqual([3, 2]);
  });

  it('handles empty arrays', () => {
    const empty = zerosTensor([0, 3], 'float64');
    expect(evaluate(reshape(empty, [5, 0])).shape).toEqual([5, 0]);
    expect(evaluate(reshape(empty, [-1])).shape).toEqual([0]);
  });

  it('gives the cotangent the shape of its input', () => {
    expect(pulledBack(reshape(x, [6]), [1, 2, 3, 4, 5, 6])).toEqual([x, 'disconnected']);
  });

  it('refuses another number of elements, also at run time', () => {
    expectError(() => reshape(x, [4]), ShapeError, 'RESHAPE_SIZE_MISMATCH');
    expectError(() => reshape(x, [4, -1]), ShapeError, 'RESHAPE_SIZE_MISMATCH');
    const a = matrix('a');
    const y = reshape(a, [4]);
    const run = (): unknown => evaluate(y, new Map([[a, tensorFrom(x)]]));
    expectError(run, ShapeError, 'RESHAPE_SIZE_MISMATCH');
  });

  it('refuses sizes below -1, fractions and a second -1', () => {
    expectError(() => reshape(x, [-2]), ValueError, 'OP_INVALID_SIZE');
    expectError(() => reshape(x, [1.5]), ValueError, 'OP_INVALID_SIZE');
    expectError(() => reshape(x, [-1, -1]), ValueError, 'OP_INVALID_SIZE');
  });
});

describe('flatten', () => {
  it('merges trailing axes', () => {
    expect(valuesOf((a) => flatten(a), x)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(valuesOf((a) => flatten(a, 2), [x])).toEqual([[1, 2, 3, 4, 5, 6]]);
    expect(valuesOf((a) => flatten(a), 7)).toEqual([7]);
    const empty = tensor('a', { shape: [0, null, 3] });
    const y = flatten(empty, 2);
    expect(evaluate(y, new Map([[empty, zerosTensor([0, 2, 3], 'float64')]])).shape).toEqual([
      0, 6,
    ]);
  });

  it('refuses ranks that the input cannot have', () => {
    expectError(() => flatten(x, 3), ValueError, 'OP_INVALID_RANK');
    expectError(() => flatten(x, 0), ValueError, 'OP_INVALID_RANK');
  });
});
