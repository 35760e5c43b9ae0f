import { describe, expect, it } from '@jest/globals';
import { tensorFrom, views } from '@cotangent/tensor';
import { exactly, firstMismatch, halfTheDigits } from './compare.ts';

describe('firstMismatch', () => {
  const a = tensorFrom([
    [1, NaN],
    [-0, Infinity],
  ]);

  it('finds nothing between equal tensors of any layout', () => {
    const b = views.transpose(
      tensorFrom([
        [1, 0],
        [NaN, Infinity],
      ]),
    );
    expect(firstMismatch(a, b, exactly)).toBeUndefined();
  });

  it('finds the first element that differs', () => {
    const b = tensorFrom([
      [1, NaN],
      [1e-300, Infinity],
    ]);
    expect(firstMismatch(a, b, exactly)).toEqual({ index: [1, 0], actual: -0, expected: 1e-300 });
  });

  it('never takes a NaN or an infinity for a number', () => {
    const anything = { absolute: Infinity, relative: Infinity };
    expect(
      firstMismatch(
        a,
        tensorFrom([
          [1, 2],
          [0, 0],
        ]),
        anything,
      )?.index,
    ).toEqual([0, 1]);
    expect(firstMismatch(tensorFrom(Infinity), tensorFrom(1e308), anything)).toBeDefined();
    const widens = { ...exactly, widens: true };
    expect(firstMismatch(tensorFrom([1, 2]), tensorFrom([NaN, -Infinity]), widens)).toBeUndefined();
    expect(firstMismatch(tensorFrom(NaN), tensorFrom(1), widens)).toBeDefined();
  });

  it('compares dtypes and shapes', () => {
    const zero = tensorFrom([0]);
    expect(firstMismatch(zero, tensorFrom([0], { dtype: 'float32' }), exactly)).toMatchObject({
      expected: 'float32[1]',
    });
    expect(firstMismatch(zero, tensorFrom([[0]]), exactly)).toMatchObject({
      expected: 'float64[1,1]',
    });
  });
});

describe('halfTheDigits', () => {
  it('follows the dtype and the largest finite magnitude around', () => {
    const result = tensorFrom([1e-9, Infinity]);
    const { absolute } = halfTheDigits(result, [tensorFrom([-100, NaN])]);
    expect(absolute).toBeCloseTo(2 ** -26 * 100, 12);
    const single = tensorFrom([1], { dtype: 'float32' });
    expect(halfTheDigits(single, []).absolute).toBeCloseTo(Math.sqrt(2 ** -23), 12);
    expect(halfTheDigits(tensorFrom([5], { dtype: 'int32' }), [])).toEqual(exactly);
  });
});
