import { describe, expect, it } from '@jest/globals';
import { Cache } from './cache.ts';
import type { Bounds, Kept } from './cache.ts';

interface Named extends Kept {
  readonly name: string;
}

function cacheOf(bounds: Partial<Bounds>): {
  readonly cache: Cache<Named>;
  readonly dropped: string[];
  readonly add: (name: string, memoryBytes?: number) => void;
} {
  const dropped: string[] = [];
  const cache = new Cache<Named>({ count: 9, bytes: 1000, ...bounds }, ({ name }) =>
    dropped.push(name),
  );
  const add = (name: string, memoryBytes = 10): void =>
    cache.add(name, { name, moduleBytes: 1, memoryBytes });
  return { cache, dropped, add };
}

describe('Cache', () => {
  it('drops what was not used for longest where there are too many', () => {
    const { cache, dropped, add } = cacheOf({ count: 2 });
    add('a');
    add('b');
    cache.get('a');
    add('c');
    expect(dropped).toEqual(['b']);
    expect([...cache.entries()].map(({ name }) => name)).toEqual(['a', 'c']);
  });

  it('drops as many as take too many bytes, but not the newest', () => {
    const { cache, dropped, add } = cacheOf({ bytes: 100 });
    for (const name of ['a', 'b', 'c']) add(name, 30);
    expect(dropped).toEqual([]);
    add('d', 60);
    expect(dropped).toEqual(['a', 'b']);
    add('e', 5000);
    expect(dropped).toEqual(['a', 'b', 'c', 'd']);
    expect(cache.get('e')?.name).toBe('e');
  });

  it('counts', () => {
    const { cache, add } = cacheOf({ count: 2 });
    for (const name of ['a', 'b', 'c']) add(name);
    cache.countHit();
    expect(cache.statistics).toEqual({
      modules: 2,
      hits: 1,
      misses: 3,
      evictions: 1,
      moduleBytes: 2,
      memoryBytes: 20,
    });
  });

  it('drops everything when it is cleared', () => {
    const { cache, dropped, add } = cacheOf({});
    add('a');
    add('b');
    cache.clear();
    expect(dropped).toEqual(['a', 'b']);
    expect(cache.statistics).toMatchObject({ modules: 0, memoryBytes: 0, evictions: 0 });
  });
});
