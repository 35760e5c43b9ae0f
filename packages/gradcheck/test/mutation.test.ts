import { describe, expect, it } from '@jest/globals';
import { standardOps } from '@cotangent/ops';
import { mutationScore } from '../src/mutate/score.ts';

/** Every fourth op and few mutants of each, so that this takes seconds; `gradcheck --mutate` runs all. */
const [step, budget] = [4, 8];

/** Ops whose own derivative is not that of their values: what a mutant of it would be is a matter of taste. */
const surrogates = ['disconnectedGrad', 'gradClip', 'gradScale', 'undefinedGrad', 'zeroGrad'];

describe('the samples of first-party ops', () => {
  it('kill at least 95 % of the mutants of their rules', () => {
    const reports = standardOps
      .filter(({ name }, k) => k % step === 0 && !surrogates.includes(name))
      .map((op) => mutationScore(op, undefined, { budget }));
    const total = (count: 'killed' | 'survived'): number =>
      reports.reduce((sum, report) => sum + report[count], 0);
    const survivors = reports.filter(({ survived }) => survived > 0).map((r) => r.toText());
    expect(total('killed')).toBeGreaterThan(100);
    const isGood = total('survived') <= 0.05 * (total('killed') + total('survived'));
    expect(isGood ? [] : survivors).toEqual([]);
  });
});
