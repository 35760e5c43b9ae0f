import { describe, expect, it } from '@jest/globals';
import { buffer } from '@cotangent/loops';
import fc from 'fast-check';
import { planMemory } from './memory.ts';
import type { Lifetime } from './memory.ts';

const lifetime = (first: number, last: number, elements = 8): Lifetime => ({
  buffer: buffer(`b${first}-${last}`, 'float64'),
  elements,
  first,
  last,
});

describe('planMemory', () => {
  it('reuses the room of a buffer that is no longer read', () => {
    const [a, b, c] = [lifetime(0, 1), lifetime(1, 2), lifetime(2, 3)];
    const { addresses, bytes } = planMemory([a, b, c]);
    expect(addresses.get(c.buffer)).toBe(addresses.get(a.buffer));
    expect(bytes).toBe(128);
  });

  it('begins every buffer at a cache line', () => {
    const { addresses } = planMemory([lifetime(0, 1, 1), lifetime(0, 1, 3), lifetime(0, 1, 9)]);
    expect([...addresses.values()].map((address) => address % 64)).toEqual([0, 0, 0]);
  });

  it('never lets two buffers overlap while both are alive', () => {
    const spans = fc.array(
      fc.record({ first: fc.nat(20), length: fc.nat(8), elements: fc.nat(40) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(spans, (given) => {
        const lifetimes = given.map(({ first, length, elements }) =>
          lifetime(first, first + length, elements),
        );
        const { addresses, bytes } = planMemory(lifetimes);
        const placed = lifetimes.map((l) => {
          const start = addresses.get(l.buffer)!;
          return { ...l, start, end: start + l.elements * 8 };
        });
        return placed.every(
          (a, i) =>
            placed.every((b, j) => {
              const meet = a.first <= b.last && b.first <= a.last;
              return i === j || !meet || a.end <= b.start || b.end <= a.start;
            }) && a.end <= bytes,
        );
      }),
    );
  });
});
