import { describe, expect, it } from '@jest/globals';
import { fastMistakes, fastResult, oneWrong, trialPoint } from '../benchmark/fast-trials.ts';

describe('fast mode', () => {
  const n = 20_000;

  it('names one index of 20000 that is off by 1e-6 within 500 evaluations', () => {
    const planted = 16_180;
    const rule = oneWrong(Math.sin, Math.cos, planted, 1 + 1e-6);
    const { verdict, flags, worst, evals } = fastResult(rule, trialPoint(n, 1), 1);
    expect(verdict).toBe('fail');
    expect(flags).toContain('fast');
    expect(worst?.index).toEqual([planted]);
    expect(worst?.ratio).toBeCloseTo(1 + 1e-6, 8);
    expect(evals).toBeLessThanOrEqual(500);
  });

  it('needs at most 25 evaluations for one projection', () => {
    const { verdict, evals } = fastResult(
      oneWrong(Math.sin, Math.cos, -1, 1),
      trialPoint(n, 2),
      1,
      1,
    );
    expect(verdict).toBe('pass');
    expect(evals).toBeLessThanOrEqual(25);
  });

  it('neither misses a wrong index nor calls a right rule wrong', () => {
    expect(fastMistakes(3, ['sin', 'square', 'log'])).toEqual([]);
  });
});
