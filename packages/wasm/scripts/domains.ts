import type { Floats } from '../src/functions/simulate.ts';

/** Where a function is measured: an interval sampled evenly, or by powers of two (of both signs, if `signed`). */
export interface Domain {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly spread: 'even' | 'powers' | 'both signs' | 'negative';
  /** Second argument, of functions of two. */
  readonly second?: Domain;
  /** Bounds for lanes of 32 bits, if they differ. */
  readonly narrow?: readonly [number, number];
  /** Errors in units of the last place of the result or of 1, whichever is larger: zeros lie inside. */
  readonly besideOne?: boolean;
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

/** What is measured of an op; with attributes, or under a name of the reference of its own, where those are given. */
export interface Measured {
  readonly name: string;
  readonly op?: string;
  readonly attrs?: object;
  /** The reference takes its time: measured at a tenth of the points. */
  readonly costly?: boolean;
  readonly list: readonly Domain[];
}

const left = { ...even(-30, -0.5), title: '-30 to -0.5, beside 1', besideOne: true };

export const domains: readonly Measured[] = [
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
  {
    name: 'atan2',
    list: [
      { ...even(-4, 4), second: even(-4, 4) },
      { ...whole, title: 'all y, x by size', second: whole },
    ],
  },
  {
    name: 'hypot',
    list: [
      { ...even(-4, 4), second: even(-4, 4) },
      { ...whole, title: 'all x, y by size', second: whole },
    ],
  },
  { name: 'logit', list: [even(0, 1), powers(-1074, -1, [-149, -1])] },
  { name: 'logSigmoid', list: [even(-10, 10), even(-40, 746, [-20, 104])] },
  {
    name: 'log1mexp',
    list: [even(-10, 0), { ...tiny, spread: 'negative', title: '-(2^-1074 to 1)' }],
  },
  { name: 'logAddExp', list: [{ ...even(0, 10), second: even(0, 10) }] },
  { name: 'erfcx', costly: true, list: [even(-6, 6), even(-1, 100), powers(0, 1020, [0, 120])] },
  {
    name: 'erfcxIntegral1',
    op: 'erfcxIntegral',
    attrs: { n: 1 },
    costly: true,
    list: [even(-6, 1.5), even(1.5, 100), powers(0, 300, [0, 30])],
  },
  { name: 'ndtr', costly: true, list: [even(-6, 6), even(-38, 2, [-14, 2]), tiny] },
  { name: 'logNdtr', costly: true, list: [even(-6, 6), even(-100, 38, [-100, 14])] },
  {
    name: 'gammaln',
    costly: true,
    list: [even(0, 3), even(-0.5, 40), powers(-1074, 1010, [-149, 120]), left],
  },
  {
    name: 'digamma',
    costly: true,
    list: [
      even(1, 2),
      even(-0.5, 40),
      { ...even(1.4616, 1.4617), title: '1.4616 to 1.4617 (its zero)' },
      powers(-1022, 1020, [-126, 127]),
      left,
    ],
  },
  {
    name: 'trigamma',
    costly: true,
    list: [even(0, 20), even(-30, 0), powers(-500, 1020, [-60, 120])],
  },
  {
    name: 'polygamma2',
    op: 'polygamma',
    attrs: { n: 2 },
    costly: true,
    list: [even(0, 20), left, powers(-300, 300, [-40, 40])],
  },
  {
    name: 'polygamma5',
    op: 'polygamma',
    attrs: { n: 5 },
    costly: true,
    list: [even(0, 30), even(-30, 0), powers(-100, 150, [-15, 20])],
  },
  {
    name: 'betaln',
    costly: true,
    list: [
      { ...even(0, 10), title: '0 to 10, beside 1', second: even(0, 10), besideOne: true },
      { ...even(0, 100), second: even(8, 1000) },
      {
        ...powers(-100, 100, [-60, 60]),
        title: 'all a, b by size',
        second: powers(4, 200, [4, 100]),
      },
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
  if (spread === 'negative') return -size;
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
