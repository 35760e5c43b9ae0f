import { describe, expect, it } from '@jest/globals';
import { scalar } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { add } from '../elementwise/arithmetic.ts';
import { slice } from '../shape/slice.ts';
import { bernoulli, normal, uniform } from './distributions.ts';
import { randomBits } from './draw.ts';
import { foldIn, randomKey, splitKey } from './keys.ts';
import { normalQuantile } from './normal-quantile.ts';
import { threefry } from './threefry.ts';

const key = randomKey(42);
const n = 20_000;

function drawn(x: Parameters<typeof evaluate>[0]): readonly number[] {
  return evaluate(x).toArray() as number[];
}

describe('threefry', () => {
  // Known answers that the authors publish with their implementation.
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [-1, -1],
      [-1, -1],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ] as const)('of key %p at %p is the published answer', (words, counter, answer) => {
    expect(threefry(words, counter).map((word) => word >>> 0)).toEqual(answer);
  });
});

describe('keys', () => {
  it('are the words of the seed', () => {
    expect(drawn(randomKey(2 ** 40 + 5))).toEqual([256, 5]);
    const seed = scalar('seed', { dtype: 'int32' });
    const given = new Map([[seed, tensorFrom(42, { dtype: 'int32' })]]);
    expect(evaluate(randomKey(seed), given).toArray()).toEqual([0, 42]);
  });

  it('are the ones that JAX makes', () => {
    expect(drawn(splitKey(key, 3))).toEqual([
      [1832780943, 270669613],
      [64467757, -1378843660],
      [-1829035798, 255383827],
    ]);
    expect(drawn(foldIn(key, 7))).toEqual([-1747954385, 1371500959]);
  });

  it('fold in every number of a tensor', () => {
    expect(drawn(foldIn(key, [7, 8]))).toEqual([drawn(foldIn(key, 7)), drawn(foldIn(key, 8))]);
  });

  it.each([-1, 0.5, NaN, 2 ** 53])('refuse the seed %p', (seed) => {
    expect(() => randomKey(seed)).toThrow(expect.objectContaining({ code: 'RANDOM_SEED' }));
  });

  it('are told from other values', () => {
    const wrong = expect.objectContaining({ code: 'RANDOM_KEY' });
    expect(() => randomBits([1, 2, 3], [2])).toThrow(wrong);
    expect(() => uniform(tensorFrom([1.5, 2]), [2])).toThrow(wrong);
    expect(() => foldIn(key, 0.5)).toThrow(expect.objectContaining({ code: 'NOT_REPRESENTABLE' }));
  });
});

describe('draws', () => {
  it('have the bits that JAX draws', () => {
    expect(drawn(randomBits(key, [4]))).toEqual([
      2098992034, -1375260455, -1648100871, -1885421097,
    ]);
    expect(drawn(uniform(key, [3]))).toEqual([
      0.4267275666499091, 0.015010069515314584, 0.5741444178995352,
    ]);
    expect(drawn(uniform(key, [3], { dtype: 'float32' }))).toEqual([
      0.48870956897735596, 0.6797971725463867, 0.6162714958190918,
    ]);
  });

  it('repeat with the key and differ without', () => {
    expect(drawn(normal(key, [5]))).toEqual(drawn(normal(key, [5])));
    expect(drawn(normal(slice(splitKey(key), [1]), [5]))).not.toEqual(drawn(normal(key, [5])));
  });

  it('begin alike whatever their length', () => {
    expect(drawn(normal(key, [7])).slice(0, 3)).toEqual(drawn(normal(key, [3])));
  });

  it('are made for every key of several', () => {
    const keys = splitKey(key, 2);
    const both = drawn(uniform(keys, [3]));
    expect(both).toEqual([0, 1].map((k) => drawn(uniform(slice(keys, [k]), [3]))));
  });

  it('take location and scale that broadcast', () => {
    const z = drawn(normal(key, [3]));
    expect(drawn(normal(key, [3], { mean: [1, 2, 3], std: 2 }))).toEqual(
      z.map((value, k) => k + 1 + 2 * value),
    );
    expect(drawn(uniform(key, [2], { low: 1, high: 1 }))).toEqual([1, 1]);
  });

  it('have a dtype', () => {
    expect(normal(key, [2], { dtype: 'float32' }).dtype).toBe('float32');
    expect(bernoulli(key, [2], { dtype: 'bool' }).dtype).toBe('bool');
    expect(() => normal(key, [2], { dtype: 'int32' })).toThrow(
      expect.objectContaining({ code: 'OP_DTYPE_REJECTED' }),
    );
  });

  it('know a shape that is symbolic', () => {
    const length = scalar('n', { dtype: 'int32' });
    const y = uniform(key, [add(length, 1), 2]);
    expect(y.shape).toEqual([null, 2]);
    const given = new Map([[length, tensorFrom(2, { dtype: 'int32' })]]);
    expect(evaluate(y, given).shape).toEqual([3, 2]);
  });
});

