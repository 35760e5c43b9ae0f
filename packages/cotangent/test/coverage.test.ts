import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { coverage } from '../scripts/coverage/table.ts';

const committed = new URL('../../ops/COVERAGE.md', import.meta.url);

describe('the op library', () => {
  const { text, problems } = coverage();

  it('has every name of the inventory, a contract for each op and a reason for each evaluation', () => {
    expect(problems).toEqual([]);
  });

  it('is described by its table of coverage', () => {
    // If this fails: npm run coverage.
    expect(readFileSync(committed, 'utf8')).toBe(text);
  });
});
