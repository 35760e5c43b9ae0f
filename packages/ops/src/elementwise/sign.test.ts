import { describe, expect, it } from '@jest/globals';
import { DTypeError, scalar } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { dtypeFor, expectExact, valueAt } from '../../test/elementwise.ts';
import { evaluate } from '../../test/evaluate.ts';
import { abs, sign } from './index.ts';

describe('sign', () => {
  it('is −1, 0, 1 or NaN', () => {
    expectExact(sign, [
      [-3, -1],
      [2, 1],
      [NaN, NaN],
      [-Infinity, -1],
    ]);
    expect(valueAt(sign, -0)).toBe(0);
  });

  it('keeps integers and refuses booleans', () => {
    expect(evaluate(sign(tensorFrom(Int32Array.of(-5, 0, 7)))).toArray()).toEqual([-1, 0, 1]);
    expect(dtypeFor(sign, 'uint8')).toBe('uint8');
    expect(() => sign(scalar('b', { dtype: 'bool' }))).toThrow(DTypeError);
    expect(() => sign(scalar('b', { dtype: 'bool' }))).toThrow(
      expect.objectContaining({ code: 'OP_DTYPE_REJECTED' }),
    );
  });
});

describe('abs', () => {
  it('drops the sign and keeps the dtype', () => {
    expectExact(abs, [
      [-3, 3],
      [-0, 0],
      [-Infinity, Infinity],
      [NaN, NaN],
    ]);
    expect(dtypeFor(abs, 'int32')).toBe('int32');
    expect(dtypeFor(abs, 'bool')).toBe('bool');
  });

  it('wraps the int32 that has no opposite', () => {
    expect(evaluate(abs(tensorFrom(Int32Array.of(-2147483648)))).toArray()).toEqual([-2147483648]);
  });
});
