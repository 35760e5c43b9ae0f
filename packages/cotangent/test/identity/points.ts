import { tensorFrom } from 'cotangent';
import type { DType, Tensor } from 'cotangent';

/** 32 random bits a call: xorshift (Marsaglia 2003). Only integers, so that every engine draws the same. */
export function randomBits(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Numbers of [low, high) in steps of (high − low) / 2³². */
export function numbersWithin(
  count: number,
  seed: number,
  low: number,
  high: number,
): Float64Array<ArrayBuffer> {
  const next = randomBits(seed);
  return Float64Array.from({ length: count }, () => low + (high - low) * (next() / 2 ** 32));
}

/** A tensor of numbers in [low, high), 2 unless said otherwise, rounded to the dtype. */
export function randomTensor(
  shape: readonly number[],
  seed: number,
  dtype: DType = 'float64',
  [low, high]: readonly [number, number] = [-1, 1],
): Tensor {
  const size = shape.reduce((n, k) => n * k, 1);
  const numbers = numbersWithin(size, seed, low, high);
  const data = dtype === 'float32' ? Float32Array.from(numbers) : numbers;
  return tensorFrom(data, { shape });
}

/** Zeros, subnormals, kinks and poles of the usual functions, the largest numbers, infinities; of both signs; NaN. */
const special: readonly number[] = [
  0,
  5e-324,
  1e-310,
  2 ** -149,
  1e-40,
  1e-30,
  2 ** -27,
  0.25,
  0.5,
  1,
  1.5,
  2,
  3,
  Math.PI,
  8,
  22,
  88.5,
  709.5,
  745,
  1000,
  65536,
  1e18,
  3e38,
  1e300,
  1.7e308,
  Infinity,
].flatMap((x) => [x, -x]);

const discrete: { readonly [D in DType]?: readonly number[] } = {
  int32: [0, 1, -1, 2, -2, 7, -7, 31, 65536, -65536, 2 ** 31 - 1, -(2 ** 31)],
  uint8: [0, 1, 2, 7, 128, 255],
  bool: [0, 1],
};

/**
 * Arguments of an elementwise function: every pair of edge values, then, if the dtype is a float, random bit patterns
 * (so all exponents, subnormal numbers and NaNs alike) and numbers of a moderate size.
 *
 * @returns `count` vectors of one length.
 */
export function argumentsOf(count: number, dtype: DType): readonly Tensor[] {
  const edges = discrete[dtype] ?? [...special, NaN];
  const pairs = edges.flatMap((x) => edges.map((y) => [x, y]));
  return Array.from({ length: count }, (_, k) => {
    const listed = pairs.map(([x, y], i) => [x!, y!, edges[(7 * i) % edges.length]!][k % 3]!);
    return vectorOf([...listed, ...(dtype in discrete ? [] : dense(dtype, k))], dtype);
  });
}

function dense(dtype: DType, k: number): readonly number[] {
  const moderate = [1, 12, 800].flatMap((high, i) => [
    ...numbersWithin(1000, 10 * i + k, -high, high),
  ]);
  return [...patterns(dtype, 3000, k), ...moderate];
}

/** Numbers with random bits. */
function patterns(dtype: DType, count: number, seed: number): Iterable<number> {
  const next = randomBits(seed);
  const words = Uint32Array.from({ length: dtype === 'float32' ? count : 2 * count }, next);
  return dtype === 'float32' ? new Float32Array(words.buffer) : new Float64Array(words.buffer);
}

function vectorOf(numbers: readonly number[], dtype: DType): Tensor {
  if (dtype === 'float64') return tensorFrom(Float64Array.from(numbers));
  if (dtype === 'float32') return tensorFrom(Float32Array.from(numbers));
  return tensorFrom([...numbers], { dtype });
}
