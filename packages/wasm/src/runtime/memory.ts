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

/**
 * Addresses for buffers so that no two overlap while both are alive. Greedy: in the order of their first
 * use, each in the smallest gap that fits (best fit), so results reuse the room of what is no longer read.
 *
 * @param start - first free byte.
 */
export function planMemory(lifetimes: readonly Lifetime[], start = 0): MemoryPlan {
  const addresses = new Map<Buffer, number>();
  const order = [...lifetimes].sort((a, b) => a.first - b.first);
  const ending = [...lifetimes].sort((a, b) => a.last - b.last);
  const gaps = new Gaps(roundUp(start));
  let ended = 0;
  for (const lifetime of order) {
    for (; ended < ending.length && ending[ended]!.last < lifetime.first; ended++) {
      const over = ending[ended]!;
      const address = addresses.get(over.buffer);
      if (address !== undefined) gaps.give(address, roomOf(over));
    }
    addresses.set(lifetime.buffer, gaps.take(roomOf(lifetime)));
  }
  return { addresses, bytes: gaps.end };
}

function roomOf({ elements, buffer }: Lifetime): number {
  return roundUp(Math.max(1, elements * bytesOf[buffer.dtype]));
}

interface Gap {
  readonly start: number;
  readonly size: number;
}

/** Free parts of a memory, and its end, behind which all is free. */
class Gaps {
  end: number;
  /** By size, then address. */
  readonly #bySize: Gap[] = [];
  readonly #byStart = new Map<number, Gap>();
  readonly #byEnd = new Map<number, Gap>();

  constructor(end: number) {
    this.end = end;
  }

  /** The address of the smallest gap of `size` bytes or more; new room if there is none. */
  take(size: number): number {
    const gap = this.#bySize[this.#position(size, 0)];
    if (gap !== undefined) {
      this.#remove(gap);
      if (gap.size > size) this.#insert({ start: gap.start + size, size: gap.size - size });
      return gap.start;
    }
    const start = this.end;
    this.end += size;
    return start;
  }

  /** Frees a part; gaps that touch become one. */
  give(start: number, size: number): void {
    const [before, after] = [this.#byEnd.get(start), this.#byStart.get(start + size)];
    if (before !== undefined) this.#remove(before);
    if (after !== undefined) this.#remove(after);
    const first = before?.start ?? start;
    this.#insert({ start: first, size: start + size + (after?.size ?? 0) - first });
  }

  #insert(gap: Gap): void {
    this.#bySize.splice(this.#position(gap.size, gap.start), 0, gap);
    this.#byStart.set(gap.start, gap);
    this.#byEnd.set(gap.start + gap.size, gap);
  }

  #remove(gap: Gap): void {
    this.#bySize.splice(this.#position(gap.size, gap.start), 1);
    this.#byStart.delete(gap.start);
    this.#byEnd.delete(gap.start + gap.size);
  }

  /** Where a gap of this size and address is or belongs. */
  #position(size: number, start: number): number {
    let [low, high] = [0, this.#bySize.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const gap = this.#bySize[middle]!;
      if (gap.size < size || (gap.size === size && gap.start < start)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
