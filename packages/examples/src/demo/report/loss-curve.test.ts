import { describe, expect, it } from '@jest/globals';
import { binMeans, lossCurve } from './loss-curve.ts';

describe('binMeans', () => {
  it('leaves short series alone', () => {
    expect(binMeans([3, 1, 2], 3)).toEqual([3, 1, 2]);
  });

  it('uses every value exactly once', () => {
    expect(binMeans([1, 3, 5, 7], 2)).toEqual([2, 6]);
    expect(binMeans([1, 2, 3, 4, 5], 2)).toEqual([1.5, 4]);
  });
});

describe('lossCurve', () => {
  it('draws a falling line on a logarithmic scale', () => {
    const rows = lossCurve([4, 2, 1], 72, 2).split('\n');
    expect(rows.map((row) => row.trimEnd())).toEqual([
      '     4.0 ┼╮',
      '     2.0 ┤╰╮',
      '     1.0 ┤ ╰',
    ]);
  });

  it('draws a cost of zero', () => {
    expect(lossCurve([1, 0])).toContain('0.0000010');
  });

  it('stays within its width', () => {
    const costs = Array.from({ length: 1000 }, (_, i) => 2.3 / (1 + i / 50));
    const widest = Math.max(
      ...lossCurve(costs, 40)
        .split('\n')
        .map((row) => row.length),
    );
    expect(widest).toBeLessThan(40 + 12);
  });

  it('says so when there is nothing to draw', () => {
    expect(lossCurve([])).toBe('(no steps were made)');
  });

  it('draws a constant cost', () => {
    expect(lossCurve([1, 1, 1])).toContain('1.0');
  });
});
