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

/** Best fit by looking at everything that is alive, each time. */
function naive(lifetimes: readonly Lifetime[]): readonly number[] {
  const placed: (Lifetime & { readonly start: number; readonly end: number })[] = [];
  for (const l of [...lifetimes].sort((a, b) => a.first - b.first)) {
    const size = Math.max(64, Math.ceil((l.elements * 8) / 64) * 64);
    const alive = placed.filter(({ last }) => last >= l.first).sort((a, b) => a.start - b.start);
    const ends = [0, ...alive.map(({ end }) => end)];
    const gaps = alive.map(({ start }, k) => ({ start: ends[k]!, room: start - ends[k]! }));
    const fitting = gaps.filter(({ room }) => room >= size).sort((a, b) => a.room - b.room);
    const start = fitting[0]?.start ?? ends.at(-1)!;
    placed.push({ ...l, start, end: start + size });
  }
  return lifetimes.map(({ buffer: b }) => placed.find((l) => l.buffer === b)!.start);
}

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

  it('takes the smallest gap that fits, as looking at everything does', () => {
    const spans = fc.array(fc.tuple(fc.nat(40), fc.nat(12), fc.nat(40)), { maxLength: 60 });
    fc.assert(
      fc.property(spans, (given) => {
        const lifetimes = given.map(([first, length, n]) => lifetime(first, first + length, n));
        const { addresses } = planMemory(lifetimes);
        const found = lifetimes.map((l) => addresses.get(l.buffer));
        expect(found).toEqual(naive(lifetimes));
      }),
      { numRuns: 300 },
    );
  });

  it('takes linear time where all are alive at once', () => {
    const count = 100_000;
    const all = Array.from({ length: count }, () => lifetime(0, 1));
    expect(planMemory(all).bytes).toBe(count * 64);
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
