/** Numbers lists of integers: equal lists get equal numbers, from 0 in the order in which they are new. */
export class ListTable {
  /** For each slot the number of a list, or −1; the slot of a list is found by its hash. */
  #slots = new Int32Array(256).fill(-1);
  #pool = new Int32Array(1024);
  /** The hash of each list. */
  #hashes = new Int32Array(256);
  /** Where the lists begin in the pool; one more entry at the end. */
  #starts = new Int32Array(256);
  #count = 0;

  /** How many different lists there were. */
  get size(): number {
    return this.#count;
  }

  /** @param length - how many numbers at the beginning of `list` count; default: all. */
  numberOf(list: readonly number[], length: number = list.length): number {
    const hash = hashOf(list, length);
    let slot = hash & (this.#slots.length - 1);
    for (let at = this.#slots[slot]!; at >= 0; at = this.#slots[slot]!) {
      if (this.#hashes[at] === hash && this.#isEqual(at, list, length)) return at;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    this.#slots[slot] = this.#append(list, length, hash);
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return this.#count - 1;
  }

  #isEqual(number: number, list: readonly number[], length: number): boolean {
    const start = this.#starts[number]!;
    if (this.#starts[number + 1]! - start !== length) return false;
    for (let k = 0; k < length; k++) if (this.#pool[start + k] !== list[k]) return false;
    return true;
  }

  #append(list: readonly number[], length: number, hash: number): number {
    const start = this.#starts[this.#count]!;
    const end = start + length;
    if (end > this.#pool.length) this.#pool = grown(this.#pool, end);
    if (this.#count + 2 > this.#starts.length) this.#starts = grown(this.#starts, this.#count + 2);
    if (this.#count + 1 > this.#hashes.length) this.#hashes = grown(this.#hashes, this.#count + 1);
    for (let k = 0; k < length; k++) this.#pool[start + k] = list[k]!;
    this.#starts[this.#count + 1] = end;
    this.#hashes[this.#count] = hash;
    return this.#count++;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let slot = this.#hashes[number]! & mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number;
    }
  }
}

function grown(from: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(Math.max(from.length * 2, least));
  to.set(from);
  return to;
}

/** FNV-1a over whole numbers, finished so that the low bits depend on all of them. */
function hashOf(list: readonly number[], length: number): number {
  let h = 0x811c9dc5;
  for (let k = 0; k < length; k++) h = Math.imul(h ^ list[k]!, 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}
