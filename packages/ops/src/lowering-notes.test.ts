import { describe, expect, it } from '@jest/globals';
import { loweringNotes, standardOps } from './index.ts';

describe('loweringNotes', () => {
  it('names ops of this package, and always only those without a lowering', () => {
    const records = new Map(standardOps.map((op) => [op.name, op]));
    for (const [name, { when }] of Object.entries(loweringNotes)) {
      expect([name, records.has(name)]).toEqual([name, true]);
      const { lower, elementwise } = records.get(name)!;
      const isLowered = lower !== undefined || elementwise?.lower !== undefined;
      expect([name, isLowered && when === 'always']).toEqual([name, false]);
    }
  });
});