// A fixed key makes these deterministic. The bounds are what a true generator exceeds with the probability
// stated: 5.5 standard errors of a mean are exceeded once in 2.6·10⁷ keys, and the Kolmogorov distance c/√n
// with probability 2 exp(−2c²), c = 3: 3·10⁻⁸.
describe('statistics', () => {
  const standardErrors = 5.5;

  it('of uniform draws have the right mean, variance and distribution', () => {
    const u = drawn(uniform(key, [n])).toSorted((a, b) => a - b);
    expect(Math.abs(mean(u) - 0.5)).toBeLessThan(standardErrors * Math.sqrt(1 / 12 / n));
    expect(distance(u, (x) => x)).toBeLessThan(3 / Math.sqrt(n));
  });

  it('of normal draws have the right mean, variance and distribution', () => {
    const z = drawn(normal(key, [n])).toSorted((a, b) => a - b);
    expect(Math.abs(mean(z))).toBeLessThan(standardErrors / Math.sqrt(n));
    expect(Math.abs(mean(z.map((x) => x * x)) - 1)).toBeLessThan(standardErrors * Math.sqrt(2 / n));
    // Φ at the quartiles and the 5 % points, from tables: counts of draws below.
    for (const [x, p] of [
      [-1.6448536269514722, 0.05],
      [-0.6744897501960817, 0.25],
      [0.6744897501960817, 0.75],
    ] as const) {
      const below = z.filter((value) => value < x).length / n;
      expect(Math.abs(below - p)).toBeLessThan(standardErrors * Math.sqrt((p * (1 - p)) / n));
    }
  });

  it('of successive draws show no correlation', () => {
    const u = drawn(uniform(key, [n]));
    const products = u.slice(1).map((x, k) => (x - 0.5) * (u[k]! - 0.5));
    expect(Math.abs(mean(products))).toBeLessThan((standardErrors * (1 / 12)) / Math.sqrt(n));
  });

  it('of bits have as many ones as zeros in every place', () => {
    const bits = drawn(randomBits(key, [n]));
    for (let place = 0; place < 32; place++) {
      const share = bits.filter((word) => (word >>> place) & 1).length / n;
      expect(Math.abs(share - 0.5)).toBeLessThan((standardErrors * 0.5) / Math.sqrt(n));
    }
  });

  it('of Bernoulli draws have the probability asked for', () => {
    const share = mean(drawn(bernoulli(key, [n], { p: 0.2 })));
    expect(Math.abs(share - 0.2)).toBeLessThan(standardErrors * Math.sqrt(0.16 / n));
  });
});

describe('normalQuantile', () => {
  // mpmath, 40 digits, at these very doubles.
  it.each([
    [0.1, -1.2815515655446004],
    [0.975, 1.9599639845400538],
    [1e-3, -3.0902323061678136],
    [1e-8, -5.612001244174789],
    [1e-12, -7.034483825301132],
    [1e-15, -7.941345326170997],
  ])('of %p is %p', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z) / Math.abs(z)).toBeLessThan(8e-16); // AS 241 states 1e-16
  });

  it('is odd about ½', () => {
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0.75)).toBe(-normalQuantile(0.25));
  });
});

function mean(xs: readonly number[]): number {
  return xs.reduce((sum, x) => sum + x, 0) / xs.length;
}

/** Kolmogorov's distance of a sorted sample from a distribution. */
function distance(sorted: readonly number[], cumulative: (x: number) => number): number {
  return Math.max(
    ...sorted.map((x, k) => Math.max(cumulative(x) - k / n, (k + 1) / n - cumulative(x))),
  );
}
