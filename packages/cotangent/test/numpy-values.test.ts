import { describe, expect, it } from '@jest/globals';
import { boundOf, distance } from '../scripts/values/bounds.ts';
import { casesOf, computed, expected } from '../scripts/values/fixtures.ts';

describe.each([...casesOf])('%s', (name, cases) => {
  const bound = boundOf(name);

  it.each(['reference', 'fast'] as const)('has the values of NumPy in mode %s', (mode) => {
    for (const c of cases) {
      const [got, want] = [computed(c, mode), expected(c)];
      expect(got).toHaveLength(want.length);
      const far = Math.max(...want.map((value, k) => distance(got[k]!, value, bound)));
      const shown = `${JSON.stringify(c.args).slice(0, 200)}: ${far} ulp`;
      expect(far <= bound.ulps ? '' : `${shown}: ${got.join(' ')} for ${want.join(' ')}`).toBe('');
    }
  });
});
