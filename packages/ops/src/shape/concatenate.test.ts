import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, matrix, tensor, vector } from '@cotangent/graph';
import { tensorFrom, zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { concatenate, split, stack } from './concatenate.ts';
import { shapeAt } from './size.ts';

const a = [
  [1, 2],
  [3, 4],
];

describe('concatenate', () => {
  it('joins along an axis', () => {
    expect(valuesOf((x, y) => concatenate([x!, y!]), a, [[5, 6]])).toEqual([...a, [5, 6]]);
    expect(valuesOf((x, y) => concatenate([x!, y!], { axis: -1 }), a, [[5], [6]])).toEqual([
      [1, 2, 5],
      [3, 4, 6],
    ]);
    expect(valuesOf((x, y) => concatenate([x!, y!, x!]), [1], [])).toEqual([1, 1]);
  });

  it('promotes dtypes', () => {
    const half = vector('h', { dtype: 'float32' });
    expect(concatenate([half, typed([1], 'int32')]).dtype).toBe('float64');
    expect(concatenate([half, typed([true], 'bool')]).dtype).toBe('float32');
  });

  it('infers the sizes that are known', () => {
    const x = tensor('x', { shape: [null, 2] });
    const y = tensor('y', { shape: [3, null] });
    expect(concatenate([x, y]).shape).toEqual([null, 2]);
    expect(concatenate([x, y], { axis: 1 }).shape).toEqual([3, null]);
  });

  it('splits the cotangent', () => {
    expect(pulledBack(concatenate([[1, 2], [3]]), [10, 20, 30])).toEqual([[10, 20], [30]]);
  });

  it('refuses unequal ranks and sizes, also at run time', () => {
    expectError(() => concatenate([a, [1, 2]]), ShapeError, 'OP_CONCATENATE_SHAPES');
    expectError(() => concatenate([a, [[1, 2, 3]]]), ShapeError, 'OP_CONCATENATE_SHAPES');
    const x = matrix('x');
    const y = concatenate([x, a]);
    const run = (): unknown => evaluate(y, new Map([[x, zerosTensor([1, 3], 'float64')]]));
    expectError(run, ShapeError, 'OP_CONCATENATE_SHAPES');
  });

  it('refuses no inputs, scalars and axes that do not exist', () => {
    expectError(() => concatenate([]), ValueError, 'OP_NO_INPUTS');
    expectError(() => concatenate([1, 2]), ValueError, 'AXIS_OUT_OF_RANGE');
    expectError(() => concatenate([a, a], { axis: 2 }), ValueError, 'AXIS_OUT_OF_RANGE');
  });
});

describe('split', () => {
  const part = (i: number, axis: number) => (x: Parameters<typeof split>[0]) =>
    split(x, [1, 1, 0], { axis })[i]!;

  it('cuts an axis into parts', () => {
    expect(valuesOf((x) => part(1, 0)(x!), a)).toEqual([[3, 4]]);
    expect(valuesOf((x) => part(0, -1)(x!), a)).toEqual([[1], [3]]);
    expect(valuesOf((x) => part(2, 1)(x!), a)).toEqual([[], []]);
  });

  it('takes sizes from the graph', () => {
    const n = vector('n');
    const parts = split([1, 2, 3], [shapeAt(n, 0), 2]);
    expect(parts[1]!.shape).toEqual([2]);
    const givens = new Map([[n, zerosTensor([1], 'float64')]]);
    expect(evaluate(parts[1]!, givens).toArray()).toEqual([2, 3]);
    const wrong = new Map([[n, zerosTensor([2], 'float64')]]);
    expectError(() => evaluate(parts[1]!, wrong), ShapeError, 'OP_SPLIT_SIZES');
  });

  it('refuses sizes that do not add up', () => {
    expectError(() => split(a, [1, 2]), ShapeError, 'OP_SPLIT_SIZES');
    expectError(() => split(a, [3, shapeAt(vector('n'), 0)]), ShapeError, 'OP_SPLIT_SIZES');
    expectError(() => split(a, [1, vector('n')]), ValueError, 'OP_INVALID_SIZE');
    expectError(() => split(a, [-1, 3]), ValueError, 'OP_INVALID_SIZE');
    const x = matrix('x');
    const [y] = split(x, [1, 2]);
    const run = (): unknown => evaluate(y!, new Map([[x, tensorFrom(a)]]));
    expectError(run, ShapeError, 'OP_SPLIT_SIZES');
  });
});

describe('stack', () => {
  it('adds an axis', () => {
    expect(valuesOf((x, y) => stack([x!, y!], { axis: 1 }), [1.5, -2, 3], [4, 5, -6.5])).toEqual([
      [1.5, 4],
      [-2, 5],
      [3, -6.5],
    ]);
    expect(valuesOf((x, y) => stack([x!, y!, 3]), 1, 2)).toEqual([1, 2, 3]);
    expect(valuesOf((x) => stack([x!, x!], { axis: -1 }), [1, 2])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('refuses unequal shapes', () => {
    expectError(() => stack([[1, 2], 3]), ShapeError, 'OP_CONCATENATE_SHAPES');
    expectError(() => stack([[1, 2], [3]]), ShapeError, 'OP_CONCATENATE_SHAPES');
    expectError(() => stack([]), ValueError, 'OP_NO_INPUTS');
  });
});
