import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import { dtypeFor, expectExact } from '../../test/elementwise.ts';
import { evaluate } from '../../test/evaluate.ts';
import { floorDivide, mod } from './index.ts';

const ints = (...xs: readonly number[]) => tensorFrom(Int32Array.from(xs));

describe('floorDivide', () => {
  it('rounds to −∞, from the exact remainder', () => {
    expectExact(floorDivide, [
      [7, 3, 2],
      [-7, 3, -3],
      [7, -3, -3],
      [-7, -3, 2],
      [0.5, 2, 0],
      [-0.5, 2, -1],
      [1, 0.1, 9],
      [-1, 0.1, -10],
      [0.3, 0.1, 2],
      [-1, Infinity, -1],
      [Infinity, 1, NaN],
      [1, 0, Infinity],
      [0, 0, NaN],
    ]);
  });

  it('stays an integer for integers, 0 where the divisor is 0', () => {
    const z = floorDivide(ints(7, -7, 7, 5, -2147483648), ints(3, 3, -3, 0, 1));
    expect(z.dtype).toBe('int32');
    expect(evaluate(z).toArray()).toEqual([2, -3, -3, 0, -2147483648]);
    expect(dtypeFor(floorDivide, 'bool', 'bool')).toBe('int32');
    expect(dtypeFor(floorDivide, 'int32', 'float32')).toBe('float64');
  });
});

describe('mod', () => {
  it('has the sign of the divisor', () => {
    expectExact(mod, [
      [7, 3, 1],
      [-7, 3, 2],
      [7, -3, -2],
      [-7, -3, -1],
      [-0.5, 2, 1.5],
      [5, 5, 0],
      [1, 0.1, 0.09999999999999995],
      [-1, Infinity, Infinity],
      [1, 0, NaN],
      [NaN, 1, NaN],
    ]);
  });

  it('stays an integer for integers, 0 where the divisor is 0', () => {
    const z = mod(ints(7, -7, 7, 5), ints(3, 3, -3, 0));
    expect(z.dtype).toBe('int32');
    expect(evaluate(z).toArray()).toEqual([1, 2, -2, 0]);
    expect(dtypeFor(mod, 'uint8', 'uint8')).toBe('uint8');
  });
});
