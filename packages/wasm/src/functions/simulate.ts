import type { Step, Trace } from './trace.ts';

/** Lanes of 64 or of 32 bits. */
export type Floats = Float64Array | Float32Array;

/** One register: a block of lanes, seen as floats and as 32-bit words (two a lane of 64 bits, low first). */
interface Register {
  readonly floats: Floats;
  readonly words: Uint32Array;
}

const block = 256;

/**
 * Apply a trace to every element, rounding exactly as the SIMD instructions do. Values stay in typed
 * arrays from step to step, so no engine can normalise the bits of a mask that looks like a NaN.
 */
export function simulate(program: Trace, ...inputs: readonly Floats[]): Floats {
  const { lane, steps, result } = program;
  const length = inputs[0]?.length ?? 0;
  const out = lane === 64 ? new Float64Array(length) : new Float32Array(length);
  const registers = steps.map(() => newRegister(lane));
  for (const [i, step] of steps.entries()) {
    if (step.name === 'bits') fill(registers[i]!, lane, step.immediate);
  }
  for (let start = 0; start < length; start += block) {
    const end = Math.min(start + block, length);
    for (const [i, step] of steps.entries()) {
      const target = registers[i]!;
      if (step.name === 'input') {
        target.floats.set(inputs[Number(step.immediate)]!.subarray(start, end));
      } else if (step.name !== 'bits') {
        perform(
          step,
          target,
          step.operands.map((index) => registers[index]!),
          lane,
        );
      }
    }
    out.set(registers[result]!.floats.subarray(0, end - start), start);
  }
  return out;
}

function newRegister(lane: 64 | 32): Register {
  const floats = lane === 64 ? new Float64Array(block) : new Float32Array(block);
  return { floats, words: new Uint32Array(floats.buffer) };
}

function fill({ words }: Register, lane: 64 | 32, bits: bigint): void {
  const low = Number(BigInt.asUintN(32, bits));
  const high = Number(bits >> 32n);
  for (let i = 0; i < words.length; i++) words[i] = lane === 64 && i % 2 === 1 ? high : low;
}

type OnFloats = (x: number, y: number) => number;
type OnWords = (x: number, y: number, z: number) => number;

const floatSteps: { readonly [name: string]: OnFloats } = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  nearest: roundToEven,
};

const comparisons: { readonly [name: string]: (x: number, y: number) => boolean } = {
  eq: (x, y) => x === y,
  ne: (x, y) => x !== y,
  lt: (x, y) => x < y,
  le: (x, y) => x <= y,
  gt: (x, y) => x > y,
  ge: (x, y) => x >= y,
  pmin: (x, y) => y < x,
  pmax: (x, y) => x < y,
};

const wordSteps: { readonly [name: string]: OnWords } = {
  and: (x, y) => x & y,
  andNot: (x, y) => x & ~y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  not: (x) => ~x,
  select: (mask, x, y) => (mask & x) | (~mask & y),
};

function roundToEven(x: number): number {
  const near = Math.round(x);
  const even = near - x === 0.5 && near % 2 !== 0 ? near - 1 : near;
  return even === 0 && x < 0 ? -0 : even;
}

function perform(step: Step, target: Register, operands: readonly Register[], lane: 64 | 32): void {
  const x = operands[0]!;
  const y = operands[1] ?? x;
  const { name } = step;
  const floatStep = floatSteps[name];
  const wordStep = wordSteps[name];
  const comparison = comparisons[name];
  if (floatStep !== undefined) {
    for (let i = 0; i < block; i++) target.floats[i] = floatStep(x.floats[i]!, y.floats[i]!);
  } else if (wordStep !== undefined) {
    const z = (operands[2] ?? x).words;
    for (let i = 0; i < z.length; i++) target.words[i] = wordStep(x.words[i]!, y.words[i]!, z[i]!);
  } else if (comparison !== undefined) {
    compare(target, x, y, comparison, lane / 32, name.startsWith('p'));
  } else if (name === 'abs' || name === 'neg') {
    changeSign(target, x, lane / 32, name);
  } else if (lane === 64) {
    integer64(step, target.words, x.words, y.words);
  } else {
    integer32(step, target.words, x.words, y.words);
  }
}

function compare(
  target: Register,
  x: Register,
  y: Register,
  holds: (x: number, y: number) => boolean,
  width: number,
  picks: boolean,
): void {
  for (let i = 0; i < block; i++) {
    const yes = holds(x.floats[i]!, y.floats[i]!);
    for (let j = i * width; j < (i + 1) * width; j++) {
      if (picks) target.words[j] = (yes ? y : x).words[j]!;
      else target.words[j] = yes ? -1 : 0;
    }
  }
}

function changeSign(target: Register, x: Register, width: number, name: 'abs' | 'neg'): void {
  target.words.set(x.words);
  for (let i = width - 1; i < target.words.length; i += width) {
    target.words[i] = name === 'abs' ? x.words[i]! & 0x7fffffff : x.words[i]! ^ 0x80000000;
  }
}

function integer32(step: Step, target: Uint32Array, x: Uint32Array, y: Uint32Array): void {
  const count = Number(step.immediate);
  for (let i = 0; i < target.length; i++) {
    if (step.name === 'addBits') target[i] = x[i]! + y[i]!;
    else if (step.name === 'subBits') target[i] = x[i]! - y[i]!;
    else if (step.name === 'shiftLeft') target[i] = x[i]! << count;
    else target[i] = x[i]! >>> count;
  }
}

function integer64(step: Step, target: Uint32Array, x: Uint32Array, y: Uint32Array): void {
  const count = Number(step.immediate);
  for (let i = 0; i < target.length; i += 2) {
    const [low, high] = [x[i]!, x[i + 1]!];
    if (step.name === 'addBits' || step.name === 'subBits') {
      const sign = step.name === 'addBits' ? 1 : -1;
      const sum = low + sign * y[i]!;
      target[i] = sum;
      target[i + 1] = high + sign * y[i + 1]! + Math.floor(sum / 2 ** 32);
    } else if (step.name === 'shiftLeft') {
      target[i] = count < 32 ? low << count : 0;
      target[i + 1] =
        count < 32 ? (high << count) | (count && low >>> (32 - count)) : low << (count - 32);
    } else {
      target[i] =
        count < 32 ? (low >>> count) | (count && high << (32 - count)) : high >>> (count - 32);
      target[i + 1] = count < 32 ? high >>> count : 0;
    }
  }
}
