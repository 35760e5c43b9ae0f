import { describe, expect, it } from '@jest/globals';
import { tensor } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { avgPool, maxPool, sumPool } from './pool.ts';

const x = tensorFrom([
  [1, 5, 2, 3, 4],
  [6, 0, -1, 8, 7],
  [2, 9, 3, -4, 5],
]);

describe('maxPool', () => {
  it('takes the greatest of every whole window', () => {
    expect(evaluate(maxPool(x, { window: [2, 2] })).toArray()).toEqual([[6, 8]]);
    expect(evaluate(maxPool(x, { window: [2, 2], strides: 1 })).toArray()).toEqual([
      [6, 5, 8, 8],
      [9, 9, 8, 8],
    ]);
  });

  it('takes part of a window at the end if the border counts', () => {
    const y = maxPool(x, { window: [2, 2], ignoreBorder: false });
    expect(evaluate(y).toArray()).toEqual([
      [6, 8, 7],
      [9, 3, 5],
    ]);
  });

  it('has no window that begins behind the end', () => {
    const y = maxPool([1, 2, 3, 4], { window: [2], strides: 4, ignoreBorder: false });
    expect(evaluate(y).toArray()).toEqual([2]);
  });

  it('never takes padding, and is −∞ of padding alone', () => {
    const negative = tensorFrom([-3, -1, -2]);
    const y = maxPool(negative, { window: [2], strides: 1, padding: [[2, 1]] });
    expect(evaluate(y).toArray()).toEqual([-Infinity, -3, -1, -1, -2]);
  });

  it('keeps NaN and dtype', () => {
    expect(evaluate(maxPool([1, NaN, 2, 3], { window: [2] })).toArray()).toEqual([NaN, 3]);
    expect(evaluate(maxPool(tensorFrom(Int32Array.of(4, 7)), { window: [2] })).dtype).toBe('int32');
  });

  it('gives as many windows as `same` promises', () => {
    const y = maxPool(x, { window: [3, 3], strides: 2, padding: 'same' });
    expect(evaluate(y).shape).toEqual([2, 3]);
    expect(maxPool(tensor('x', { shape: [null, 9] }), { window: [2, 2] }).shape).toEqual([null, 4]);
  });

  it('refuses windows that make no sense', () => {
    const code = (expected: string): unknown => expect.objectContaining({ code: expected });
    expect(() => maxPool([1, 2], { window: [2, 2] })).toThrow(code('OP_POOL_RANK'));
    expect(() => maxPool(x, { window: [0, 2] })).toThrow(code('OP_WINDOW'));
    expect(() =>
      maxPool(x, {
        window: [2, 2],
        padding: [
          [-1, 0],
          [0, 0],
        ],
      }),
    ).toThrow(code('OP_PADDING'));
  });
});

describe('sumPool', () => {
  it('adds up every window', () => {
    expect(evaluate(sumPool(x, { window: [3, 2] })).toArray()).toEqual([[23, 11]]);
  });

  it('of bool counts', () => {
    const y = evaluate(sumPool([true, true, false, true], { window: [2] }));
    expect([y.dtype, y.toArray()]).toEqual(['int32', [2, 1]]);
  });
});

describe('avgPool', () => {
  const options = { window: [2], strides: 1, padding: [[1, 1]] } as const;

  it('counts padding, unless told otherwise', () => {
    expect(evaluate(avgPool([2, 4], options)).toArray()).toEqual([1, 3, 2]);
    const proper = avgPool([2, 4], { ...options, countIncludePad: false });
    expect(evaluate(proper).toArray()).toEqual([2, 3, 4]);
  });

  it('counts what lies within in a window that is partly there', () => {
    const y = avgPool([2, 4, 9], { window: [2], ignoreBorder: false });
    expect(evaluate(y).toArray()).toEqual([3, 9]);
  });

  it('counts the padding, but nothing beyond it, in a window that is partly there', () => {
    const y = avgPool([2, 4], { window: [3], padding: [[1, 1]], ignoreBorder: false });
    expect(evaluate(y).toArray()).toEqual([2, 0]); // (0 + 2 + 4)/3 and 0/1
  });

  it('takes integers as floats', () => {
    expect(evaluate(avgPool(tensorFrom(Int32Array.of(1, 2)), { window: [2] })).toArray()).toEqual([
      1.5,
    ]);
  });
});
