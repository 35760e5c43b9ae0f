import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  assign,
  astype,
  broadcastShapes,
  contiguous,
  copy,
  denseData,
  dtypes,
  isContiguous,
  mapTensors,
  parseNpy,
  parseSliceSpec,
  resolveRange,
  storeValue,
  tensorFrom,
  views,
  writeNpy,
  zerosTensor,
  type Tensor,
} from '@cotangent/tensor';
import { at, gather, indicesOf, pairs, read, shapes } from './naive.ts';

const dtype = fc.constantFrom(...dtypes);
const bound = fc.option(fc.integer({ min: -6, max: 6 }), { nil: undefined });
const step = fc.constantFrom(undefined, 1, 2, 3, -1, -2);

describe('views', () => {
  it('contain what the plain representation contains', () => {
    fc.assert(fc.property(pairs, ({ tensor, naive }) => expect(read(tensor)).toEqual(naive)));
  });

  it('give the same elements by get', () => {
    fc.assert(
      fc.property(pairs, ({ tensor, naive }) => {
        const values = indicesOf(naive.shape).map((index) => tensor.get(...index));
        expect(values).toEqual(naive.values);
      }),
    );
  });

  it('transpose by any permutation', () => {
    fc.assert(
      fc.property(pairs, fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), (pair, keys) => {
        const { tensor, naive } = pair;
        const axes = naive.shape.map((_, k) => k).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
        const shape = axes.map((axis) => naive.shape[axis] ?? 0);
        const expected = gather(naive, shape, (i) =>
          naive.shape.map((_, k) => i[axes.indexOf(k)] ?? 0),
        );
        expect(read(views.transpose(tensor, axes))).toEqual(expected);
      }),
    );
  });

  it('slice as Array.prototype.slice and a stride do', () => {
    fc.assert(
      fc.property(fc.nat({ max: 6 }), bound, bound, step, (n, start, stop, by) => {
        const list = Array.from({ length: n }, (_, i) => i);
        const forwards = (by ?? 1) > 0;
        const kept = forwards
          ? list.slice(start, stop).filter((_, k) => k % (by ?? 1) === 0)
          : backwards(list, start, stop).filter((_, k) => k % (by ?? 1) === 0);
        const text = `${start ?? ''}:${stop ?? ''}:${by ?? ''}`;
        const t = views.slice(tensorFrom(list), text);
        expect(t.toArray()).toEqual(kept);
        expect(resolveRange({ start, stop, step: by }, n).count).toBe(kept.length);
        expect(views.slice(tensorFrom(list), parseSliceSpec(text)).toArray()).toEqual(kept);
      }),
    );
  });

  it('reshape without changing the row-major order, by a view or not at all', () => {
    fc.assert(
      fc.property(pairs, shapes(), (pair, ending) => {
        const { tensor, naive } = pair;
        const divisor = ending.reduce((product, n) => product * n, 1);
        fc.pre(divisor > 0 ? naive.values.length % divisor === 0 : naive.values.length === 0);
        const shape = divisor > 0 ? [naive.values.length / divisor, ...ending] : ending;
        const view = views.reshape(tensor, shape);
        const copied = views.reshapeCopy(tensor, shape);
        expect(read(copied)).toEqual({ shape, values: naive.values });
        expect(view === undefined || view.data === tensor.data).toBe(true);
        expect(read(view ?? copied)).toEqual(read(copied));
        expect(view !== undefined || !isContiguous(tensor)).toBe(true);
      }),
    );
  });

  it('expand and squeeze back to where they were', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), ({ tensor, naive }, k) => {
        const axis = k % (naive.shape.length + 1);
        expect(read(views.squeeze(views.expandDims(tensor, axis), axis))).toEqual(naive);
      }),
    );
  });
});

/** Python's `list[start:stop:-1]`. */
function backwards(list: readonly number[], start?: number, stop?: number): number[] {
  const from = (i: number): number => (i < 0 ? i + list.length : i);
  return list.toReversed().filter((i) => {
    return (start === undefined || i <= from(start)) && (stop === undefined || i > from(stop));
  });
}

describe('broadcasting', () => {
  it('repeats elements along axes of length 1', () => {
    fc.assert(
      fc.property(pairs, shapes(), ({ tensor, naive }, other) => {
        const rank = Math.max(naive.shape.length, other.length);
        const padded = (s: readonly number[]) => [
          ...Array.from({ length: rank - s.length }, () => 1),
          ...s,
        ];
        const [a, b] = [padded(naive.shape), padded(other)];
        fc.pre(a.every((n, k) => n === b[k] || n === 1 || b[k] === 1));
        const shape = a.map((n, k) => (n === 1 ? (b[k] ?? 1) : n));
        expect(broadcastShapes([naive.shape, other])).toEqual(shape);
        const expected = gather(naive, shape, (i) =>
          naive.shape.map((n, k) => (n === 1 ? 0 : (i[k + rank - naive.shape.length] ?? 0))),
        );
        expect(read(views.broadcastTo(tensor, shape))).toEqual(expected);
      }),
    );
  });
});

