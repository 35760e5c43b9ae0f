import { describe, expect, it } from '@jest/globals';
import { growthExponent, quantile, summarize } from './statistics.ts';

describe('quantile', () => {
  it('is linear between neighbours', () => {
    expect([0, 0.25, 0.5, 1].map((q) => quantile([1, 2, 4], q))).toEqual([1, 1.5, 2, 4]);
  });

  it('refuses an empty list', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('summarize', () => {
  it('takes samples in any order', () => {
    expect(summarize([5, 1, 4, 2, 3])).toEqual({ medianUs: 3, minUs: 1, p25Us: 2, p75Us: 4 });
  });
});

describe('growthExponent', () => {
  it('is 1 for time proportional to size', () => {
    const exponent = growthExponent({ size: 10, medianUs: 5 }, { size: 1000, medianUs: 500 });
    expect(exponent).toBeCloseTo(1, 12);
  });
});
