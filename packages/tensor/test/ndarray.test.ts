import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import { tensorFrom, views, zerosTensor, type Tensor } from '@cotangent/tensor';
import { pairs } from './naive.ts';

const grid = (): Tensor =>
  tensorFrom([
    [1, 2, 3],
    [4, 5, 6],
  ]);

describe('tensorFrom of an ndarray', () => {
  it('shares its storage, also for views', () => {
    const array = ndarray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
    const t = tensorFrom(array.transpose(1, 0).step(-1, 1));
    expect([t.dtype, t.toArray()]).toEqual([
      'float32',
      [
        [3, 6],
        [2, 5],
        [1, 4],
      ],
    ]);
    array.set(0, 2, 9);
    expect(t.get(0, 0)).toBe(9);
    expect(t.data).toBe(array.data);
  });

  it('reads a scalar and a generic ndarray', () => {
    expect(tensorFrom(ndarray(new Int32Array([7]), [])).item()).toBe(7);
    expect(tensorFrom(ndarray([1, 2, 3, 4], [2, 2])).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe('ndarray-ops on tensors', () => {
  it('adds into a tensor', () => {
    const out = zerosTensor([2, 3], 'float64');
    ops.add(out, grid(), views.broadcastTo(tensorFrom([10, 20, 30]), [2, 3]));
    expect(out.toArray()).toEqual([
      [11, 22, 33],
      [14, 25, 36],
    ]);
  });

  it('sums tensors, also strided and empty ones', () => {
    expect(ops.sum(grid())).toBe(21);
    expect(ops.sum(views.slice(grid(), '::-1, ::2'))).toBe(14);
    expect(ops.sum(zerosTensor([0, 2], 'float64'))).toBe(0);
    expect(ops.sum(tensorFrom(4))).toBe(4);
    expect(ops.sum(tensorFrom([true, true, false]))).toBe(2);
  });

  it('writes through strided views', () => {
    const t = zerosTensor([3, 2], 'int32');
    ops.assign(views.transpose(t), grid());
    ops.addseq(t.pick(0), 10);
    expect(t.toArray()).toEqual([
      [11, 14],
      [2, 5],
      [3, 6],
    ]);
  });

  it('mixes tensors with ndarrays', () => {
    const array = ndarray(new Float64Array(6), [2, 3]);
    ops.muls(array, grid(), 2);
    expect(ops.sum(array)).toBe(42);
  });

  it('sees the same elements as the tensor does', () => {
    fc.assert(
      fc.property(pairs, ({ tensor, naive }) => {
        const array = ndarray(new Float64Array(tensor.size), [...tensor.shape]);
        ops.assign(array, tensor);
        expect([...array.data]).toEqual(naive.values);
      }),
    );
  });
});

describe('the methods that a tensor shares with an ndarray', () => {
  it('make the same views', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
        ({ tensor }, seeds) => {
          fc.pre(tensor.size > 0);
          const { data, shape, stride, offset } = tensor;
          const array = ndarray(data, [...shape], [...stride], offset);
          const upTo = (k: number) => shape.map((n, axis) => (seeds[axis + k] ?? 0) % n);
          const steps = shape.map((_, axis) => [1, 2, -1, -2][(seeds[axis] ?? 0) % 4] ?? 1);
          const axes = shape.map((_, axis) => (axis + 1) % shape.length);
          const all = [
            [tensor.lo(...upTo(0)), array.lo(...upTo(0))],
            [tensor.hi(...upTo(1)), array.hi(...upTo(1))],
            [tensor.step(...steps), array.step(...steps)],
            [tensor.transpose(...axes), array.transpose(...axes)],
          ] as const;
          for (const [ours, theirs] of all) {
            expect([ours.shape, ours.stride, ours.offset]).toEqual([
              [...theirs.shape],
              [...theirs.stride],
              theirs.offset,
            ]);
          }
          expect([tensor.size, tensor.dimension]).toEqual([array.size, array.dimension]);
          expect([tensor.get(...upTo(2)), tensor.index(...upTo(2))]).toEqual([
            array.get(...upTo(2)),
            array.index(...upTo(2)),
          ]);
        },
      ),
    );
  });

  it('pick the same rows', () => {
    const t = grid();
    const array = ndarray(new Float64Array([1, 2, 3, 4, 5, 6]), [2, 3]);
    expect(t.pick(null, 1).stride).toEqual(array.pick(null, 1).stride);
    expect(t.pick(null, 1).offset).toBe(array.pick(null, 1).offset);
  });
});
