import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, tensor } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, typed, valuesOf } from '../../test/values.ts';
import { batchedDot, inner, kron, matrixPower, vdot } from './index.ts';

const a = [
  [1, 2],
  [3, 4],
];

describe('batchedDot', () => {
  it('pairs along the first axis', () => {
    const b = [
      [1, 1],
      [0, 2],
    ];
    expect(valuesOf((x, y) => batchedDot(x!, y!), a, b)).toEqual([3, 8]);
    expect(valuesOf((x, y) => batchedDot(x!, y!), [a, a], b)).toEqual([
      [3, 7],
      [4, 8],
    ]);
    expect(valuesOf((x, y) => batchedDot(x!, y!), b, [a, a])).toEqual([
      [4, 6],
      [6, 8],
    ]);
  });

  it('does not broadcast, nor take other ranks', () => {
    const [x, y] = [tensor('x', { shape: [2, 3] }), tensor('y', { shape: [1, 3] })];
    expectError(() => batchedDot(x, y), ShapeError, 'OP_BATCHED_DOT_SHAPES');
    expectError(() => batchedDot([1], [1]), ShapeError, 'OP_RANK');
    const u = tensor('u', { shape: [null, 2] });
    const values = new Map([[u, tensorFrom([[1, 2]])]]);
    expectError(() => evaluate(batchedDot(a, u), values), ShapeError, 'RESHAPE_SIZE_MISMATCH');
  });
});

describe('inner, vdot, kron', () => {
  it('agree with their definitions for known and unknown sizes', () => {
    expect(valuesOf((x, y) => inner(x!, y!), a, [10, 1])).toEqual([12, 34]);
    expect(valuesOf((x, y) => inner(x!, y!), a, 2)).toEqual([[2, 4], [6, 8]]); // prettier-ignore
    expect(valuesOf((x, y) => vdot(x!, y!), a, a)).toBe(30);
    expect(valuesOf((x, y) => kron(x!, y!), [1, 10], [1, 2])).toEqual([1, 2, 10, 20]);
    expect(valuesOf((x, y) => kron(x!, y!), [1, 10], [[1], [2]])).toEqual([
      [1, 10],
      [2, 20],
    ]);
  });
});

describe('matrixPower', () => {
  it('squares repeatedly, inverts for negative exponents, and gives the identity for 0', () => {
    const shear = [
      [1, 1],
      [0, 1],
    ];
    expect(valuesOf((x) => matrixPower(x!, 5), shear)).toEqual([[1, 5], [0, 1]]); // prettier-ignore
    expect(valuesOf((x) => matrixPower(x!, -2), shear)).toEqual([[1, -2], [0, 1]]); // prettier-ignore
    expect(valuesOf((x) => matrixPower(x!, 0), [shear])).toEqual([[[1, 0], [0, 1]]]); // prettier-ignore
    expect(matrixPower(typed(a, 'float32'), 0).dtype).toBe('float32');
    expectError(() => matrixPower(a, 0.5), ValueError, 'OP_INVALID_EXPONENT');
    expectError(() => matrixPower([[1, 2]], 2), ShapeError, 'OP_NOT_SQUARE');
  });
});
