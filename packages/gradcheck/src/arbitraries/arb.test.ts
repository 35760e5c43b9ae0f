import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { broadcastShapes } from '@cotangent/tensor';
import * as arb from './arb.ts';
import * as domain from './domains.ts';

const many = { seed: 1, numRuns: 100 };

describe('array', () => {
  it('has the dtype, shape and domain that are asked for', () => {
    const spec = { shape: [2, 3], dtype: 'float32', domain: domain.positive() } as const;
    for (const x of fc.sample(arb.array(spec), many)) {
      expect([x.dtype, x.shape]).toEqual(['float32', [2, 3]]);
      expect(x.data.every((value) => value > 0)).toBe(true);
    }
    const at = arb.array({ shape: [3], domain: domain.indices(4), dtype: 'float64' });
    expect(fc.sample(at, 1)[0]!.dtype).toBe('int32');
  });

  it('lies in memory as it is asked to, with the same kind of values', () => {
    const options = { shape: [2, 3], domain: domain.nonZero() } as const;
    const strides = (layout: arb.Layout): ReadonlySet<string> =>
      new Set(fc.sample(arb.array({ ...options, layout }), many).map((x) => x.stride.join()));
    expect(strides('dense')).toEqual(new Set(['3,1']));
    expect(strides('column-major')).toEqual(new Set(['1,2']));
    expect(strides('scattered')).toEqual(new Set(['-14,-2']));
    expect(strides('repeated')).toEqual(new Set(['0,0']));
    expect(strides('any').size).toBe(3);
    for (const x of fc.sample(arb.array({ ...options, layout: 'any' }), many)) {
      const values = x.toArray();
      expect(domain.nonZero().includes([values].flat(3).map(Number), x.shape)).toBe(true);
    }
  });

  it('shrinks in rank, then in length, then in value', () => {
    const property = fc.property(
      arb.array({ shape: arb.shape({ rank: [1, 3] }) }),
      (x) => x.size < 0,
    );
    const result = fc.check(property, { seed: 5, numRuns: 1 });
    expect(result.counterexample![0].toArray()).toEqual([1]);
  });

  it('without options is any real array', () => {
    const ranks = new Set(fc.sample(arb.array(), many).map((x) => x.shape.length));
    expect(ranks).toEqual(new Set([0, 1, 2, 3]));
  });
});

describe('shape', () => {
  it('has axes of different length', () => {
    for (const shape of fc.sample(arb.shape({ rank: 3, max: 4 }), many)) {
      expect(shape).toHaveLength(3);
      expect(new Set(shape).size).toBe(3);
      expect(Math.min(...shape)).toBeGreaterThan(0);
    }
  });

  it('may repeat lengths and have axes without elements', () => {
    const options = { rank: [2, 3], max: 2, distinct: false, allowZero: true } as const;
    const shapes = fc.sample(arb.shape(options), many);
    expect(shapes.some((shape) => new Set(shape).size < shape.length)).toBe(true);
    expect(shapes.some((shape) => shape.includes(0))).toBe(true);
  });

  it('refuses more distinct axes than there are lengths', () => {
    expect(() => arb.shape({ rank: 4, max: 3 })).toThrow(
      expect.objectContaining({ code: 'ARBITRARY_OPTION' }),
    );
    expect(() => arb.shape({ rank: -1 })).toThrow('rank');
  });
});

describe('emptyShape and unitShape', () => {
  it('have no element, and one', () => {
    for (const shape of fc.sample(arb.emptyShape(), many)) expect(shape).toContain(0);
    const units = fc.sample(arb.unitShape(), many);
    expect(new Set(units.flat())).toEqual(new Set([1]));
    expect(new Set(units.map(({ length }) => length))).toEqual(new Set([0, 1, 2, 3]));
  });
});

describe('broadcastPair', () => {
  it('gives shapes that broadcast, in all ways', () => {
    const pairs = fc.sample(arb.broadcastPair({ rank: [1, 3] }), many);
    for (const [a, b] of pairs) expect(broadcastShapes([a, b]).length).toBeGreaterThan(0);
    expect(pairs.some(([a, b]) => a.length < b.length)).toBe(true);
    expect(pairs.some(([a, b]) => a.length > b.length)).toBe(true);
    expect(pairs.some(([a, b]) => a.length === b.length && a.join() !== b.join())).toBe(true);
  });
});

describe('point', () => {
  it('has one tensor per domain, all of one shape', () => {
    const points = fc.sample(arb.point([domain.positive(), domain.unitInterval()]), many);
    for (const [x, y] of points) {
      expect(x!.shape).toEqual(y!.shape);
      expect(y!.data.every((value) => value > 0 && value < 1)).toBe(true);
    }
  });
});
