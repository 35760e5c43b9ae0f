import { describe, expect, it } from '@jest/globals';
import { ValueError, scalar, vector } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { dtypeFor, expectExact, expectValues } from '../../test/elementwise.ts';
import { evaluate } from '../../test/evaluate.ts';
import { cast } from '../cast.ts';
import { pow, powInt, reciprocal, sqrt, square } from './index.ts';

const ints = (...xs: readonly number[]) => tensorFrom(Int32Array.from(xs));
const bytes = (...xs: readonly number[]) => tensorFrom(Uint8Array.from(xs));

describe('square, sqrt, reciprocal', () => {
  it('have the values of the functions', () => {
    expectExact(square, [
      [-3, 9],
      [0.5, 0.25],
      [1e200, Infinity],
    ]);
    expectValues(sqrt, [
      [1e-320, 9.99994433575849e-161],
      [2, 1.4142135623730951],
      [1e300, 1e150],
    ]);
    expectValues(reciprocal, [
      [-3, -0.3333333333333333],
      [0.1, 10],
    ]);
    expectExact(reciprocal, [
      [0, Infinity],
      [-0, -Infinity],
      [Infinity, 0],
    ]);
    expectExact(sqrt, [
      [-1, NaN],
      [0, 0],
      [Infinity, Infinity],
    ]);
  });

  it('square integers to integers, which wrap, and booleans to int32', () => {
    expect(evaluate(square(ints(-3, 46341))).toArray()).toEqual([9, -2147479015]);
    expect(evaluate(square(bytes(15, 17))).toArray()).toEqual([225, 33]);
    expect(dtypeFor(square, 'bool')).toBe('int32');
    expect(dtypeFor(square, 'float32')).toBe('float32');
  });

  it('take roots and reciprocals of integers in floats', () => {
    expect(dtypeFor(sqrt, 'int32')).toBe('float64');
    expect(dtypeFor(reciprocal, 'uint8')).toBe('float32');
    expect(evaluate(reciprocal(ints(4))).toArray()).toEqual([0.25]);
  });
});

describe('pow', () => {
  it('has the values of the function', () => {
    expectValues(pow, [
      [2, 0.5, 1.4142135623730951],
      [0.1, -3.3, 1995.2623149688784],
      [1.0000001, 1e7, 2.7182816941320818],
      [-2, 3, -8],
      [10, -5, 1e-5],
    ]);
  });

  it('follows C and NumPy where JavaScript differs', () => {
    expectExact(pow, [
      [1, NaN, 1],
      [1, Infinity, 1],
      [-1, Infinity, 1],
      [-1, -Infinity, 1],
      [NaN, 0, 1],
      [0, 0, 1],
      [0, -1, Infinity],
      [-0, -1, -Infinity],
      [-2, 0.5, NaN],
      [0.5, Infinity, 0],
    ]);
  });

  it('keeps integers, which wrap as products do', () => {
    const z = pow(ints(3, -2, 0, 7), ints(25, 31, 0, 1));
    expect(z.dtype).toBe('int32');
    expect(evaluate(z).toArray()).toEqual([1180052131, -2147483648, 1, 7]);
    expect(evaluate(pow(bytes(7, 2), 3)).toArray()).toEqual([87, 8]);
  });

  it('promotes as NumPy 2 does', () => {
    const n = vector('n', { dtype: 'int32' });
    expect(pow(n, 2).dtype).toBe('int32');
    expect(pow(n, 0.5).dtype).toBe('float64');
    expect(pow(vector('x', { dtype: 'float32' }), 2).dtype).toBe('float32');
    expect(pow(2, vector('x', { dtype: 'float32' })).dtype).toBe('float32');
    expect(dtypeFor(pow, 'bool', 'bool')).toBe('int32');
    expect(dtypeFor(pow, 'float32', 'int32')).toBe('float64');
  });

  it('refuses a negative integer power of integers', () => {
    const n = vector('n', { dtype: 'int32' });
    const refused = expect.objectContaining({ code: 'OP_NEGATIVE_EXPONENT' });
    expect(() => pow(n, -1)).toThrow(ValueError);
    expect(() => pow(n, -1)).toThrow(refused);
    expect(() => pow(2, -1)).toThrow(refused);
    expect(() => pow(vector('u', { dtype: 'uint8' }), -1)).toThrow(refused);
    expect(() => pow(vector('b', { dtype: 'bool' }), -1)).toThrow(refused);
    expect(() => pow(n, ints(1, -2))).toThrow(refused);
    const hidden = pow(ints(2), cast(tensorFrom([-1]), 'int32'));
    expect(() => evaluate(hidden)).toThrow(refused);
  });

  it('is powInt for whole literals and floating bases', () => {
    const z = pow(scalar('x'), 3);
    expect(z.kind === 'result' && z.owner.op).toBe(powInt.op);
    expect(evaluate(pow(tensorFrom([0.5, -2]), -2)).toArray()).toEqual([4, 0.25]);
  });
});

describe('powInt', () => {
  it('takes whole powers of both signs', () => {
    expect(evaluate(powInt(tensorFrom([-2.5, 0, 3]), 3)).toArray()).toEqual([-15.625, 0, 27]);
    expect(evaluate(powInt(tensorFrom([-2, 4]), -1)).toArray()).toEqual([-0.5, 0.25]);
    expect(evaluate(powInt(tensorFrom([NaN, 0]), 0)).toArray()).toEqual([1, 1]);
  });

  it('keeps integers and makes booleans int32', () => {
    expect(evaluate(powInt(ints(-2, 3), 3)).toArray()).toEqual([-8, 27]);
    expect(powInt(scalar('b', { dtype: 'bool' }), 2).dtype).toBe('int32');
    expect(powInt(scalar('x', { dtype: 'float32' }), 2).dtype).toBe('float32');
  });

  it('refuses exponents that are not whole', () => {
    const refused = expect.objectContaining({ code: 'OP_INVALID_EXPONENT' });
    expect(() => powInt(scalar('x'), 0.5)).toThrow(refused);
    expect(() => powInt(scalar('x'), NaN)).toThrow(refused);
    expect(() => powInt(scalar('n', { dtype: 'int32' }), -1)).toThrow(
      expect.objectContaining({ code: 'OP_NEGATIVE_EXPONENT' }),
    );
  });
});
