import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, tensor, vector } from '@cotangent/graph';
import { zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, valuesOf } from '../../test/values.ts';
import { diag, diagonal, trace, tril, triu } from './diagonal.ts';

const x = [
  [1, 2, 3],
  [4, 5, 6],
];

describe('diagonal and trace', () => {
  it('read a diagonal over two axes', () => {
    expect(valuesOf((a) => diagonal(a!), x)).toEqual([1, 5]);
    expect(valuesOf((a) => diagonal(a!, { offset: 1 }), x)).toEqual([2, 6]);
    expect(valuesOf((a) => diagonal(a!, { offset: -1, axis1: -1, axis2: 0 }), x)).toEqual([2, 6]);
    expect(valuesOf((a) => diagonal(a!, { offset: 7 }), x)).toEqual([]);
    expect(valuesOf((a) => diagonal(a!, { axis1: 1, axis2: 2 }), [x])).toEqual([[1, 5]]);
    expect(valuesOf((a) => trace(a!), x)).toBe(6);
    expect(evaluate(diagonal(zerosTensor([2, 4, 3], 'float64'))).shape).toEqual([3, 2]);
    expect(diagonal(tensor('a', { shape: [2, 4, 3] })).shape).toEqual([3, 2]);
  });

  it('put the cotangent on the diagonal', () => {
    expect(pulledBack(diagonal(x, { offset: 1 }), [7, 8])).toEqual([
      [
        [0, 7, 0],
        [0, 0, 8],
      ],
    ]);
  });

  it('refuse axes that do not exist or repeat', () => {
    expectError(() => diagonal([1, 2]), ValueError, 'AXIS_OUT_OF_RANGE');
    expectError(() => diagonal(x, { axis1: 1 }), ValueError, 'AXIS_REPEATED');
  });
});

describe('diag', () => {
  it('turns a vector into a matrix and back', () => {
    expect(valuesOf((a) => diag(a!), [1, 2])).toEqual([
      [1, 0],
      [0, 2],
    ]);
    expect(valuesOf((a) => diag(a!, { k: -1 }), [3])).toEqual([
      [0, 0],
      [3, 0],
    ]);
    expect(valuesOf((a) => diag(a!, { k: 1 }), x)).toEqual([2, 6]);
    expect(diag(vector('v')).shape).toEqual([null, null]);
    expect(
      pulledBack(diag([1, 2]), [
        [5, 6],
        [7, 8],
      ]),
    ).toEqual([[5, 8], 'disconnected']);
  });

  it('refuses other ranks', () => {
    expectError(() => diag(1), ShapeError, 'OP_RANK');
  });
});

describe('tril and triu', () => {
  it('keep one side of a diagonal', () => {
    expect(valuesOf((a) => tril(a!), x)).toEqual([
      [1, 0, 0],
      [4, 5, 0],
    ]);
    expect(valuesOf((a) => triu(a!, { k: 1 }), [x])).toEqual([
      [
        [0, 2, 3],
        [0, 0, 6],
      ],
    ]);
    expect(valuesOf((a) => tril(a!, { k: -5 }), x)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(valuesOf((a) => triu(a!, { k: -5 }), x)).toEqual(x);
  });

  it('refuse vectors', () => {
    expectError(() => tril([1, 2]), ShapeError, 'OP_RANK');
  });
});
