/** A tensor as plainly as possible: a shape and the list of its elements in row-major order. */
import fc from 'fast-check';
import {
  Tensor,
  allocate,
  dtypes,
  storeValue,
  views,
  type DType,
  type Nested,
} from '@cotangent/tensor';

export interface Naive {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** All index vectors of a shape, last index fastest. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (heads, n) => heads.flatMap((head) => Array.from({ length: n }, (_, i) => [...head, i])),
    [[]],
  );
}

export function at(t: Naive, index: readonly number[]): number {
  const flat = t.shape.reduce((sum, n, axis) => sum * n + (index[axis] ?? Number.NaN), 0);
  const value = t.values[flat];
  if (value === undefined) throw new Error(`no element at ${index.join()}`);
  return value;
}

/** The tensor of `shape` whose element at an index is `t`'s element at `from(index)`. */
export function gather(
  t: Naive,
  shape: readonly number[],
  from: (index: readonly number[]) => readonly number[],
): Naive {
  return { shape, values: indicesOf(shape).map((index) => at(t, from(index))) };
}

export function read(tensor: Tensor): Naive {
  const values: number[] = [];
  const walk = (x: Nested): void => {
    if (typeof x === 'object') x.forEach(walk);
    else values.push(Number(x));
  };
  walk(tensor.toArray());
  return { shape: [...tensor.shape], values };
}

/** A tensor together with what it must contain. */
export interface Pair {
  readonly tensor: Tensor;
  readonly naive: Naive;
}

const value: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -3, max: 300 }),
  fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e9, max: 1e9 }),
  fc.constantFrom(-0, Infinity, Number.NaN),
);

export const shapes = (maxLength = 4): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 0, max: 4 }), { maxLength });

function dense(shape: readonly number[], dtype: DType, from: readonly number[]): Pair {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Array.from({ length: size }, (_, k) =>
    storeValue(from[k % from.length] ?? 0, dtype),
  );
  const data = allocate(dtype, size);
  data.set(values);
  const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((p, n) => p * n, 1));
  return { tensor: new Tensor(data, shape, stride, 0, dtype), naive: { shape, values } };
}

/** Reverses, thins, cuts and permutes, in both representations. */
function disturb(pair: Pair, seed: number): Pair {
  const { tensor, naive } = pair;
  const rank = naive.shape.length;
  if (rank === 0) return pair;
  const axis = seed % rank;
  const n = naive.shape[axis] ?? 0;
  const moved = (index: readonly number[], to: number): number[] => index.with(axis, to);
  switch (Math.floor(seed / rank) % 4) {
    case 0:
      return {
        tensor: views.flip(tensor, axis),
        naive: gather(naive, naive.shape, (i) => moved(i, n - 1 - (i[axis] ?? 0))),
      };
    case 1:
      return {
        tensor: views.slice(tensor, [...naive.shape.slice(0, axis).map(() => ({})), { step: 2 }]),
        naive: gather(naive, naive.shape.with(axis, Math.ceil(n / 2)), (i) =>
          moved(i, 2 * (i[axis] ?? 0)),
        ),
      };
    case 2:
      return {
        tensor: views.transpose(tensor),
        naive: gather(naive, naive.shape.toReversed(), (i) => i.toReversed()),
      };
    default:
      return {
        tensor: tensor.lo(...naive.shape.map((_, k) => (k === axis ? Math.min(1, n) : 0))),
        naive: gather(naive, naive.shape.with(axis, Math.max(0, n - 1)), (i) =>
          moved(i, (i[axis] ?? 0) + 1),
        ),
      };
  }
}

/** Tensors of any dtype and rank up to 4, dense or strided in all ways that views can produce. */
export const pairs: fc.Arbitrary<Pair> = fc
  .record({
    shape: shapes(),
    dtype: fc.constantFrom(...dtypes),
    from: fc.array(value, { minLength: 1, maxLength: 9 }),
    steps: fc.array(fc.nat(), { maxLength: 3 }),
  })
  .map(({ shape, dtype, from, steps }) => steps.reduce(disturb, dense(shape, dtype, from)));
