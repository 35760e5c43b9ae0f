import { describe, expect, it } from '@jest/globals';
import { ValueError, matrix, scalar } from '@cotangent/graph';
import { expectError, valuesOf } from '../../test/values.ts';
import { flip } from './flip.ts';

describe('flip', () => {
  const x = [
    [1, 2, 3],
    [4, 5, 6],
  ];

  it('reverses all axes or those named', () => {
    expect(valuesOf((a) => flip(a), x)).toEqual([
      [6, 5, 4],
      [3, 2, 1],
    ]);
    expect(valuesOf((a) => flip(a, { axis: -1 }), x)).toEqual([
      [3, 2, 1],
      [6, 5, 4],
    ]);
    expect(valuesOf((a) => flip(a, { axis: [0] }), [[], []])).toEqual([[], []]);
  });

  it('leaves a scalar alone', () => {
    const s = scalar('s');
    expect(flip(s)).toBe(s);
  });

  it('refuses axes that do not exist or repeat', () => {
    expectError(() => flip(matrix('a'), { axis: 2 }), ValueError, 'AXIS_OUT_OF_RANGE');
    expectError(() => flip(matrix('a'), { axis: [0, -2] }), ValueError, 'AXIS_REPEATED');
  });
});
