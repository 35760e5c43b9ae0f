import type { MachineType } from '../encode/opcodes.ts';

/** Codes of rows that are no plain instruction; all others are codes of `opcodes`. */
export const rowCode = {
  /** A number, in every lane if its type is `v128`. */
  constant: -1,
  /** A call of the function `immediate`. */
  call: -2,
  /** What the local `immediate` holds. */
  local: -3,
} as const;

/**
 * The values of one straight piece of code, as columns: what would be an object each is a row, and equal values are one.
 * Where a graph becomes thousands of values in one loop, this is what keeps compiling them cheap.
 */
export class Rows {
  readonly codes: number[] = [];
  readonly types: MachineType[] = [];
  /** Operands, −1 where there is none. */
  readonly first: number[] = [];
  readonly second: number[] = [];
  readonly third: number[] = [];
  /** Of loads the offset, of lanes the lane, of calls the function, of constants where its number is. */
  readonly immediates: number[] = [];
  /** How often statements use it. */
  readonly uses: number[] = [];
  readonly numbers: number[] = [];
  readonly #numbered = new Map<number | '-0', number>();
  #slots = new Int32Array(1024).fill(-1);

  get length(): number {
    return this.codes.length;
  }

  constant(type: MachineType, value: number): number {
    const key = Object.is(value, -0) ? '-0' : value;
    let at = this.#numbered.get(key);
    if (at === undefined) {
      at = this.numbers.push(value) - 1;
      this.#numbered.set(key, at);
    }
    return this.add(rowCode.constant, type, at);
  }

  /** The row of a value: a new one, unless there is an equal one. */
  add(code: number, type: MachineType, immediate: number, x = -1, y = -1, z = -1): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(code, immediate, x, y, z) & mask;
    for (let row = this.#slots[slot]!; row >= 0; row = this.#slots[slot]!) {
      if (this.#is(row, code, type, immediate, x, y, z)) return row;
      slot = (slot + 1) & mask;
    }
    const row = this.codes.push(code) - 1;
    this.#slots[slot] = row;
    this.types.push(type);
    this.immediates.push(immediate);
    this.first.push(x);
    this.second.push(y);
    this.third.push(z);
    this.uses.push(0);
    if (this.length * 2 > this.#slots.length) this.#rehash();
    return row;
  }

  /** Counts a use by a statement. */
  use(row: number): void {
    this.uses[row]!++;
  }

  #is(
    row: number,
    code: number,
    type: MachineType,
    immediate: number,
    x: number,
    y: number,
    z: number,
  ): boolean {
    return (
      this.codes[row] === code &&
      this.first[row] === x &&
      this.second[row] === y &&
      this.immediates[row] === immediate &&
      this.third[row] === z &&
      this.types[row] === type
    );
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.length; row++) {
      const { codes, immediates, first, second, third } = this;
      let slot =
        hashOf(codes[row]!, immediates[row]!, first[row]!, second[row]!, third[row]!) & mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row;
    }
  }
}

function hashOf(code: number, immediate: number, x: number, y: number, z: number): number {
  let h = Math.imul(code ^ 0x811c9dc5, 0x01000193);
  h = Math.imul(h ^ immediate, 0x01000193);
  h = Math.imul(h ^ x, 0x01000193);
  h = Math.imul(h ^ y, 0x01000193);
  h = Math.imul(h ^ z, 0x85ebca6b);
  return h ^ (h >>> 15);
}
