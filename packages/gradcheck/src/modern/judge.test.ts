import { describe, expect, it } from '@jest/globals';
import { kinds } from '../numeric/estimate.ts';
import { judge } from './judge.ts';
import type { Item } from './judge.ts';
import { gradcheckSettings } from './options.ts';

const settings = gradcheckSettings('judge', {});
const allowance = { epsilon: 2 ** -52, relative: 1e-9 };
const item: Item = {
  direction: 0,
  output: 0,
  row: 0,
  analytic: 1,
  numeric: 1,
  bound: 1e-12,
  magnitude: 1,
  effect: 1,
  kind: kinds.smooth,
  low: 1,
  high: 1,
  still: false,
};
const verdictOf = (changes: Partial<Item>): string =>
  judge({ ...item, ...changes }, 1, settings, allowance).verdict;

describe('judge', () => {
  it('passes within the bound, fails beyond it, and cannot tell where that is wide', () => {
    expect(verdictOf({ analytic: 1 + 4e-12 })).toBe('pass');
    expect(verdictOf({ analytic: 1 + 1e-8 })).toBe('fail');
    expect(verdictOf({ bound: 0.01 })).toBe('inconclusive');
    expect(verdictOf({ bound: 0.01, analytic: 7 })).toBe('fail');
  });

  it('measures the uncertainty of a sum by its terms, not by what is left when they cancel', () => {
    const cancelling = { analytic: 1e-4, numeric: 1.01e-4, bound: 1e-6, magnitude: 2 };
    expect(verdictOf(cancelling)).toBe('pass');
    expect(verdictOf({ ...cancelling, analytic: 2e-4 })).toBe('fail');
    expect(verdictOf({ ...cancelling, magnitude: 1e-4 })).toBe('inconclusive');
  });

  it('takes an infinite derivative for wrong only if the numeric one is certainly finite', () => {
    expect(verdictOf({ analytic: Infinity })).toBe('fail');
    expect(verdictOf({ analytic: NaN, numeric: 0, bound: 0, still: true })).toBe('fail');
    expect(verdictOf({ analytic: Infinity, numeric: 8, bound: 3.3 })).toBe('inconclusive'); // √x at 0
    expect(verdictOf({ analytic: Infinity, numeric: NaN, bound: NaN })).toBe('inconclusive');
  });
});
