import { describe, expect, it } from '@jest/globals';
import { Confusion } from '../confusion.ts';
import { confusionTable, percent, table } from './tables.ts';

describe('table', () => {
  it('draws a head and rows without colours', () => {
    expect(table(['model', 'accuracy'], [['logistic', '92 %']])).toBe(
      [
        '┌──────────┬──────────┐',
        '│ model    │ accuracy │',
        '├──────────┼──────────┤',
        '│ logistic │     92 % │',
        '└──────────┴──────────┘',
      ].join('\n'),
    );
  });
});

describe('confusionTable', () => {
  it('has a row for each digit and fits 100 columns with large counts', () => {
    const confusion = new Confusion();
    for (let i = 0; i < 1100; i++) confusion.add(4, i < 1000 ? 4 : 9);
    const lines = confusionTable(confusion).split('\n');
    const four = lines.find((line) => line.includes('is a 4'));
    expect(four).toMatch(/1000 .*100 .*90\.91 %/);
    expect(lines.filter((line) => line.includes('is a'))).toHaveLength(10);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('percent', () => {
  it('has two decimals', () => {
    expect(percent(0.92345)).toBe('92.34 %');
    expect(percent(1)).toBe('100.00 %');
    expect(percent(Number.NaN)).toBe('–');
  });
});
