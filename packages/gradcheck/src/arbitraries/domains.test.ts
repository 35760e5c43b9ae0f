import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Domain } from './domain.ts';
import * as domain from './domains.ts';

const vector = [4];
const matrices = [2, 3, 3];

/** Every domain with a shape of its arrays. */
const cases: readonly (readonly [Domain, readonly number[]])[] = [
  [domain.real(), vector],
  [domain.real({ scale: 'uniform', min: -3, max: 7 }), vector],
  [domain.mixedScales(), vector],
  [domain.positive(), vector],
  [domain.unitInterval(), vector],
  [domain.unitInterval({ margin: 0.4 }), vector],
  [domain.open(3, 4, { margin: 0.1 }), vector],
  [domain.nonZero(), vector],
  [domain.awayFrom([-1, 0, 1], 0.25), vector],
  [domain.awayFrom((x) => x < 0), vector],
  [domain.integerLike(), vector],
  [domain.special(), vector],
  [domain.anyOf(domain.positive(), domain.special()), vector],
  [domain.distinct(), [2, 3]],
  [domain.simplex(), [2, 3]],
  [domain.spd({ cond: 50 }), matrices],
  [domain.spd({ cond: 1 }), [2, 2]],
  [domain.orthogonal(), matrices],
  [domain.lowerTriangular(), matrices],
  [domain.indices(3), vector],
  [domain.indices(5, { repeats: false }), vector],
];

/** Every array that is met while one is shrunk that fails in all its forms. */
function shrinkPath(d: Domain, shape: readonly number[], seed: number): readonly Float64Array[] {
  const met: Float64Array[] = [];
  const property = fc.property(d.values(shape), (values) => {
    met.push(values);
    return false;
  });
  fc.check(property, { seed, numRuns: 1 });
  return met;
}

describe('every domain', () => {
  for (const [d, shape] of cases) {
    it(`${d.name} contains what it generates`, () => {
      const values = fc.sample(d.values(shape), { seed: 1, numRuns: 200 });
      expect(values.filter((x) => !d.includes(x, shape))).toEqual([]);
      expect(new Set(values.map((x) => x.join())).size).toBeGreaterThan(d.name === 'spd' ? 0 : 40);
    });

    it(`${d.name} contains what that shrinks to`, () => {
      for (let seed = 0; seed < 20; seed++) {
        const met = shrinkPath(d, shape, seed);
        expect(met.filter((x) => !d.includes(x, shape))).toEqual([]);
      }
    });
  }
});

describe('numbers', () => {
  const smallest = (d: Domain): readonly number[] => Array.from(shrinkPath(d, [2], 3).at(-1)!);

  it('shrink to plain ones, never to 0', () => {
    expect(smallest(domain.real())).toEqual([1, 1]);
    expect(smallest(domain.nonZero())).toEqual([1, 1]);
    expect(smallest(domain.unitInterval())).toEqual([0.5, 0.5]);
    expect(smallest(domain.awayFrom([1], 0.6))).toEqual([2, 2]);
    expect(smallest(domain.real({ scale: 'uniform', min: -2, max: -0.1 }))).toEqual([-1, -1]);
  });

  it('shrink to few digits where no plain one is in the domain', () => {
    const [a, b] = smallest(domain.open(3.2, 3.9));
    expect([a, b].every((x) => String(x).length <= 3)).toBe(true);
  });

  it('have magnitudes of every size, and both signs', () => {
    const values = fc.sample(domain.mixedScales().values([50]), { seed: 2, numRuns: 4 });
    const all = values.flatMap((x) => Array.from(x));
    expect(Math.min(...all.map(Math.abs))).toBeLessThan(1e-6);
    expect(Math.max(...all)).toBeGreaterThan(1e6);
    expect(Math.min(...all)).toBeLessThan(-1e6);
  });

  it('come near the margin of what they avoid, and far from it', () => {
    const values = fc.sample(domain.awayFrom([1], 0.1).values([100]), { seed: 2, numRuns: 1 });
    const gaps = Array.from(values[0]!, (x) => Math.abs(x - 1));
    expect(gaps.filter((gap) => gap < 0.2).length).toBeGreaterThan(20);
    expect(gaps.filter((gap) => gap > 10).length).toBeGreaterThan(5);
  });

  it('of special contain zeros of both signs, infinities, NaN, subnormal and huge ones', () => {
    const values = fc.sample(domain.special().values([400]), { seed: 2, numRuns: 1 });
    expect(new Set(values[0]!.map((x) => (Object.is(x, -0) ? -7 : x)))).toEqual(
      new Set(domain.specialValues.map((x) => (Object.is(x, -0) ? -7 : x))),
    );
  });
});

