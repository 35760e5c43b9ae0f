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

interface Block {
  readonly start: number;
  readonly end: number;
}

/**
 * Addresses for buffers so that no two overlap while both are alive. Greedy: in the order of their first
 * use, each in the smallest gap that fits (best fit), so results reuse the room of what is no longer read.
 *
 * @param start - first free byte.
 */
export function planMemory(lifetimes: readonly Lifetime[], start = 0): MemoryPlan {
  const addresses = new Map<Buffer, number>();
  const alive: (Block & { readonly last: number })[] = [];
  let bytes = roundUp(start);
  const order = [...lifetimes].sort((a, b) => a.first - b.first);
  for (const { buffer, elements, first, last } of order) {
    for (let k = alive.length - 1; k >= 0; k--) {
      if (alive[k]!.last < first) alive.splice(k, 1);
    }
    const size = roundUp(Math.max(1, elements * bytesOf[buffer.dtype]));
    const address = bestGap(alive, size, roundUp(start));
    addresses.set(buffer, address);
    alive.push({ start: address, end: address + size, last });
    alive.sort((a, b) => a.start - b.start);
    bytes = Math.max(bytes, address + size);
  }
  return { addresses, bytes };
}

/** The start of the smallest gap of at least `size` bytes between the blocks, or the end of them all. */
function bestGap(blocks: readonly Block[], size: number, start: number): number {
  let best: Block | undefined;
  let end = start;
  for (const block of blocks) {
    const gap = { start: end, end: block.start };
    const room = gap.end - gap.start;
    if (room >= size && (best === undefined || room < best.end - best.start)) best = gap;
    end = Math.max(end, block.end);
  }
  return best?.start ?? end;
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
