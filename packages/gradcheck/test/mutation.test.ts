import { describe, expect, it } from '@jest/globals';
import { standardOps } from '@cotangent/ops';
import { mutationScore } from '../src/mutate/score.ts';

/** Mutants per op: few, so that this takes seconds; the command runs all. */
const budget = 6;

/** Ops whose own derivative is not that of their values: what a mutant of it would be is a matter of taste. */
const surrogates = ['disconnectedGrad', 'gradClip', 'gradScale', 'undefinedGrad', 'zeroGrad'];

describe('the samples of first-party ops', () => {
  it('kill at least 95 % of the mutants of their rules', () => {
    const reports = standardOps
      .filter(({ name }) => !surrogates.includes(name))
      .map((op) => mutationScore(op, undefined, { budget }));
    const survivors = reports.filter(({ survived }) => survived > 0).map((r) => r.toText());
    const total = (count: 'killed' | 'survived'): number =>
      reports.reduce((sum, report) => sum + report[count], 0);
    expect(total('killed')).toBeGreaterThan(200);
    expect([total('killed') / (total('killed') + total('survived')) >= 0.95, survivors]).toEqual([
      true,
      [],
    ]);
  });
});
