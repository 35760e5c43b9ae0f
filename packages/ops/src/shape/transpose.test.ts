import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, matrix, tensor, vector } from '@cotangent/graph';
import { zerosTensor } from '@cotangent/tensor';
import { expectError, valuesOf } from '../../test/values.ts';
import { evaluate } from '../../test/evaluate.ts';
import {
  expandDims,
  matrixTranspose,
  moveAxis,
  squeeze,
  swapAxes,
  transpose,
} from './transpose.ts';

const x = [
  [1, 2, 3],
  [4, 5, 6],
];
const turned = [
  [1, 4],
  [2, 5],
  [3, 6],
];

describe('transpose', () => {
  it('reverses the axes unless told otherwise', () => {
    expect(valuesOf((a) => transpose(a), x)).toEqual(turned);
    expect(valuesOf((a) => transpose(a, [1, 0]), x)).toEqual(turned);
    expect(valuesOf((a) => transpose(a, [-2, -1]), x)).toEqual(x);
    expect(valuesOf((a) => transpose(a), 7)).toBe(7);
  });

  it("adds axes for 'x' and drops axes that are not listed", () => {
    expect(valuesOf((a) => transpose(a, [0, 'x']), [1, 2])).toEqual([[1], [2]]);
    expect(valuesOf((a) => transpose(a, ['x', 1, 'x']), [[1, 2]])).toEqual([[[1], [2]]]);
  });

  it('keeps empty axes', () => {
    expect(evaluate(transpose(zerosTensor([0, 3], 'float64'))).shape).toEqual([3, 0]);
  });

  it('makes no node where nothing moves', () => {
    const a = matrix('a');
    expect(transpose(a, [0, 1])).toBe(a);
    expect(expandDims(a, [])).toBe(a);
    expect(swapAxes(a, 1, 1)).toBe(a);
  });

  it('refuses axes that do not exist, repeat, or cannot be dropped', () => {
    expectError(() => transpose(matrix('a'), [0, 2]), ValueError, 'AXIS_OUT_OF_RANGE');
    expectError(() => transpose(matrix('a'), [0, -2]), ValueError, 'AXIS_REPEATED');
    expectError(() => transpose(x, [1]), ShapeError, 'SQUEEZE_AXIS');
  });
});

describe('matrixTranspose', () => {
  it('turns every matrix of a stack', () => {
    expect(valuesOf(matrixTranspose, [x])).toEqual([turned]);
  });

  it('refuses vectors', () => {
    expectError(() => matrixTranspose(vector('v')), ShapeError, 'OP_RANK');
  });
});

describe('swapAxes and moveAxis', () => {
  const shapeOf = (y: Parameters<typeof evaluate>[0]): readonly number[] => evaluate(y).shape;
  const zeros = zerosTensor([2, 3, 4, 5], 'float64');

  it('exchange two axes, or move some and keep the order of the others', () => {
    expect(shapeOf(swapAxes(zeros, 0, -1))).toEqual([5, 3, 4, 2]);
    expect(shapeOf(moveAxis(zeros, 0, -1))).toEqual([3, 4, 5, 2]);
    expect(shapeOf(moveAxis(zeros, -1, 0))).toEqual([5, 2, 3, 4]);
    expect(shapeOf(moveAxis(zeros, [0, 1], [-1, 0]))).toEqual([3, 4, 5, 2]);
  });

  it('refuse lists of different lengths', () => {
    expectError(() => moveAxis(zeros, [0, 1], 2), ValueError, 'OP_AXES_COUNT');
  });
});

describe('expandDims and squeeze', () => {
  it('add and drop axes of size 1', () => {
    expect(valuesOf((a) => expandDims(a, [0, -1]), [1, 2])).toEqual([[[1], [2]]]);
    expect(valuesOf((a) => squeeze(a, [0, 2]), [[[1], [2]]])).toEqual([1, 2]);
    expect(evaluate(squeeze([[[1], [2]]])).toArray()).toEqual([1, 2]);
  });

  it('refuse an axis of another size, when it is known', () => {
    expectError(() => squeeze(x, 0), ShapeError, 'SQUEEZE_AXIS');
    const a = matrix('a');
    const y = squeeze(a, 0);
    const value = zerosTensor([2, 3], 'float64');
    expectError(() => evaluate(y, new Map([[a, value]])), ShapeError, 'SQUEEZE_AXIS');
  });

  it('refuse to guess which axes have size 1', () => {
    const a = tensor('a', { shape: [1, null] });
    expectError(() => squeeze(a), ShapeError, 'OP_SQUEEZE_UNKNOWN');
  });
});
