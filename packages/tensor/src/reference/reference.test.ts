import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '../create.ts';
import { DTypeError, ShapeError, ValueError } from '../errors.ts';
import { zerosTensor } from '../dense.ts';
import type { Tensor } from '../tensor.ts';
import * as views from '../views.ts';
import * as reference from './index.ts';

const grid = tensorFrom([
  [1, 2, 3],
  [4, 5, 6],
]);
const int = (...values: number[]): Tensor => tensorFrom(values, { dtype: 'int32' });
const brief = (t: Tensor): readonly unknown[] => [t.dtype, t.toArray()];

describe('elementwise reference kernels', () => {
  it.each<[string, reference.UnaryKernel, (x: number) => number]>([
    ['exp', reference.exp, Math.exp],
    ['log', reference.log, Math.log],
    ['sqrt', reference.sqrt, Math.sqrt],
    ['sin', reference.sin, Math.sin],
    ['cos', reference.cos, Math.cos],
    ['tan', reference.tan, Math.tan],
    ['asin', reference.asin, Math.asin],
    ['acos', reference.acos, Math.acos],
    ['atan', reference.atan, Math.atan],
  ])('%s is that of Math', (_, kernel, expected) => {
    const x = [0.25, 0.5, 0.75];
    expect(kernel(tensorFrom(x)).toArray()).toEqual(x.map(expected));
  });

  it('keep integers where the function does, and give floats elsewhere', () => {
    expect(brief(reference.abs(int(-2, 3)))).toEqual(['int32', [2, 3]]);
    expect(brief(reference.neg(int(-2, 3)))).toEqual(['int32', [2, -3]]);
    expect(reference.exp(int(0)).dtype).toBe('float64');
    expect(reference.reciprocal(tensorFrom([2], { dtype: 'uint8' })).dtype).toBe('float32');
    expect(brief(reference.floor(tensorFrom([1.5])))).toEqual(['float64', [1]]);
    expect(brief(reference.ceil(tensorFrom([1.5])))).toEqual(['float64', [2]]);
  });

  it('broadcast and promote', () => {
    expect(brief(reference.add(grid, int(10, 20, 30)))).toEqual([
      'float64',
      [
        [11, 22, 33],
        [14, 25, 36],
      ],
    ]);
    expect(brief(reference.sub(int(1, 2), int(3)))).toEqual(['int32', [-2, -1]]);
    expect(brief(reference.mul(tensorFrom([true]), tensorFrom([true])))).toEqual(['bool', [true]]);
    expect(brief(reference.add(tensorFrom([true]), tensorFrom([true])))).toEqual(['bool', [true]]);
    expect(brief(reference.div(int(1), int(2)))).toEqual(['float64', [0.5]]);
    expect(brief(reference.fmod(int(-7), int(3)))).toEqual(['int32', [-1]]);
    expect(brief(reference.pow(int(2), int(5)))).toEqual(['int32', [32]]);
    expect(brief(reference.atan2(int(0), int(-1)))).toEqual(['float64', [Math.PI]]);
    expect(brief(reference.maximum(tensorFrom([1, NaN]), int(2)))).toEqual(['float64', [2, NaN]]);
    expect(brief(reference.minimum(tensorFrom([1, NaN]), int(2)))).toEqual(['float64', [1, NaN]]);
    expect(
      reference.add(zerosTensor([0, 3], 'float32'), zerosTensor([3], 'float32')).shape,
    ).toEqual([0, 3]);
  });

  it.each<[string, reference.BinaryKernel, readonly boolean[]]>([
    ['equal', reference.equal, [false, true, false, false]],
    ['notEqual', reference.notEqual, [true, false, true, true]],
    ['less', reference.less, [true, false, false, false]],
    ['lessEqual', reference.lessEqual, [true, true, false, false]],
    ['greater', reference.greater, [false, false, true, false]],
    ['greaterEqual', reference.greaterEqual, [false, true, true, false]],
  ])('%s compares, NaN with nothing', (_, kernel, expected) => {
    const [a, b] = [tensorFrom([1, 2, 3, NaN]), tensorFrom([2, 2, 2, NaN])];
    expect(brief(kernel(a, b))).toEqual(['bool', expected]);
  });

  it('combine truth values, NaN being true', () => {
    const [a, b] = [tensorFrom([0, 2, NaN]), tensorFrom([0, 0, 3])];
    expect(brief(reference.logicalAnd(a, b))).toEqual(['bool', [false, false, true]]);
    expect(brief(reference.logicalOr(a, b))).toEqual(['bool', [false, true, true]]);
    expect(brief(reference.logicalNot(tensorFrom([0, 2])))).toEqual(['bool', [true, false]]);
  });

  it('refuse shapes that do not fit, and neg and sub of bool', () => {
    expect(() => reference.add(grid, tensorFrom([1, 2]))).toThrow('add: cannot broadcast');
    const truth = tensorFrom([true]);
    expect(() => reference.neg(truth)).toThrow(DTypeError);
    expect(() => reference.sub(truth, truth)).toThrow(
      expect.objectContaining({ code: 'DTYPE_BOOL' }),
    );
  });
});

