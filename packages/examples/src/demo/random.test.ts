import { describe, expect, it } from '@jest/globals';
import { Random } from './random.ts';

const draws = (seed: number, n: number, draw: (random: Random) => number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: n }, () => draw(random));
};
const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

describe('Random', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    const uniform = (random: Random): number => random.uniform();
    expect(draws(7, 5, uniform)).toEqual(draws(7, 5, uniform));
    expect(draws(7, 5, uniform)).not.toEqual(draws(8, 5, uniform));
  });

  it('spreads uniform numbers over [0, 1)', () => {
    const xs = draws(1, 10_000, (random) => random.uniform());
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...xs)).toBeLessThan(1);
    // The mean has standard deviation 1 / √(12 n) = 0.003; this allows 7 of them.
    expect(Math.abs(mean(xs) - 0.5)).toBeLessThan(0.02);
  });

  it('draws normal numbers of mean 0 and variance 1', () => {
    const xs = draws(2, 10_000, (random) => random.normal());
    // Standard deviations 0.01 and 0.014; this allows 7 of the larger.
    expect(Math.abs(mean(xs))).toBeLessThan(0.1);
    expect(Math.abs(mean(xs.map((x) => x * x)) - 1)).toBeLessThan(0.1);
  });

  it('permutes: every number occurs once, in another order', () => {
    const order = new Random(3).permutation(100);
    const identity = Array.from({ length: 100 }, (_, i) => i);
    expect([...order]).not.toEqual(identity);
    expect([...order].sort((a, b) => a - b)).toEqual(identity);
  });

  it('permutes nothing and one thing', () => {
    expect([...new Random(0).permutation(0)]).toEqual([]);
    expect([...new Random(0).permutation(1)]).toEqual([0]);
  });
});
