import { binary, constantOf, convert, registerType } from '@cotangent/loops';
import type { Value } from '@cotangent/loops';
import { allocate, denseTensor, isFloat, sizeOf } from '@cotangent/tensor';
import type { DType, FloatDType, Tensor } from '@cotangent/tensor';
import { DTypeError, callable, defineOp, disconnected, tensorType } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, TensorType, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { asShapeVector, sizesIn, staticSizes } from '../shape/shape.ts';
import type { ShapeOperand } from '../shape/shape.ts';
import { asKey, batchOfKeys, keySample, wordsIn } from './keys.ts';
import { fraction23Of, fraction52Of, lowerDraw, normalQuantileOf } from './lower.ts';
import type { FromWordValues } from './lower.ts';
import { normalQuantile } from './normal-quantile.ts';
import { counterOf, threefry } from './threefry.ts';

type DrawAttrs = { readonly dtype: FloatDType };

/** How the two words of an element become a number. */
type FromWords = (first: number, second: number) => number;

/** The same in plain JavaScript and in the loop language. */
interface Draw {
  readonly eval: FromWords;
  readonly lower: FromWordValues;
}

const sizeSample = { value: [2, 3], dtype: 'int32' } as const;

// Element k of a draw is made of threefry(key, k) alone, so that a shorter draw begins like a longer one.
// With a batch of keys in front of the words, there is a draw for each.

/** y = 32 random bits for each element.  Nothing flows back. */
const randomBitsOp: OpFunction<2, 1> = defineOp<2, 1>(
  'randomBits',
  { inputs: 2, outputs: 1 },
  {
    infer: ([keys], _, [, sizes]) => [drawType(keys, sizes, 'int32', 'randomBits')],
    connectionPattern: [[false], [false]],
    pushforward: [() => disconnected, () => disconnected],
    pullback: () => [disconnected, disconnected],
    batch: ([keys, sizes]) =>
      sizes.isBatched ? undefined : [batched(randomBitsOp(keys.value, sizes.value))],
    eval: ([keys, sizes]) => [draw(keys, sizes, 'int32', 'randomBits', (x, y) => x ^ y)],
    lower: (context) => lowerDraw(context, ([x, y]) => binary('xor', x, y)),
    samples: [
      { inputs: [keySample, sizeSample] },
      { name: 'one', inputs: [keySample, { value: [], dtype: 'int32' }] },
      { name: 'none', inputs: [keySample, { value: [0], dtype: 'int32' }] },
    ],
  },
);

/** u uniform in [0, 1): a multiple of 2⁻⁵² (float64) or 2⁻²³ (float32).  Nothing flows back. */
export const uniformDraw: OpFunction<2, 1, DrawAttrs> = drawOp('uniformDraw', {
  float64: { eval: fraction52, lower: fraction52Of },
  float32: { eval: fraction23, lower: fraction23Of },
});

/** z standard normal: Φ⁻¹ of the middle of the interval that the bits name.  Nothing flows back. */
export const normalDraw: OpFunction<2, 1, DrawAttrs> = drawOp('normalDraw', {
  float64: {
    eval: (x, y) => normalQuantile(fraction52(x, y) + 2 ** -53),
    lower: (words) => normalQuantileOf(shifted(fraction52Of(words), 2 ** -53)),
  },
  float32: {
    eval: (x, y) => normalQuantile(fraction23(x, y) + 2 ** -24),
    lower: (words) => normalQuantileOf(shifted(fraction23Of(words), 2 ** -24)),
  },
});

/**
 * 32 random bits for each element, as int32. The same bits as `jax.random.bits` of the same words (with its partitionable
 * layout), on every platform.
 *
 * @param key - as {@link randomKey}, {@link splitKey} or {@link foldIn} make it.
 * @param shape - sizes, each a number or a scalar of the graph, or one int32 vector of the graph.
 * @throws ShapeError, DTypeError `RANDOM_KEY` if `key` is none; ValueError `OP_INVALID_SIZE`, `OP_UNKNOWN_RANK`.
 * @example randomBits(randomKey(0), [4])
 */
export const randomBits: Callable<(key: Operand, shape: ShapeOperand) => Variable> = callable(
  randomBitsOp.op,
  (keys: Operand, shape: ShapeOperand): Variable =>
    randomBitsOp(asKey(keys), asShapeVector(shape, 'randomBits')),
);

/** A float dtype for draws; default float64. */
export function drawDType(dtype: DType | undefined, op: string): FloatDType {
  if (dtype === undefined) return 'float64';
  if (isFloat(dtype)) return dtype;
  throw new DTypeError(`${op}: dtype ${String(dtype)} is not a floating one`, {
    code: 'OP_DTYPE_REJECTED',
    hint: "draw in 'float64' or 'float32' and cast",
    data: { op, dtype },
  });
}

function drawOp(
  name: string,
  from: { readonly [D in FloatDType]: Draw },
): OpFunction<2, 1, DrawAttrs> {
  const self: OpFunction<2, 1, DrawAttrs> = defineOp<2, 1, DrawAttrs>(
    name,
    { inputs: 2, outputs: 1 },
    {
      infer: ([keys], { dtype }, [, sizes]) => [drawType(keys, sizes, dtype, name)],
      connectionPattern: [[false], [false]],
      pushforward: [() => disconnected, () => disconnected],
      pullback: () => [disconnected, disconnected],
      batch: ([keys, sizes], { attrs }) =>
        sizes.isBatched ? undefined : [batched(self(keys.value, sizes.value, attrs))],
      foldable: name !== 'normalDraw', // the quantile of which takes a logarithm
      eval: ([keys, sizes], { dtype }) => [draw(keys, sizes, dtype, name, from[dtype].eval)],
      lower: (context) =>
        lowerDraw(context, (words) =>
          convert(registerType[context.attrs.dtype], from[context.attrs.dtype].lower(words)),
        ),
      samples: [
        { inputs: [keySample, sizeSample], attrs: { dtype: 'float64' } },
        { name: 'float32', inputs: [keySample, sizeSample], attrs: { dtype: 'float32' } },
      ],
    },
  );
  return self;
}

function drawType(keys: TensorType, sizes: Variable, dtype: DType, op: string): TensorType {
  return tensorType(dtype, [...batchOfKeys(keys, op), ...staticSizes(sizes, op)]);
}

function draw(keys: Tensor, sizes: Tensor, dtype: DType, op: string, from: FromWords): Tensor {
  const shape = sizesIn(sizes);
  const count = sizeOf(shape);
  const all = wordsIn(keys, op);
  const data = allocate(dtype, all.length * count);
  all.forEach((words, b) => {
    for (let k = 0; k < count; k++) {
      const [x, y] = threefry(words, counterOf(k));
      data[b * count + k] = from(x, y);
    }
  });
  return denseTensor(data, [...keys.shape.slice(0, -1), ...shape], dtype);
}

function shifted(x: Value, by: number): Value {
  return binary('add', x, constantOf('f64', by));
}

/** The upper 52 of 64 bits, as a number in [0, 1). */
function fraction52(first: number, second: number): number {
  return ((first >>> 0) * 2 ** 20 + (second >>> 12)) * 2 ** -52;
}

/** The upper 23 of 32 bits, as a number in [0, 1). */
function fraction23(first: number, second: number): number {
  return ((first ^ second) >>> 9) * 2 ** -23;
}
