import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from './create.ts';
import { ArgumentTypeError, ShapeError, ValueError } from './errors.ts';
import { parseSliceSpec } from './slice-spec.ts';
import { resolveRange, slice, type SliceEntry } from './slice.ts';
import { zerosTensor } from './dense.ts';

const grid = tensorFrom([
  [1, 2, 3],
  [4, 5, 6],
]);

describe('slice', () => {
  it.each<[readonly SliceEntry[] | string, unknown]>([
    [
      [],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    [[1], [4, 5, 6]],
    [[-1, -1], 6],
    [
      ['ellipsis', 0],
      [1, 4],
    ],
    [['ellipsis', 0, 1], 2],
    [
      [{}, { start: 1 }],
      [
        [2, 3],
        [5, 6],
      ],
    ],
    [
      [{}, { step: -1 }],
      [
        [3, 2, 1],
        [6, 5, 4],
      ],
    ],
    [
      [{}, { start: -1, stop: 0, step: -1 }],
      [
        [3, 2],
        [6, 5],
      ],
    ],
    [['newaxis', 0, 'newaxis', { stop: 1 }], [[[1]]]],
    [[{ start: 5 }], []],
    [
      '::-1, ::2',
      [
        [4, 6],
        [1, 3],
      ],
    ],
    ['..., newaxis, 0', [[1], [4]]],
  ])('of %p', (spec, expected) => {
    expect(slice(grid, spec).toArray()).toEqual(expected);
  });

  it('copies nothing', () => {
    expect(slice(grid, '1').data).toBe(grid.data);
  });

  it('of an empty axis stays empty', () => {
    expect(slice(zerosTensor([0, 2], 'int32'), '::-1, 1').shape).toEqual([0]);
  });

  it('refuses indices outside the axis, naming it', () => {
    expect(() => slice(grid, [0, 3])).toThrow(ValueError);
    expect(() => slice(grid, [0, -4])).toThrow(
      expect.objectContaining({
        code: 'INDEX_OUT_OF_RANGE',
        data: { op: 'slice', index: -4, axis: 1, shape: [2, 3] },
      }),
    );
    expect(() => slice(zerosTensor([0], 'int32'), [0])).toThrow('this axis is empty');
  });

  it('refuses too many entries, two ellipses, a step of 0 and other kinds', () => {
    expect(() => slice(grid, [0, 0, 0])).toThrow(ShapeError);
    expect(() => slice(grid, '..., ...')).toThrow(
      expect.objectContaining({ code: 'SLICE_ELLIPSIS' }),
    );
    expect(() => slice(grid, [{ step: 0 }])).toThrow(
      expect.objectContaining({ code: 'STEP_INVALID' }),
    );
    expect(() => slice(grid, [0.5])).toThrow(ArgumentTypeError);
    expect(() => slice(grid, [{ start: 0.5 }])).toThrow(ArgumentTypeError);
    expect(() => Reflect.apply(slice, undefined, [grid, [null]])).toThrow(
      expect.objectContaining({ code: 'SLICE_ENTRY' }),
    );
  });
});

describe('resolveRange', () => {
  it('clamps bounds as Python does', () => {
    expect(resolveRange({}, 3)).toEqual({ start: 0, step: 1, count: 3 });
    expect(resolveRange({ start: -9, stop: 9 }, 3)).toEqual({ start: 0, step: 1, count: 3 });
    expect(resolveRange({ start: 9, stop: -9, step: -2 }, 3)).toEqual({
      start: 2,
      step: -2,
      count: 2,
    });
    expect(resolveRange({ start: 2, stop: 1 }, 3).count).toBe(0);
  });
});

describe('parseSliceSpec', () => {
  it('reads NumPy notation', () => {
    expect(parseSliceSpec('1:, ..., ::-1')).toEqual([{ start: 1 }, 'ellipsis', { step: -1 }]);
    expect(parseSliceSpec(' -2 ,: , 1 : +3:2,None,newaxis,')).toEqual([
      -2,
      {},
      { start: 1, stop: 3, step: 2 },
      'newaxis',
      'newaxis',
    ]);
  });

  it.each([
    ['', 0],
    ['1,,2', 2],
    [', 1', 0],
    ['1:x', 2],
    ['0, 1:2:3:4', 8],
    ['0, 1.5', 3],
    ['0, --1', 3],
    ['[1]', 0],
    ['9007199254740993', 0],
  ])('refuses %p at position %d', (text, position) => {
    expect(() => parseSliceSpec(text)).toThrow(ValueError);
    expect(() => parseSliceSpec(text)).toThrow(
      expect.objectContaining({ code: 'SLICE_SYNTAX', data: { text, position } }),
    );
  });
});
