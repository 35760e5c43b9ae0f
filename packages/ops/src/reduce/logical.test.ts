import { describe, expect, it } from '@jest/globals';
import { valuesOf, pulledBack } from '../../test/values.ts';
import { all, any } from './logical.ts';

describe('any and all', () => {
  const x = [
    [0, 2, 0],
    [1, NaN, 3],
    [0, 0, 0],
  ];

  it('test for nonzero elements along the axes', () => {
    expect(valuesOf((a) => any(a!, { axis: 1 }), x)).toEqual([true, true, false]);
    expect(valuesOf((a) => all(a!, { axis: 1 }), x)).toEqual([false, true, false]);
    expect(valuesOf((a) => any(a!), x)).toBe(true);
    expect(valuesOf((a) => all(a!, { axis: 0, keepDims: true }), x)).toEqual([
      [false, false, false],
    ]);
  });

  it('are false and true of nothing', () => {
    expect(valuesOf((a) => any(a!), [])).toBe(false);
    expect(valuesOf((a) => all(a!), [])).toBe(true);
  });

  it('give the truth value of each element for an empty list of axes', () => {
    expect(valuesOf((a) => any(a!, { axis: [] }), [0, -1])).toEqual([false, true]);
    expect(valuesOf((a) => all(a!), 2)).toBe(true);
  });

  it('are steps', () => {
    expect(pulledBack(any([1, 0]), true)).toEqual(['zero']);
  });
});
