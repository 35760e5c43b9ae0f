import type { ElementaryName } from '../src/functions/elementary.ts';
import type { Floats } from '../src/functions/simulate.ts';

/** Where a function is measured: an interval sampled evenly, or by powers of two (of both signs, if `signed`). */
export interface Domain {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly spread: 'even' | 'powers' | 'both signs';
  /** Second argument, of functions of two. */
  readonly second?: Domain;
  /** Bounds for lanes of 32 bits, if they differ. */
  readonly narrow?: readonly [number, number];
}

function even(from: number, to: number, narrow?: readonly [number, number]): Domain {
  const title = `${from} to ${to}`;
  if (narrow === undefined) return { title, from, to, spread: 'even' };
  return { title: `${title}; 32: ${narrow.join(' to ')}`, from, to, spread: 'even', narrow };
}

/** From 2^from to 2^to. */
function powers(from: number, to: number, narrow: readonly [number, number]): Domain {
  const title = `2^${from} to 2^${to}; 32: 2^${narrow[0]} to 2^${narrow[1]}`;
  return { title, from, to, spread: 'powers', narrow };
}

function signed(from: number, to: number, narrow: readonly [number, number]): Domain {
  const { title, ...rest } = powers(from, to, narrow);
  return { ...rest, title: `±(${title})`, spread: 'both signs' };
}

const tiny = signed(-1074, 0, [-149, 0]);
const whole = signed(-1074, 1024, [-149, 128]);

export const domains: readonly {
  readonly name: ElementaryName;
  readonly list: readonly Domain[];
}[] = [
  { name: 'exp', list: [even(-10, 10), even(-746, 710, [-104, 89]), tiny] },
  { name: 'expm1', list: [even(-2, 2), even(-40, 710, [-20, 89]), signed(-1074, 2, [-149, 2])] },
  { name: 'log', list: [even(0.5, 2), powers(-1074, 1024, [-149, 128])] },
  {
    name: 'log1p',
    list: [even(-0.9, 3), signed(-1074, 0, [-149, 0]), powers(-2, 1024, [-2, 128])],
  },
  { name: 'sin', list: [even(-3, 3), even(-5e4, 5e4, [-3000, 3000]), whole] },
  { name: 'cos', list: [even(-3, 3), even(-5e4, 5e4, [-3000, 3000]), whole] },
  { name: 'tan', list: [even(-3, 3), even(-5e4, 5e4, [-3000, 3000]), whole] },
  { name: 'tanh', list: [even(-2, 2), even(-20, 20), tiny] },
  { name: 'sigmoid', list: [even(-10, 10), even(-746, 40, [-104, 20])] },
  { name: 'softplus', list: [even(-10, 10), even(-746, 40, [-104, 20])] },
  { name: 'sinh', list: [even(-2, 2), even(-711, 711, [-90, 90]), tiny] },
  { name: 'cosh', list: [even(-2, 2), even(-711, 711, [-90, 90])] },
  { name: 'asinh', list: [even(-4, 4), whole] },
  { name: 'acosh', list: [even(1, 4), powers(0, 1024, [0, 128])] },
  { name: 'atanh', list: [even(-1, 1), tiny] },
  { name: 'asin', list: [even(-1, 1), tiny] },
  { name: 'acos', list: [even(-1, 1), tiny] },
  { name: 'atan', list: [even(-4, 4), whole] },
  { name: 'erf', list: [even(-6, 6), tiny] },
  { name: 'erfc', list: [even(-6, 6), even(-1, 27, [-1, 10.2]), tiny] },
  {
    name: 'pow',
    list: [
      { ...powers(-10, 10, [-10, 10]), second: even(-70, 70, [-9, 9]) },
      {
        ...powers(-1074, 1024, [-149, 128]),
        title: 'all x, y by size',
        second: signed(-20, 12, [-10, 8]),
      },
      { ...even(0.99, 1.01), title: 'near 1', second: signed(0, 20, [0, 14]) },
    ],
  },
];

/** Deterministic points of a domain, one array for each argument. */
export function sample(domain: Domain, lane: 64 | 32, count: number): Floats[] {
  const random = generator(lane);
  const parts = domain.second === undefined ? [domain] : [domain, domain.second];
  const arrays = parts.map(() => (lane === 64 ? new Float64Array(count) : new Float32Array(count)));
  for (let i = 0; i < count; i++) {
    for (const [j, part] of parts.entries()) arrays[j]![i] = draw(part, lane, random);
  }
  return arrays;
}

function draw({ from, to, narrow, spread }: Domain, lane: 64 | 32, random: () => number): number {
  const [low, high] = lane === 32 && narrow !== undefined ? narrow : [from, to];
  const at = low + (high - low) * random();
  if (spread === 'even') return at;
  const power = Math.floor(at);
  const size = (1 + random()) * 2 ** Math.max(power, -1022) * 2 ** Math.min(power + 1022, 0);
  return spread === 'both signs' && random() < 0.5 ? -size : size;
}

/** Numbers in [0, 1) with 52 random bits: two steps of a 32-bit xorshift (Marsaglia 2003). */
function generator(seed: number): () => number {
  let state = seed * 2654435761 || 1;
  const step = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return () => (step() + (step() >>> 12) / 2 ** 20) / 2 ** 32;
}
