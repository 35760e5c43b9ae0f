import { describe, expect, it } from '@jest/globals';
import { vector } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { dtypeFor, expectExact } from '../../test/elementwise.ts';
import { evaluate } from '../../test/evaluate.ts';
import { add, div, mul, sub } from './index.ts';

describe('div', () => {
  it('divides', () => {
    expectExact(div, [
      [1, 4, 0.25],
      [1, 0, Infinity],
      [0, 0, NaN],
    ]);
  });

  it('gives float64 for all discrete dtypes, as NumPy does', () => {
    for (const dtype of ['int32', 'uint8', 'bool'] as const) {
      expect(dtypeFor(div, dtype, dtype)).toBe('float64');
      expect(div(vector('n', { dtype }), 2).dtype).toBe('float64');
      expect(div(1, vector('n', { dtype })).dtype).toBe('float64');
    }
    expect(evaluate(div(tensorFrom(Uint8Array.of(1)), 3)).toArray()).toEqual([1 / 3]);
  });

  it('keeps float dtypes and weak quotients', () => {
    const x = vector('x', { dtype: 'float32' });
    expect(div(x, 3).dtype).toBe('float32');
    expect(dtypeFor(div, 'float32', 'uint8')).toBe('float32');
    expect(dtypeFor(div, 'float32', 'int32')).toBe('float64');
    expect(mul(x, div(1, 3)).dtype).toBe('float32');
  });
});

describe('add, sub and mul', () => {
  it('wrap int32 and uint8 as NumPy does', () => {
    const large = tensorFrom(Int32Array.of(2147483647));
    expect(evaluate(add(large, 1)).toArray()).toEqual([-2147483648]);
    expect(evaluate(mul(large, large)).toArray()).toEqual([1]);
    expect(evaluate(sub(tensorFrom(Uint8Array.of(1)), 2)).toArray()).toEqual([255]);
  });

  it('fold further operands from the left', () => {
    expect(evaluate(add(1, 2, 3, 4)).item()).toBe(10);
    expect(evaluate(mul(1, 2, 3, 4)).item()).toBe(24);
  });
});
