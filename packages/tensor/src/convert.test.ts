import { describe, expect, it } from '@jest/globals';
import { assign, astype, contiguous, copy, denseData, isContiguous } from './convert.ts';
import { tensorFrom } from './create.ts';
import { ShapeError } from './errors.ts';
import { zerosTensor } from './dense.ts';
import * as views from './views.ts';

describe('contiguous', () => {
  it('returns a dense tensor itself, also one at an offset', () => {
    const t = tensorFrom([
      [1, 2],
      [3, 4],
    ]);
    expect(contiguous(t)).toBe(t);
    const row = t.pick(1);
    expect(contiguous(row)).toBe(row);
  });

  it('copies what is strided', () => {
    const t = views.transpose(
      tensorFrom([
        [1, 2],
        [3, 4],
      ]),
    );
    const dense = contiguous(t);
    expect([isContiguous(t), isContiguous(dense)]).toEqual([false, true]);
    expect(dense.toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('takes empty tensors and axes of length 1 for dense whatever their strides', () => {
    expect(isContiguous(views.flip(zerosTensor([0, 3], 'int32')))).toBe(true);
    expect(isContiguous(views.flip(zerosTensor([1], 'int32')))).toBe(true);
  });
});

describe('copy', () => {
  it('has storage of its own', () => {
    const t = tensorFrom([1, 2]);
    const c = copy(t);
    c.set(0, 5);
    expect(t.get(0)).toBe(1);
  });
});

describe('denseData', () => {
  it('holds exactly the elements', () => {
    const t = tensorFrom([
      [1, 2],
      [3, 4],
    ]);
    expect(denseData(t)).toBe(t.data);
    expect([...denseData(t.pick(1))]).toEqual([3, 4]);
    expect([...denseData(t.pick(null, 1))]).toEqual([2, 4]);
    expect(denseData(t.lo(2)).length).toBe(0);
  });
});

describe('astype', () => {
  it('converts as storage does', () => {
    const t = tensorFrom([1.9, -1, 300, NaN, 0, 0.5]);
    expect(astype(t, 'uint8').toArray()).toEqual([1, 255, 44, 0, 0, 0]);
    expect(astype(t, 'int32').toArray()).toEqual([1, -1, 300, 0, 0, 0]);
    expect(astype(t, 'bool').toArray()).toEqual([true, true, true, true, false, true]);
    expect(astype(tensorFrom([true, false]), 'float32').toArray()).toEqual([1, 0]);
    expect(astype(t, 'float64')).toBe(t);
  });
});

describe('assign', () => {
  it('broadcasts and converts into a strided view', () => {
    const t = zerosTensor([2, 3], 'int32');
    assign(views.flip(t, 1), tensorFrom([1.5, 2, 3]));
    expect(t.toArray()).toEqual([
      [3, 2, 1],
      [3, 2, 1],
    ]);
  });

  it('is right where source and target overlap', () => {
    const t = tensorFrom([1, 2, 3, 4]);
    assign(t, views.flip(t));
    expect(t.toArray()).toEqual([4, 3, 2, 1]);
    assign(t.lo(1), t.hi(3));
    expect(t.toArray()).toEqual([4, 4, 3, 2]);
  });

  it('refuses shapes that do not fit and targets that are broadcast', () => {
    expect(() => assign(zerosTensor([2], 'int32'), zerosTensor([3], 'int32'))).toThrow(ShapeError);
    const target = views.broadcastTo(tensorFrom(1), [2]);
    expect(() => assign(target, tensorFrom(2))).toThrow(
      expect.objectContaining({ code: 'OUTPUT_OVERLAPS_ITSELF' }),
    );
  });

  it('does nothing for empty tensors', () => {
    const t = zerosTensor([0, 2], 'float64');
    assign(t, tensorFrom(3));
    expect(t.toArray()).toEqual([]);
  });
});
