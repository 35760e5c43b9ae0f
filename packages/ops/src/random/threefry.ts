/** Two 32-bit words, as signed integers: a key, a counter, or what the generator makes of them. */
export type Words = readonly [first: number, second: number];

/** How far the second word is rotated in each round, in two groups that take turns. */
export const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** The constant of the key schedule: it keeps an all-zero key from passing through unchanged. */
export const parity = 0x1bd11bda;

/**
 * Threefry-2x32 with 20 rounds: a bijection of counters for each key, whose outputs for successive counters
 * pass every statistical test known to its authors.
 *
 * Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, section 4.2.
 */
export function threefry([key0, key1]: Words, [counter0, counter1]: Words): Words {
  const keys = [key0, key1, key0 ^ key1 ^ parity];
  let [x0, x1] = [(counter0 + key0) | 0, (counter1 + key1) | 0];
  for (let group = 0; group < 5; group++) {
    for (const rotation of rotations[group % 2]!) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    }
    x0 = (x0 + keys[(group + 1) % 3]!) | 0;
    x1 = (x1 + keys[(group + 2) % 3]! + group + 1) | 0;
  }
  return [x0, x1];
}

/** The counter of the element at a row-major position: one element costs one application. */
export function counterOf(position: number): Words {
  return [Math.floor(position / 2 ** 32) | 0, position | 0];
}
