// A local: looking up globals dominates where a sandbox intercepts it, and these run millions of times.
const { fround, imul } = Math;

/** Uniform numbers in [0, 1), one per call. */
export type Rng = () => number;

/**
 * A stream of uniform numbers in [0, 1) with 53 random bits each, determined by `seed` and `keys` alone.
 *
 * Counter-based: every purpose gets a stream of its own by its keys, so that adding or leaving out a
 * check never changes the numbers of another.
 *
 * @example
 * ```ts
 * import { rngOf } from '@cotangent/gradcheck';
 * const u = rngOf(0x5eed, 'tanh', 3);
 * u() === rngOf(0x5eed, 'tanh', 3)(); // true
 * ```
 * @see Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3, for counter-based generators.
 */
export function rngOf(seed: number | string, ...keys: readonly (string | number)[]): Rng {
  const text = JSON.stringify([seed, ...keys]);
  const first = hashOf(text, 0x811c9dc5);
  const second = hashOf(text, 0x2f0b4c47);
  let counter = 0;
  return () => {
    const high = bitsAt(first, second, counter++) >>> 5;
    const low = bitsAt(first, second, counter++) >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  };
}

/** ±U[0.5, 1.5): signed, so that a rule which misuses a sign shows, and away from 0. */
export function signed(rng: Rng): number {
  return (rng() < 0.5 ? -1 : 1) * (0.5 + rng());
}

/** `length` signed random numbers that are the same in float32. */
export function signedVector(length: number, rng: Rng): Float64Array {
  const v = new Float64Array(length);
  for (let k = 0; k < length; k++) v[k] = fround(signed(rng));
  return v;
}

/** FNV-1a over the UTF-16 code units, finished so that neighbouring texts differ everywhere. */
function hashOf(text: string, start: number): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = imul(hash ^ text.charCodeAt(i), 0x01000193);
  return finished(hash);
}

/** 32 bits for one value of the counter. */
function bitsAt(first: number, second: number, counter: number): number {
  return finished(finished(imul(counter, 0x9e3779b9) + first) ^ second);
}

/** MurmurHash3's 32-bit finaliser: a bijection in which every input bit changes half of the output. */
function finished(bits: number): number {
  let h = bits ^ (bits >>> 16);
  h = imul(h, 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