describe('reference reductions', () => {
  it('fold any axes of any view', () => {
    const t = views.transpose(grid);
    expect(reference.sum(t).toArray()).toBe(21);
    expect(reference.sum(t, { axes: 0 }).toArray()).toEqual([6, 15]);
    expect(reference.prod(t, { axes: -1, keepDims: true }).toArray()).toEqual([[4], [10], [18]]);
    expect(reference.max(t, { axes: [0, 1], keepDims: true }).toArray()).toEqual([[6]]);
    expect(reference.min(t, { axes: [] }).toArray()).toEqual(t.toArray());
    expect(reference.max(tensorFrom(3)).toArray()).toBe(3);
  });

  it('sum integers and booleans to int32 and keep float32', () => {
    expect(brief(reference.sum(tensorFrom([true, true])))).toEqual(['int32', 2]);
    expect(reference.sum(zerosTensor([2], 'float32')).dtype).toBe('float32');
    expect(reference.max(int(1, 2)).dtype).toBe('int32');
  });

  it('give the neutral element of an empty group, max and min refuse it', () => {
    const t = zerosTensor([2, 0], 'float64');
    expect(reference.sum(t, { axes: 1 }).toArray()).toEqual([0, 0]);
    expect(reference.prod(t, { axes: 1 }).toArray()).toEqual([1, 1]);
    expect(reference.max(t, { axes: 0 }).shape).toEqual([0]);
    expect(() => reference.max(t, { axes: 1 })).toThrow(ValueError);
    expect(() => reference.min(t)).toThrow(expect.objectContaining({ code: 'REDUCE_EMPTY' }));
  });

  it('let NaN win, and count it as true', () => {
    const t = tensorFrom([
      [1, NaN],
      [0, 0],
    ]);
    expect(reference.max(t, { axes: 1 }).toArray()).toEqual([NaN, 0]);
    expect(reference.min(t, { axes: 1 }).toArray()).toEqual([NaN, 0]);
    expect(brief(reference.any(t, { axes: 1 }))).toEqual(['bool', [true, false]]);
    expect(brief(reference.all(t, { axes: 1 }))).toEqual(['bool', [true, false]]);
  });
});

describe('matmul', () => {
  it('multiplies matrices and vectors', () => {
    const b = tensorFrom([
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    expect(reference.matmul(grid, b).toArray()).toEqual([
      [4, 5],
      [10, 11],
    ]);
    expect(reference.matmul(grid, tensorFrom([1, 0, -1])).toArray()).toEqual([-2, -2]);
    expect(reference.matmul(tensorFrom([1, -1]), grid).toArray()).toEqual([-3, -3, -3]);
    expect(reference.matmul(tensorFrom([1, 2]), tensorFrom([3, 4])).toArray()).toBe(11);
    expect(reference.matmul(views.transpose(grid), grid).get(2, 0)).toBe(27);
  });

  it('broadcasts leading axes', () => {
    const batch = tensorFrom([
      [
        [1, 0],
        [0, 1],
      ],
      [
        [2, 0],
        [0, 2],
      ],
    ]);
    expect(reference.matmul(batch, grid).toArray()).toEqual([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [2, 4, 6],
        [8, 10, 12],
      ],
    ]);
  });

  it('sums nothing to zero and keeps integers', () => {
    const empty = reference.matmul(zerosTensor([2, 0], 'int32'), zerosTensor([0, 1], 'int32'));
    expect(brief(empty)).toEqual(['int32', [[0], [0]]]);
  });

  it('refuses shapes that do not fit', () => {
    expect(() => reference.matmul(grid, grid)).toThrow(ShapeError);
    expect(() => reference.matmul(grid, tensorFrom(1))).toThrow(
      expect.objectContaining({ code: 'MATMUL_SHAPES' }),
    );
  });
});

describe('transpose, broadcastTo and concatenate', () => {
  it('agree with the views of the same name', () => {
    expect(reference.transpose(grid).toArray()).toEqual(views.transpose(grid).toArray());
    const t = zerosTensor([2, 3, 4], 'float32');
    expect(reference.transpose(t, [1, -1, 0]).shape).toEqual([3, 4, 2]);
    expect(reference.broadcastTo(int(1, 2), [2, 2]).toArray()).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(() => reference.broadcastTo(grid, [3])).toThrow(ShapeError);
  });

  it('join tensors along an axis', () => {
    expect(
      reference
        .concatenate([grid, int(7, 8, 9)].map((t) => views.reshapeCopy(t, [-1, 3])))
        .toArray(),
    ).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    expect(reference.concatenate([grid, views.flip(grid)], -1).shape).toEqual([2, 6]);
    expect(reference.concatenate([zerosTensor([0], 'int32'), int(1)]).toArray()).toEqual([1]);
  });

  it('refuse nothing to join, and shapes that do not fit', () => {
    expect(() => reference.concatenate([])).toThrow(ValueError);
    expect(() => reference.concatenate([grid, int(1)])).toThrow(
      expect.objectContaining({ code: 'CONCATENATE_SHAPES' }),
    );
  });
});
