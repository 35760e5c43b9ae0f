import {
  DTypeError,
  ShapeError,
  ValueError,
  broadcastShapes,
  denseData,
  denseTensor,
  views,
} from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  asVariable,
  broadcastStatic,
  callable,
  constant,
  defineOp,
  disconnected,
  formatType,
  isVariable,
  tensorType,
} from '@cotangent/graph';
import type {
  Callable,
  OpFunction,
  Operand,
  SampleInput,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { batched } from '../batch.ts';
import { castTo } from '../cast.ts';
import { stack } from '../shape/concatenate.ts';
import { aligned } from '../shape/whole.ts';
import { lowerFold, lowerSplit } from './lower.ts';
import { threefry } from './threefry.ts';
import type { Words } from './threefry.ts';

type SplitAttrs = { readonly count: number };

const sampleWords: Words = [0x243f6a88, -0x7a5cf72d];

/** A key for samples of ops that draw. */
export const keySample: SampleInput = { value: sampleWords, dtype: 'int32' };

/** Y[i] = threefry(key, i): `count` keys of which none tells anything about another.  Nothing flows back. */
const splitKeyOp: OpFunction<1, 1, SplitAttrs> = defineOp<1, 1, SplitAttrs>(
  'splitKey',
  { inputs: 1, outputs: 1 },
  {
    infer: ([keys], { count }) => [
      tensorType('int32', [...batchOfKeys(keys, 'splitKey'), count, 2]),
    ],
    connectionPattern: [[false]],
    pushforward: () => [disconnected],
    pullback: () => [disconnected],
    batch: ([{ value }], { attrs }) => [batched(splitKeyOp(value, attrs))],
    eval: ([keys], { count }) => [split(keys, count)],
    lower: lowerSplit,
    samples: [
      { inputs: [keySample], attrs: { count: 3 } },
      {
        name: 'two keys',
        inputs: [{ value: [sampleWords, [1, 2]], dtype: 'int32' }],
        attrs: { count: 2 },
      },
      { name: 'none', inputs: [keySample], attrs: { count: 0 } },
    ],
  },
);

/** y = threefry(key, n): another key for every n.  Nothing flows back. */
const foldInOp: OpFunction<2, 1> = defineOp<2, 1>(
  'foldIn',
  { inputs: 2, outputs: 1 },
  {
    infer: ([keys, data]) => [foldedType(keys, data)],
    connectionPattern: [[false], [false]],
    pushforward: [() => disconnected, () => disconnected],
    pullback: () => [disconnected, disconnected],
    batch: ([keys, data], { node }) => {
      const rank = node.outputs[0]!.rank;
      return [batched(foldInOp(aligned(keys, rank), aligned(data, rank - 1)))];
    },
    eval: ([keys, data]) => [folded(keys, data)],
    lower: lowerFold,
    samples: [
      { inputs: [keySample, { value: 7, dtype: 'int32' }] },
      { name: 'several', inputs: [keySample, { value: [0, 1, -1], dtype: 'int32' }] },
    ],
  },
);

/**
 * A key for random draws: two words, as an int32 vector of length 2. All randomness comes from keys: drawing twice with
 * one key gives the same draw, so make another one for every draw with {@link splitKey} or {@link foldIn}.
 *
 * @param seed - a whole number from 0 to 2⁵³ − 1, or an integer scalar of the graph.
 * @throws ValueError `RANDOM_SEED` for another number; DTypeError `OP_NOT_A_SCALAR` for another variable.
 * @example normal(randomKey(42), [3])
 */
export function randomKey(seed: number | Variable): Variable {
  if (isVariable(seed)) {
    if (seed.rank !== 0 || seed.dtype.startsWith('float')) throw notAnInteger(seed);
    return stack([constant(0, { dtype: 'int32' }), castTo(seed, 'int32')]);
  }
  if (!(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new ValueError(`randomKey: seed ${String(seed)}`, {
      code: 'RANDOM_SEED',
      hint: 'a seed is a whole number from 0 to 2**53 - 1',
      data: { op: 'randomKey', seed },
    });
  }
  return constant(Int32Array.of(Math.floor(seed / 2 ** 32), seed | 0));
}

/**
 * Several keys from one, along a new axis before the last: use each for one draw, and the old one no more. The same as
 * `jax.random.split` of the same words.
 *
 * @param key - int32, shape [2], or [..., 2] for several at once.
 * @param count - how many, a number. Default 2.
 * @throws ShapeError, DTypeError `RANDOM_KEY` if `key` is none; ValueError `OP_INVALID_SIZE` for `count`.
 * @example const keys = splitKey(randomKey(0), 3); // [3, 2]; slice(keys, [0]) is the first
 */
export const splitKey: Callable<(key: Operand, count?: number) => Variable> = callable(
  splitKeyOp.op,
  (keys: Operand, count = 2): Variable => {
    if (Number.isInteger(count) && count >= 0) return splitKeyOp(asKey(keys), { count });
    throw new ValueError(`splitKey: ${String(count)} keys`, {
      code: 'OP_INVALID_SIZE',
      hint: 'the number of keys is a whole number ≥ 0',
      data: { op: 'splitKey', count },
    });
  },
);

/**
 * A key from a key and a number, such as the number of a training step. Broadcasts: an integer tensor of numbers gives
 * as many keys. The same as `jax.random.fold_in` of the same words.
 *
 * @param key - int32, shape [..., 2].
 * @param data - integers; only their 32 bits count.
 * @throws ShapeError, DTypeError `RANDOM_KEY` if `key` is none; DTypeError `OP_DTYPE_REJECTED` if `data` is not integer;
 *   ShapeError `SHAPE_BROADCAST`.
 * @example dropout(x, foldIn(key, step), { rate: 0.1 })
 */
export const foldIn: Callable<(key: Operand, data: Operand) => Variable> = callable(
  foldInOp.op,
  (keys: Operand, data: Operand): Variable =>
    foldInOp(asKey(keys), isVariable(data) ? data : constant(data, { dtype: 'int32' })),
);

/** Plain numbers are taken as int32, as the words of a key are. */
export function asKey(keys: Operand): Variable {
  if (isVariable(keys)) return keys;
  return Array.isArray(keys) ? constant(keys, { dtype: 'int32' }) : asVariable(keys);
}

/** The axes in front of the words. */
export function batchOfKeys(keys: TensorType, op: string): TensorType['shape'] {
  const words = keys.shape.at(-1);
  const hint = 'make a key with randomKey(seed), splitKey or foldIn';
  if (keys.dtype !== 'int32') {
    throw new DTypeError(`${op}: the key is ${formatType(keys)}`, {
      code: 'RANDOM_KEY',
      hint,
      data: { op, type: keys },
    });
  }
  if (words === undefined || (words !== null && words !== 2)) {
    throw new ShapeError(`${op}: the key is ${formatType(keys)}, not two words`, {
      code: 'RANDOM_KEY',
      hint,
      data: { op, type: keys },
    });
  }
  return keys.shape.slice(0, -1);
}

/** The words of every key, in row-major order. */
export function wordsIn(keys: Tensor, op: string): readonly Words[] {
  batchOfKeys(tensorType(keys.dtype, keys.shape), op);
  const data = denseData(keys);
  return Array.from({ length: data.length / 2 }, (_, k) => [data[2 * k]!, data[2 * k + 1]!]);
}

function split(keys: Tensor, count: number): Tensor {
  const data = new Int32Array((keys.size / 2) * count * 2);
  wordsIn(keys, 'splitKey').forEach((words, b) => {
    for (let i = 0; i < count; i++) data.set(threefry(words, [0, i]), (b * count + i) * 2);
  });
  return denseTensor(data, [...keys.shape.slice(0, -1), count, 2], 'int32');
}

function foldedType(keys: TensorType, data: TensorType): TensorType {
  if (data.dtype === 'int32' || data.dtype === 'uint8') {
    return tensorType('int32', [
      ...broadcastStatic([batchOfKeys(keys, 'foldIn'), data.shape], 'foldIn'),
      2,
    ]);
  }
  throw new DTypeError(`foldIn: the data is ${formatType(data)}`, {
    code: 'OP_DTYPE_REJECTED',
    hint: "cast it to 'int32' first",
    data: { op: 'foldIn', type: data },
  });
}

function folded(keys: Tensor, data: Tensor): Tensor {
  const batch = broadcastShapes([keys.shape.slice(0, -1), data.shape], 'foldIn');
  const numbers = denseData(views.broadcastTo(data, batch));
  const words = wordsIn(views.broadcastTo(keys, [...batch, 2]), 'foldIn');
  const made = words.flatMap((pair, k) => threefry(pair, [0, numbers[k]!]));
  return denseTensor(Int32Array.from(made), [...batch, 2], 'int32');
}

function notAnInteger(seed: Variable): DTypeError {
  return new DTypeError(`randomKey: the seed is ${formatType(seed.type)}`, {
    code: 'OP_NOT_A_SCALAR',
    hint: 'a seed is a whole number or an integer scalar of the graph',
    data: { op: 'randomKey', type: seed.type },
  });
}
