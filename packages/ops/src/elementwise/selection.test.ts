import { describe, expect, it } from '@jest/globals';
import { ValueError, vector } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { dtypeFor, expectExact } from '../../test/elementwise.ts';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack } from '../../test/values.ts';
import { clip, identity, maximum, minimum, where } from './index.ts';

describe('identity', () => {
  it('is its input, of every dtype', () => {
    expect(evaluate(identity(tensorFrom([1, -2]))).toArray()).toEqual([1, -2]);
    expect(dtypeFor(identity, 'bool')).toBe('bool');
  });
});

describe('where', () => {
  it('selects by a condition of any dtype; NaN is true', () => {
    expect(evaluate(where(tensorFrom([true, false]), 1, 2)).toArray()).toEqual([1, 2]);
    expect(evaluate(where(tensorFrom([0, -0.5, NaN]), 1, 2)).toArray()).toEqual([2, 1, 1]);
  });

  it('leaves the condition out of promotion', () => {
    expect(dtypeFor(where, 'float64', 'float32', 'uint8')).toBe('float32');
    expect(dtypeFor(where, 'float64', 'int32', 'bool')).toBe('int32');
    expect(where(vector('c'), vector('x', { dtype: 'float32' }), 0).dtype).toBe('float32');
    expect(where(true, 1, 2).dtype).toBe('int32');
  });

  it('broadcasts all three', () => {
    const z = where(tensorFrom([[true], [false]]), tensorFrom([1, 2]), 0);
    expect(evaluate(z).toArray()).toEqual([
      [1, 2],
      [0, 0],
    ]);
  });
});

describe('maximum and minimum', () => {
  it('take the larger and the smaller', () => {
    expectExact(maximum, [
      [1, 2, 2],
      [-3, -4, -3],
      [-Infinity, 0, 0],
    ]);
    expectExact(minimum, [
      [1, 2, 1],
      [-3, -4, -4],
      [Infinity, 0, 0],
    ]);
  });

  it('are NaN where an input is', () => {
    for (const fn of [maximum, minimum])
      expectExact(fn, [
        [NaN, 1, NaN],
        [1, NaN, NaN],
      ]);
  });

  it('promote', () => {
    expect(dtypeFor(maximum, 'int32', 'float32')).toBe('float64');
    expect(dtypeFor(minimum, 'bool', 'uint8')).toBe('uint8');
  });

  it('give ties to the first, or one half to each', () => {
    for (const fn of [maximum, minimum]) {
      const tied = (options?: { readonly ties: 'first' | 'split' }): unknown =>
        pulledBack(fn([2, 2], [2, 2], options ?? {}), [6, 8]);
      expect(tied()).toEqual([
        [6, 8],
        [0, 0],
      ]);
      expect(tied({ ties: 'first' })).toEqual(tied());
      expect(tied({ ties: 'split' })).toEqual([
        [3, 4],
        [3, 4],
      ]);
    }
  });

  it('select with split ties too where there are none', () => {
    const y = maximum([1, 5, NaN, 1], [3, 2, 1, NaN], { ties: 'split' });
    expect(evaluate(y).toArray()).toEqual([3, 5, NaN, NaN]);
    expect(pulledBack(y, [1, 1, 1, 1])).toEqual([
      [0, 1, 1, 0],
      [1, 0, 0, 1],
    ]);
    const z = minimum([1, 5], [3, 2], { ties: 'split' });
    expect(evaluate(z).toArray()).toEqual([1, 2]);
    expect(pulledBack(z, [1, 1])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('refuse another word for ties', () => {
    const options: object = { ties: 'both' };
    expectError(() => maximum(1, 2, options), ValueError, 'OP_TIES');
  });
});

describe('clip', () => {
  it('keeps a value between its bounds', () => {
    expect(evaluate(clip(tensorFrom([-2, 0, 0.5, 1, 3]), 0, 1)).toArray()).toEqual([
      0, 0, 0.5, 1, 1,
    ]);
  });

  it('is the upper bound where the bounds are crossed', () => {
    expectExact(clip, [
      [-5, 2, -2, -2],
      [0, 2, -2, -2],
      [5, 2, -2, -2],
    ]);
  });

  it('is NaN where an input is', () => {
    expectExact(clip, [
      [NaN, 0, 1, NaN],
      [0, NaN, 1, NaN],
      [0, 0, NaN, NaN],
    ]);
  });

  it('promotes by all three inputs', () => {
    expect(clip(vector('n', { dtype: 'int32' }), 0, 10).dtype).toBe('int32');
    expect(clip(vector('n', { dtype: 'int32' }), 0, 0.5).dtype).toBe('float64');
    expect(clip(vector('x', { dtype: 'float32' }), 0, 0.5).dtype).toBe('float32');
  });
});
