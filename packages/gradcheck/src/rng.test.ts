import { describe, expect, it } from '@jest/globals';
import { rngOf, signed } from './rng.ts';

const take = (n: number, draw: () => number): readonly number[] => Array.from({ length: n }, draw);

describe('rngOf', () => {
  it('is determined by seed and keys', () => {
    expect(take(5, rngOf(1, 'a', 2))).toEqual(take(5, rngOf(1, 'a', 2)));
    const firsts = [rngOf(1), rngOf(2), rngOf(1, 'a'), rngOf(1, 'b'), rngOf(1, 'a', 'b')];
    expect(new Set(firsts.map((rng) => rng())).size).toBe(firsts.length);
  });

  it('is uniform in [0, 1)', () => {
    const n = 20_000;
    const draws = take(n, rngOf(7, 'uniform'));
    expect(draws.every((u) => u >= 0 && u < 1)).toBe(true);
    expect(new Set(draws).size).toBe(n);
    // Standard deviations: 0.29/√n = 0.002 for the mean, 0.42 % of a bin's n/10 for its count.
    expect(Math.abs(draws.reduce((sum, u) => sum + u, 0) / n - 0.5)).toBeLessThan(0.01);
    const bins = take(10, () => 0).map((_, b) => draws.filter((u) => Math.floor(u * 10) === b));
    for (const bin of bins) expect(Math.abs(bin.length / (n / 10) - 1)).toBeLessThan(0.12);
  });

  it('has no correlation between neighbours', () => {
    const draws = take(20_000, rngOf(7, 'pairs'));
    const products = draws.slice(1).map((u, k) => (u - 0.5) * (draws[k]! - 0.5));
    expect(Math.abs(products.reduce((sum, p) => sum + p, 0) / products.length)).toBeLessThan(0.004);
  });
});

describe('signed', () => {
  it('has both signs and stays away from 0', () => {
    const rng = rngOf(3);
    const draws = take(1000, () => signed(rng));
    expect(draws.every((u) => Math.abs(u) >= 0.5 && Math.abs(u) < 1.5)).toBe(true);
    expect(draws.filter((u) => u < 0).length).toBeGreaterThan(400);
    expect(draws.filter((u) => u > 0).length).toBeGreaterThan(400);
  });
});
