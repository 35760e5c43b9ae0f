import { DTypeError, ShapeError, ValueError } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import {
  broadcastStatic,
  formatType,
  isKnownShape,
  promotableOf,
  promotableType,
  sameShape,
  sameType,
  shapesConflict,
  tensorType,
} from './types.ts';

describe('tensorType', () => {
  it('copies the shape it is given', () => {
    const shape = [2, null];
    const type = tensorType('float32', shape);
    shape[0] = 7;
    expect(type).toEqual({ kind: 'tensor', dtype: 'float32', shape: [2, null] });
  });

  it('refuses an unknown dtype', () => {
    const error = caught(() => tensorType('float16' as DType, []));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error).toMatchObject({ code: 'DTYPE_UNKNOWN', data: { dtype: 'float16' } });
  });

  it.each([[-1], [1.5], [Number.NaN], [Infinity]])('refuses the size %p', (size) => {
    const error = caught(() => tensorType('float64', [3, size]));
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ code: 'GRAPH_INVALID_SHAPE', data: { axis: 1 } });
  });
});

describe('formatType', () => {
  it('writes ? for a size not known yet', () => {
    expect(formatType(tensorType('int32', [3, null]))).toBe('int32[3,?]');
    expect(formatType(tensorType('bool', []))).toBe('bool[]');
  });
});

describe('promotableType and promotableOf', () => {
  it.each(['weak-bool', 'weak-integer', 'weak-float', 'float64', 'float32', 'uint8'] as const)(
    'are inverse for %s',
    (promotable) => {
      expect(promotableOf(promotableType(promotable, [2]))).toBe(promotable);
    },
  );

  it('mark only weak types as weak', () => {
    expect(promotableType('weak-integer', [])).toEqual({
      kind: 'tensor',
      dtype: 'int32',
      shape: [],
      weak: true,
    });
    expect('weak' in promotableType('int32', [])).toBe(false);
  });
});

describe('sameType', () => {
  it('compares dtype and static shape, not weakness', () => {
    expect(sameType(tensorType('int32', []), promotableType('weak-integer', []))).toBe(true);
    expect(sameType(tensorType('int32', []), tensorType('float32', []))).toBe(false);
    expect(sameType(tensorType('int32', [null]), tensorType('int32', [3]))).toBe(false);
  });
});

describe('sameShape', () => {
  it('needs unknown sizes in the same places', () => {
    expect(sameShape([null, 2], [null, 2])).toBe(true);
    expect(sameShape([null], [2])).toBe(false);
    expect(sameShape([2], [2, 2])).toBe(false);
  });
});

describe('shapesConflict', () => {
  it('is false while some run-time shape has both static shapes', () => {
    expect(shapesConflict([null, 3], [2, null])).toBe(false);
    expect(shapesConflict([2], [3])).toBe(true);
    expect(shapesConflict([2], [2, 1])).toBe(true);
  });
});

describe('isKnownShape', () => {
  it('is true when every size is known', () => {
    expect(isKnownShape([])).toBe(true);
    expect(isKnownShape([0, 2])).toBe(true);
    expect(isKnownShape([null])).toBe(false);
  });
});

describe('broadcastStatic', () => {
  it.each([
    { shapes: [], result: [] },
    { shapes: [[], [2]], result: [2] },
    { shapes: [[3, 1], [4]], result: [3, 4] },
    { shapes: [[null], [1]], result: [null] },
    { shapes: [[null], [3]], result: [3] },
    { shapes: [[3], [null]], result: [3] },
    { shapes: [[null], [null]], result: [null] },
    { shapes: [[0], [1]], result: [0] },
    { shapes: [[1, null], [5, 1], [2]], result: [5, 2] },
  ])('gives $result for $shapes', ({ shapes, result }) => {
    expect(broadcastStatic(shapes, 'op')).toEqual(result);
  });

  it('refuses two known sizes that differ, also beside an unknown one', () => {
    const error = caught(() => broadcastStatic([[3], [null], [4]], 'add'));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error).toMatchObject({ code: 'SHAPE_BROADCAST', data: { op: 'add' } });
    expect(String(error)).toContain('add: cannot broadcast [3] with [?] with [4]');
  });
});
