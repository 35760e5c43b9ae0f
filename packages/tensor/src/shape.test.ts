import { describe, expect, it } from '@jest/globals';
import { ArgumentTypeError, ShapeError, ValueError } from './errors.ts';
import {
  broadcastShapes,
  normalizeAxes,
  normalizeAxis,
  rowMajorStrides,
  sameShape,
  sizeOf,
} from './shape.ts';

describe('sizeOf', () => {
  it('is the product of the dimensions, 1 for a scalar', () => {
    expect([[], [3], [2, 3], [2, 0, 5]].map(sizeOf)).toEqual([1, 3, 6, 0]);
  });

  it.each([[[-1]], [[1.5]], [[NaN]], [[2 ** 40, 2 ** 40]], [[2 ** 40, 2 ** 40, 0]]])(
    'refuses %p',
    (shape) => {
      expect(() => sizeOf(shape)).toThrow(ShapeError);
      expect(() => sizeOf(shape)).toThrow(expect.objectContaining({ code: 'SHAPE_INVALID' }));
    },
  );
});

describe('rowMajorStrides', () => {
  it('lets the last axis vary fastest', () => {
    expect(rowMajorStrides([2, 3, 4])).toEqual([12, 4, 1]);
    expect(rowMajorStrides([])).toEqual([]);
  });
});

describe('sameShape', () => {
  it('compares axis by axis', () => {
    expect(sameShape([1, 2], [1, 2])).toBe(true);
    expect([sameShape([1], [1, 1]), sameShape([1, 2], [2, 1])]).toEqual([false, false]);
  });
});

describe('broadcastShapes', () => {
  it('aligns from the right and lengthens axes of length 1', () => {
    expect(broadcastShapes([[3, 1], [4]])).toEqual([3, 4]);
    expect(broadcastShapes([[], [2, 1, 3], [5, 1]])).toEqual([2, 5, 3]);
    expect(broadcastShapes([])).toEqual([]);
  });

  it('makes 1 and 0 meet in 0', () => {
    expect(broadcastShapes([[1], [0]])).toEqual([0]);
  });

  it('names the op and every shape when they do not fit', () => {
    const call = () => broadcastShapes([[3, 4], [], [2, 4]], 'add');
    expect(call).toThrow(ShapeError);
    expect(call).toThrow('add: cannot broadcast [3,4] with [] with [2,4]');
    expect(call).toThrow(expect.objectContaining({ code: 'SHAPE_BROADCAST_MISMATCH' }));
  });
});

describe('normalizeAxis', () => {
  it('counts negative axes from the end', () => {
    expect([normalizeAxis(-1, 3, 'op'), normalizeAxis(0, 3, 'op')]).toEqual([2, 0]);
    expect(Object.is(normalizeAxis(-0, 1, 'op'), 0)).toBe(true);
  });

  it('refuses an axis that does not exist, or is none', () => {
    for (const axis of [3, -4]) {
      expect(() => normalizeAxis(axis, 3, 'sum')).toThrow(ValueError);
      expect(() => normalizeAxis(axis, 3, 'sum')).toThrow(
        expect.objectContaining({ code: 'AXIS_OUT_OF_RANGE', data: { op: 'sum', axis, rank: 3 } }),
      );
    }
    expect(() => normalizeAxis(0, 0, 'sum')).toThrow('a scalar has no axes');
    expect(() => normalizeAxis(0.5, 3, 'sum')).toThrow(ArgumentTypeError);
  });
});

describe('normalizeAxes', () => {
  it('keeps the order, and takes all axes for none given', () => {
    expect(normalizeAxes([-1, 0], 3, 'op')).toEqual([2, 0]);
    expect(normalizeAxes(1, 3, 'op')).toEqual([1]);
    expect(normalizeAxes(undefined, 3, 'op')).toEqual([0, 1, 2]);
    expect(normalizeAxes([], 3, 'op')).toEqual([]);
  });

  it('refuses an axis named twice', () => {
    expect(() => normalizeAxes([0, -2], 2, 'op')).toThrow(ValueError);
    expect(() => normalizeAxes([0, -2], 2, 'op')).toThrow(
      expect.objectContaining({ code: 'AXIS_REPEATED' }),
    );
  });
});
