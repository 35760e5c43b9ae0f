import { describe, expect, it } from '@jest/globals';
import { ours, rightRules, runBenchmark, wrongRules } from '../benchmark/run.ts';
import type { Outcome } from '../benchmark/run.ts';

/** The command runs ten seeds and the other checkers too. */
const seeds = 2;

describe('the benchmark of wrong rules and of right ones that are hard', () => {
  const own = runBenchmark(seeds, [ours])[0]!;
  const ids = (outcomes: readonly Outcome[]): readonly string[] => outcomes.map(({ id }) => id);

  it('holds the whole catalogue', () => {
    const numbered = (letter: string, n: number): readonly string[] =>
      Array.from({ length: n }, (_, k) => `${letter}${String(k + 1).padStart(2, '0')}`);
    expect(wrongRules.map(({ id }) => id)).toEqual(numbered('M', 58));
    expect(rightRules.map(({ id }) => id)).toEqual(numbered('H', 29));
  });

  it('finds every wrong rule', () => {
    expect(ids(own.wrong.filter(({ fail }) => fail < seeds))).toEqual([]);
  });

  it('calls no right rule wrong', () => {
    expect(ids(own.right.filter(({ fail }) => fail > 0))).toEqual([]);
  });

  it('is undecided only where that is allowed', () => {
    const allowed = rightRules.filter((entry) => entry.mayBeInconclusive).map(({ id }) => id);
    const undecided = ids(own.right.filter(({ inconclusive }) => inconclusive > 0));
    expect(undecided.filter((id) => !allowed.includes(id))).toEqual([]);
  });

  it('names the planted element', () => {
    const planted = own.wrong.filter(({ located }) => located !== undefined);
    expect(planted.map(({ located }) => located)).toEqual(planted.map(() => seeds));
  });

  it('leaves the other checkers behind', () => {
    const theano = runBenchmark(1, ['Theano / PyTensor'])[0]!;
    expect(theano.detected).toBeLessThan(wrongRules.length);
    expect(theano.falseAlarms).toBeGreaterThan(0);
  });
});
