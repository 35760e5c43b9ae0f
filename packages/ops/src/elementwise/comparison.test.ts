import { describe, expect, it } from '@jest/globals';
import { ShapeError, vector } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { dtypeFor, expectExact } from '../../test/elementwise.ts';
import { evaluate } from '../../test/evaluate.ts';
import {
  eq,
  ge,
  gt,
  isFinite,
  isInf,
  isNan,
  le,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  ne,
} from './index.ts';

describe('eq, ne, lt, le, gt, ge', () => {
  it('compare numbers', () => {
    const [x, y] = [tensorFrom([1, 2, 3]), 2];
    expect(evaluate(eq(x, y)).toArray()).toEqual([false, true, false]);
    expect(evaluate(ne(x, y)).toArray()).toEqual([true, false, true]);
    expect(evaluate(lt(x, y)).toArray()).toEqual([true, false, false]);
    expect(evaluate(le(x, y)).toArray()).toEqual([true, true, false]);
    expect(evaluate(gt(x, y)).toArray()).toEqual([false, false, true]);
    expect(evaluate(ge(x, y)).toArray()).toEqual([false, true, true]);
  });

  it('are false for NaN, except ne', () => {
    for (const fn of [eq, lt, le, gt, ge])
      expectExact(fn, [
        [NaN, NaN, 0],
        [1, NaN, 0],
      ]);
    expectExact(ne, [
      [NaN, NaN, 1],
      [1, NaN, 1],
    ]);
  });

  it('give bool from any dtypes', () => {
    expect(dtypeFor(eq, 'int32', 'float32')).toBe('bool');
    expect(dtypeFor(lt, 'bool', 'uint8')).toBe('bool');
  });

  it('compare a float32 with a literal in float32', () => {
    expect(evaluate(eq(tensorFrom(Float32Array.of(0.1)), 0.1)).toArray()).toEqual([true]);
  });

  it('refuse shapes that do not fit', () => {
    const [x, y] = [vector('x', { shape: [3] }), vector('y', { shape: [4] })];
    expect(() => lt(x, y)).toThrow(ShapeError);
    expect(() => lt(x, y)).toThrow('lt: cannot broadcast [3] with [4]');
  });
});

describe('isNan, isInf, isFinite', () => {
  it('tell the three kinds of number apart', () => {
    const x = tensorFrom([1, NaN, Infinity, -Infinity]);
    expect(evaluate(isNan(x)).toArray()).toEqual([false, true, false, false]);
    expect(evaluate(isInf(x)).toArray()).toEqual([false, false, true, true]);
    expect(evaluate(isFinite(x)).toArray()).toEqual([true, false, false, false]);
  });

  it('take integers', () => {
    expect(evaluate(isFinite(tensorFrom(Int32Array.of(0, 7)))).toArray()).toEqual([true, true]);
    expect(dtypeFor(isNan, 'bool')).toBe('bool');
  });
});

describe('logicalAnd, logicalOr, logicalXor, logicalNot', () => {
  it('take every nonzero number as true, NaN too', () => {
    const [x, y] = [tensorFrom([0, 0, 2, NaN]), tensorFrom([0, -1, 0, 0.5])];
    expect(evaluate(logicalAnd(x, y)).toArray()).toEqual([false, false, false, true]);
    expect(evaluate(logicalOr(x, y)).toArray()).toEqual([false, true, true, true]);
    expect(evaluate(logicalXor(x, y)).toArray()).toEqual([false, true, true, false]);
    expect(evaluate(logicalNot(x)).toArray()).toEqual([true, true, false, false]);
  });

  it('mix booleans with literals', () => {
    expect(evaluate(logicalXor(tensorFrom([true, false]), true)).toArray()).toEqual([false, true]);
  });
});
