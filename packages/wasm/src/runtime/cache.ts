import type { Statistics } from '@cotangent/compile';

/** What a {@link Cache} keeps. */
export interface Kept {
  readonly moduleBytes: number;
  readonly memoryBytes: number;
}

/** Bounds of a {@link Cache}. */
export interface Bounds {
  readonly count: number;
  /** Of modules and memories together. */
  readonly bytes: number;
}

/**
 * Entries by key, the least recently used of which are dropped where there are too many or they are too
 * large together. The newest is always kept, however large it is.
 */
export class Cache<T extends Kept> {
  readonly #bounds: Bounds;
  readonly #drop: (entry: T) => void;
  readonly #entries = new Map<string, T>(); // the order of insertion is that of use
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  constructor(bounds: Bounds, drop: (entry: T) => void) {
    this.#bounds = bounds;
    this.#drop = drop;
  }

  /** The entry of a key, from now on the most recently used. */
  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  add(key: string, entry: T): void {
    this.#misses++;
    this.#entries.set(key, entry);
    let bytes = 0;
    for (const kept of this.#entries.values()) bytes += bytesOf(kept);
    for (const [oldest, kept] of this.#entries) {
      if (kept === entry) return;
      if (this.#entries.size <= this.#bounds.count && bytes <= this.#bounds.bytes) return;
      bytes -= bytesOf(kept);
      this.#evictions++;
      this.#entries.delete(oldest);
      this.#drop(kept);
    }
  }

  countHit(): void {
    this.#hits++;
  }

  entries(): Iterable<T> {
    return this.#entries.values();
  }

  clear(): void {
    const kept = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of kept) this.#drop(entry);
  }

  get statistics(): Statistics {
    const kept = [...this.#entries.values()];
    return {
      modules: kept.length,
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      moduleBytes: kept.reduce((sum, { moduleBytes }) => sum + moduleBytes, 0),
      memoryBytes: kept.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    };
  }
}

function bytesOf({ moduleBytes, memoryBytes }: Kept): number {
  return moduleBytes + memoryBytes;
}
