import { bytesOf } from '@cotangent/loops';
import type { Buffer } from '@cotangent/loops';

/** When a buffer must hold its values: from the step that makes it to the last that reads it. */
export interface Lifetime {
  readonly buffer: Buffer;
  readonly elements: number;
  readonly first: number;
  readonly last: number;
}

/** Byte addresses of buffers in one memory. */
export interface MemoryPlan {
  readonly addresses: ReadonlyMap<Buffer, number>;
  readonly bytes: number;
}

/** Every buffer begins at a multiple of this: a cache line. */
const alignment = 64;

/** Room from `start` up to `end`. */
interface Gap {
  start: number;
  end: number;
}

/**
 * Addresses for buffers so that no two overlap while both are alive. Greedy: in the order of their first
 * use, each in the smallest gap that fits (best fit), so results reuse the room of what is no longer read.
 *
 * @param start - first free byte.
 */
export function planMemory(lifetimes: readonly Lifetime[], start = 0): MemoryPlan {
  const addresses = new Map<Buffer, number>();
  const free = new FreeRoom(roundUp(start));
  const byEnd = [...lifetimes].sort((a, b) => a.last - b.last);
  let ended = 0;
  for (const lifetime of [...lifetimes].sort((a, b) => a.first - b.first)) {
    // What has ended before this begins had begun before as well, and so has an address.
    for (; ended < byEnd.length && byEnd[ended]!.last < lifetime.first; ended++) {
      const dead = byEnd[ended]!;
      free.give(addresses.get(dead.buffer)!, sizeOf(dead));
    }
    addresses.set(lifetime.buffer, free.take(sizeOf(lifetime)));
  }
  return { addresses, bytes: free.most };
}

/** The room that nothing alive takes: gaps, in the order of addresses, and all that comes after them. */
class FreeRoom {
  readonly #gaps: Gap[] = [];
  #end: number;
  /** Where the room ends that was ever taken. */
  most: number;

  constructor(start: number) {
    this.#end = start;
    this.most = start;
  }

  /** The start of the smallest gap of at least `size` bytes, or of what comes after all gaps. */
  take(size: number): number {
    let best: Gap | undefined;
    for (const gap of this.#gaps) {
      const room = gap.end - gap.start;
      if (room >= size && (best === undefined || room < best.end - best.start)) best = gap;
    }
    if (best === undefined) return this.#takeEnd(size);
    const { start, end } = best;
    if (end - start === size) this.#gaps.splice(this.#after(start), 1);
    else best.start += size;
    return start;
  }

  #takeEnd(size: number): number {
    const start = this.#end;
    this.#end += size;
    this.most = Math.max(this.most, this.#end);
    return start;
  }

  give(start: number, size: number): void {
    const k = this.#after(start);
    const [before, after] = [this.#gaps[k - 1], this.#gaps[k]];
    const end = start + size;
    const [meetsBefore, meetsAfter] = [before?.end === start, after?.start === end];
    const gap = { start: meetsBefore ? before!.start : start, end: meetsAfter ? after!.end : end };
    const first = meetsBefore ? k - 1 : k;
    const replaced = Number(meetsBefore) + Number(meetsAfter);
    if (gap.end < this.#end) {
      this.#gaps.splice(first, replaced, gap);
      return;
    }
    this.#end = gap.start;
    this.#gaps.splice(first, replaced);
  }

  /** The number of gaps that begin before an address. */
  #after(address: number): number {
    let [low, high] = [0, this.#gaps.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#gaps[middle]!.start < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Bytes that a buffer takes. */
function sizeOf({ buffer, elements }: Lifetime): number {
  return roundUp(Math.max(1, elements * bytesOf[buffer.dtype]));
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
