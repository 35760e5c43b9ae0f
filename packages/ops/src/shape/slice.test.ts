import { describe, expect, it } from '@jest/globals';
import {
  ArgumentTypeError,
  DTypeError,
  ShapeError,
  ValueError,
  formatShape,
  matrix,
  scalar,
  vector,
} from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { addSlice, setSlice, slice } from './slice.ts';
import type { SliceSpec } from './slice-items.ts';

const cube = Array.from({ length: 2 }, (_, i) =>
  Array.from({ length: 3 }, (_j, j) => Array.from({ length: 4 }, (_k, k) => 12 * i + 4 * j + k)),
);
const five = [0, 1, 2, 3, 4];
const index = (name: string): ReturnType<typeof scalar> => scalar(name, { dtype: 'int32' });

describe('slice', () => {
  it.each<[SliceSpec, unknown]>([
    [
      '1, ::-2, 1:3',
      [
        [21, 22],
        [13, 14],
      ],
    ],
    [
      [1, { step: -2 }, { start: 1, stop: 3 }],
      [
        [21, 22],
        [13, 14],
      ],
    ],
    [
      '..., -1',
      [
        [3, 7, 11],
        [15, 19, 23],
      ],
    ],
    [':, newaxis, 2, ::3', [[[8, 11]], [[20, 23]]]],
    [
      [{}, 'newaxis', 2, { step: 3 }],
      [[[8, 11]], [[20, 23]]],
    ],
    [
      [-1, 'ellipsis', -1],
      [15, 19, 23],
    ],
    ['0, 1, 2', 6],
  ])('takes %j as NumPy does', (spec, want) => {
    expect(valuesOf((x) => slice(x!, spec), cube)).toEqual(want);
  });

  it.each<[string, number[]]>([
    ['-100:3', [0, 1, 2]],
    ['10:', []],
    ['100:-100:-2', [4, 2, 0]],
    ['3:0:-1', [3, 2, 1]],
    ['2:2', []],
    ['-2:', [3, 4]],
  ])('clamps %s as NumPy does', (spec, want) => {
    expect(valuesOf((x) => slice(x!, spec), five)).toEqual(want);
  });

  it('takes bounds from the graph', () => {
    const [i, j] = [index('i'), index('j')];
    const y = slice(five, [{ start: i, stop: j, step: -1 }]);
    expect(y.shape).toEqual([null]);
    const at = (a: number, b: number): unknown =>
      evaluate(
        y,
        new Map([
          [i, tensorFrom(a, { dtype: 'int32' })],
          [j, tensorFrom(b, { dtype: 'int32' })],
        ]),
      ).toArray();
    expect(at(3, 0)).toEqual([3, 2, 1]);
    expect(at(-1, -4)).toEqual([4, 3, 2]);
    const picked = slice(cube, [0, i, j]);
    expect(picked.shape).toEqual([]);
  });

  it('infers the sizes that are known', () => {
    expect(formatShape(slice(matrix('x', { shape: [null, 5] }), '::-1, 1::2').shape)).toBe('[?,2]');
    expect(formatShape(slice(matrix('x'), 'newaxis, 1:').shape)).toBe('[1,?,?]');
  });

  it('makes no node where everything is kept', () => {
    const x = matrix('x');
    expect(slice(x, ':, ...')).toBe(x);
  });

  it('adds the cotangent into zeros', () => {
    expect(pulledBack(slice(five, '3:0:-2'), [10, 20])).toEqual([[0, 20, 0, 10, 0]]);
    expect(pulledBack(slice(five, [{ start: typed(3, 'int32') }]), [10, 20])).toEqual([
      [0, 0, 0, 10, 20],
    ]);
  });

  it('refuses what is outside, also at run time', () => {
    expectError(() => slice(five, [5]), ValueError, 'INDEX_OUT_OF_RANGE');
    expectError(() => slice(five, [-6]), ValueError, 'INDEX_OUT_OF_RANGE');
    const x = vector('x');
    const y = slice(x, [5]);
    const run = (): unknown => evaluate(y, new Map([[x, tensorFrom(five)]]));
    expectError(run, ValueError, 'INDEX_OUT_OF_RANGE');
  });

  it('refuses what it cannot read', () => {
    expectError(() => slice(five, ':, :'), ShapeError, 'SLICE_TOO_MANY');
    expectError(() => slice(five, '..., ...'), ValueError, 'SLICE_ELLIPSIS');
    expectError(() => slice(five, '::0'), ValueError, 'STEP_INVALID');
    expectError(() => slice(five, '1:x'), ValueError, 'SLICE_SYNTAX');
    expectError(() => slice(five, [1.5]), ArgumentTypeError, 'SLICE_NOT_INTEGER');
    expectError(() => slice(five, [scalar('s')]), DTypeError, 'SLICE_BOUND_TYPE');
  });
});

describe('setSlice and addSlice', () => {
  it('update a copy, the value broadcast', () => {
    expect(valuesOf((x) => setSlice(x!, 9, '1::2'), five)).toEqual([0, 9, 2, 9, 4]);
    expect(valuesOf((x, v) => addSlice(x!, v!, '::-2'), five, [10, 20, 30])).toEqual([
      30, 1, 22, 3, 14,
    ]);
    expect(valuesOf((x, v) => setSlice(x!, v!, '0, :, 0'), cube, [7])).toEqual([
      [
        [7, 1, 2, 3],
        [7, 5, 6, 7],
        [7, 9, 10, 11],
      ],
      cube[1],
    ]);
    expect(five).toEqual([0, 1, 2, 3, 4]);
  });

  it('keep the dtype of what is updated', () => {
    const x = vector('x', { dtype: 'float32' });
    expect(setSlice(x, 0.5, '0').dtype).toBe('float32');
    expect(addSlice(x, typed([true], 'bool'), '1:').dtype).toBe('float32');
  });

  it('give the cotangent of each input', () => {
    const g = [1, 2, 3, 4, 5];
    expect(pulledBack(setSlice(five, [7, 8], '1:3'), g)).toEqual([
      [1, 0, 0, 4, 5],
      [2, 3],
    ]);
    expect(pulledBack(setSlice(five, 7, '1:3'), g)).toEqual([[1, 0, 0, 4, 5], 5]);
    expect(pulledBack(addSlice(five, [7], '3:'), g)).toEqual([g, [9]]);
  });

  it('refuse a value that does not fit', () => {
    const whole = vector('x', { dtype: 'int32' });
    expectError(() => setSlice(whole, 0.5, '0'), DTypeError, 'OP_DTYPE_NARROWING');
    expectError(() => addSlice(five, [1, 2], ':3'), ShapeError, 'SHAPE_BROADCAST');
    expectError(() => setSlice(five, [[1, 2]], ':2'), ShapeError, 'SHAPE_BROADCAST');
  });
});