describe('domains of arrays', () => {
  it('refuse shapes that they have no array of', () => {
    expect(() => domain.spd().values([2, 3])).toThrow(
      expect.objectContaining({ code: 'ARBITRARY_SHAPE' }),
    );
    expect(() => domain.simplex().values([])).toThrow('there is no such array of shape []');
    expect(() => domain.indices(2, { repeats: false }).values([3])).toThrow('at most 2');
  });

  it('take shapes without elements', () => {
    for (const [d, shape] of [
      [domain.spd(), [0, 2, 2]],
      [domain.orthogonal(), [0, 0]],
      [domain.distinct(), [0]],
      [domain.simplex(), [0, 3]],
    ] as const) {
      expect(fc.sample(d.values(shape), 1)[0]).toHaveLength(0);
    }
  });

  it('reject what is no member', () => {
    expect(domain.spd().includes([1, 2, 2, 1], [2, 2])).toBe(false);
    expect(domain.spd().includes([1, 0.1, 0, 1], [2, 2])).toBe(false);
    expect(domain.orthogonal().includes([1, 1, 0, 1], [2, 2])).toBe(false);
    expect(domain.lowerTriangular().includes([1, 1, 1, 1], [2, 2])).toBe(false);
    expect(domain.simplex().includes([0.5, 0.4], [2])).toBe(false);
    expect(domain.distinct().includes([1, 1.2], [2])).toBe(false);
    expect(domain.indices(3).includes([0, 3], [2])).toBe(false);
  });

  it('have matrices of both determinants, and conditions up to the bound', () => {
    const q = fc.sample(domain.orthogonal().values([2, 2]), { seed: 1, numRuns: 50 });
    const determinants = q.map((a) => Math.sign(a[0]! * a[3]! - a[1]! * a[2]!));
    expect(new Set(determinants)).toEqual(new Set([1, -1]));
    const a = fc.sample(domain.spd({ cond: 1e4 }).values([2, 2]), { seed: 1, numRuns: 100 });
    const conditions = a.map((x) => {
      const [trace, det] = [x[0]! + x[3]!, x[0]! * x[3]! - x[1]! * x[2]!];
      const root = Math.sqrt(Math.max(0, trace * trace - 4 * det));
      return (trace + root) / (trace - root);
    });
    expect(Math.max(...conditions)).toBeGreaterThan(1e3);
  });
});

describe('options', () => {
  it.each([
    ['an empty range', () => domain.real({ min: 2, max: 1 })],
    ['a magnitude of 0', () => domain.real({ min: 0 })],
    ['a margin without room', () => domain.open(0, 1, { margin: 0.5 })],
    ['a margin of 0', () => domain.nonZero(0)],
    ['no points', () => domain.awayFrom([])],
    ['a margin of half a unit', () => domain.integerLike(0.5)],
    ['no values', () => domain.special([])],
    ['no domains', () => domain.anyOf()],
    ['a condition below 1', () => domain.spd({ cond: 0.5 })],
    ['an empty axis', () => domain.indices(0)],
  ])('refuse %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'ARBITRARY_OPTION' }));
  });

  it('end the search of a domain that is empty', () => {
    const nothing = domain.awayFrom(() => true);
    expect(() => fc.sample(nothing.values([1]), 1)).toThrow('no number was found in 1000 attempts');
  });
});