describe('broadcastShapes', () => {
  it('fails exactly where two sizes differ and neither is 1', () => {
    fc.assert(
      fc.property(shapes(), shapes(), (left, right) => {
        const fits = left.toReversed().every((n, k) => {
          const m = right.toReversed()[k] ?? 1;
          return n === m || n === 1 || m === 1;
        });
        const outcome = attempt(() => broadcastShapes([left, right]));
        expect(outcome).toBe(fits ? 'done' : 'SHAPE_BROADCAST_MISMATCH');
      }),
    );
  });
});

/** Views of `pair` that need broadcasting to come back to its shape: some axes cut to length 1. */
const cut = (tensor: Tensor, mask: number): Tensor =>
  views.slice(
    tensor,
    tensor.shape.map((n, axis) => ((mask >> axis) & 1 && n > 0 ? { stop: 1 } : {})),
  );

describe('mapTensors', () => {
  it('is the function at every index of the broadcast shape', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.array(fc.nat({ max: 15 }), { maxLength: 4 }),
        dtype,
        (pair, masks, to) => {
          const inputs = [pair.tensor, ...masks.map((mask) => cut(pair.tensor, mask))];
          const fn = (...xs: number[]): number => xs.reduce((sum, x, k) => sum + x * (k + 1), 0);
          const naives = inputs.map(read);
          const values = indicesOf(pair.naive.shape).map((index) => {
            const xs = naives.map((t) =>
              at(
                t,
                index.map((i, axis) => (t.shape[axis] === 1 ? 0 : i)),
              ),
            );
            return storeValue(fn(...xs), to);
          });
          const result = mapTensors(fn, inputs, to);
          expect(read(result)).toEqual({ shape: pair.naive.shape, values });
          expect([result.dtype, isContiguous(result)]).toEqual([to, true]);
        },
      ),
    );
  });
});

describe('conversions', () => {
  it('keep values and make them dense', () => {
    fc.assert(
      fc.property(pairs, ({ tensor, naive }) => {
        expect(read(contiguous(tensor))).toEqual(naive);
        expect(read(copy(tensor))).toEqual(naive);
        expect([...denseData(tensor)]).toEqual(naive.values);
      }),
    );
  });

  it('store each element as the dtype does', () => {
    fc.assert(
      fc.property(pairs, dtype, ({ tensor, naive }, to) => {
        const values = naive.values.map((x) => storeValue(x, to));
        expect(read(astype(tensor, to))).toEqual({ shape: naive.shape, values });
      }),
    );
  });

  it('assign through a view exactly the elements that it shows', () => {
    fc.assert(
      fc.property(pairs, ({ tensor, naive }) => {
        const t = copy(tensor);
        const source = zerosTensor(naive.shape, tensor.dtype);
        assign(views.flip(t), tensor);
        assign(source, views.flip(t));
        expect(read(source)).toEqual(naive);
      }),
    );
  });

  it('come back from nested arrays', () => {
    fc.assert(
      fc.property(pairs, ({ tensor, naive }) => {
        const back = tensorFrom(tensor.toArray(), { dtype: tensor.dtype, shape: naive.shape });
        expect(read(back)).toEqual(naive);
      }),
    );
  });
});

describe('.npy files', () => {
  it('come back as they were written', () => {
    const layout = fc.record({
      order: fc.constantFrom('row-major' as const, 'column-major' as const),
      endian: fc.constantFrom('little' as const, 'big' as const),
      version: fc.constantFrom(1 as const, 2 as const, 3 as const),
    });
    fc.assert(
      fc.property(pairs, layout, ({ tensor, naive }, options) => {
        const back = parseNpy(writeNpy(tensor, options));
        expect(back.dtype).toBe(tensor.dtype);
        expect(read(back)).toEqual(naive);
      }),
    );
  });

  it('never break the reader, whatever byte is changed', () => {
    const bytes = writeNpy(
      tensorFrom(
        [
          [1, 2],
          [3, 4],
        ],
        { dtype: 'int32' },
      ),
    );
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (position, byte) => {
        const outcome = attempt(() => parseNpy(bytes.with(position, byte)));
        expect(outcome).toMatch(/^(done|NPY_[A-Z]+)$/);
      }),
      { numRuns: 500 },
    );
  });
});

function attempt(run: () => unknown): string {
  try {
    run();
    return 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
