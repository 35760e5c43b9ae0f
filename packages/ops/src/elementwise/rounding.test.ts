import { describe, expect, it } from '@jest/globals';
import { dtypeFor, expectExact, valueAt } from '../../test/elementwise.ts';
import { ceil, floor, round, trunc } from './index.ts';

describe('floor, ceil, trunc, round', () => {
  it('round down, up, towards 0 and to the nearest', () => {
    expectExact(floor, [
      [-2.5, -3],
      [2.5, 2],
      [-Infinity, -Infinity],
      [NaN, NaN],
    ]);
    expectExact(ceil, [
      [-2.5, -2],
      [2.5, 3],
      [-0.5, 0],
    ]);
    expectExact(trunc, [
      [-2.5, -2],
      [2.5, 2],
    ]);
    expectExact(round, [
      [-2.75, -3],
      [2.25, 2],
      [-0.3, 0],
      [-3.7, -4],
    ]);
  });

  it('keep the dtype, bool too', () => {
    for (const fn of [floor, ceil, trunc, round]) {
      expect(dtypeFor(fn, 'int32')).toBe('int32');
      expect(dtypeFor(fn, 'uint8')).toBe('uint8');
      expect(dtypeFor(fn, 'bool')).toBe('bool');
      expect(dtypeFor(fn, 'float32')).toBe('float32');
    }
  });
});

describe('round', () => {
  it('takes halves to the even neighbour', () => {
    expectExact(round, [
      [-2.5, -2],
      [-1.5, -2],
      [-0.5, 0],
      [0.5, 0],
      [1.5, 2],
      [2.5, 2],
      [4503599627370495.5, 4503599627370496],
    ]);
  });

  it('is exact beside a half and beyond 2⁵²', () => {
    expectExact(round, [
      [0.49999999999999994, 0],
      [-0.49999999999999994, 0],
      [4503599627370497, 4503599627370497],
      [9007199254740991, 9007199254740991],
      [-1e300, -1e300],
      [Infinity, Infinity],
      [NaN, NaN],
    ]);
  });

  it('keeps the sign of a zero', () => {
    expect(valueAt(round, -0)).toBe(-0);
    expect(valueAt(round, -0.3)).toBe(-0);
  });
});
