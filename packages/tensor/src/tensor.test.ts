import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from './create.ts';
import { ShapeError, ValueError } from './errors.ts';
import { fullTensor, zerosTensor } from './dense.ts';
import { isNdArrayLike, isTensor, type Tensor } from './tensor.ts';

const sample = (): Tensor =>
  tensorFrom([
    [1, 2, 3],
    [4, 5, 6],
  ]);

describe('Tensor.get and set', () => {
  it('read and write one element', () => {
    const t = sample();
    expect(t.get(1, 0)).toBe(4);
    expect(t.set(1, 0, 9)).toBe(9);
    expect(t.toArray()).toEqual([
      [1, 2, 3],
      [9, 5, 6],
    ]);
    expect(t.index(1, 2)).toBe(5);
  });

  it('convert what is stored to the dtype', () => {
    const byte = zerosTensor([1], 'uint8');
    byte.set(0, -1);
    const truth = zerosTensor([], 'bool');
    truth.set(0.5);
    expect([byte.get(0), truth.get()]).toEqual([255, 1]);
  });

  it.each([[[2, 0]], [[0, -1]], [[0, 0.5]], [[0, NaN]]])('refuse the indices %p', (indices) => {
    expect(() => sample().get(...indices)).toThrow(ValueError);
    expect(() => sample().get(...indices)).toThrow(
      expect.objectContaining({ code: 'INDEX_OUT_OF_RANGE' }),
    );
  });

  it('refuse a wrong number of indices', () => {
    expect(() => sample().get(1)).toThrow(ShapeError);
    expect(() => sample().set(1, 2)).toThrow(expect.objectContaining({ code: 'INDEX_COUNT' }));
  });
});

describe('Tensor.item', () => {
  it('is the only element whatever the rank', () => {
    expect([tensorFrom(3), tensorFrom([[3]])].map((t) => t.item())).toEqual([3, 3]);
  });

  it('refuses other sizes', () => {
    for (const t of [sample(), zerosTensor([0], 'int32')]) {
      expect(() => t.item()).toThrow(ShapeError);
      expect(() => t.item()).toThrow(expect.objectContaining({ code: 'ITEM_SIZE' }));
    }
  });
});

describe('Tensor.toArray', () => {
  it('gives numbers, or booleans for bool', () => {
    expect(sample().toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(fullTensor([2], true, 'bool').toArray()).toEqual([true, true]);
    expect(tensorFrom(2).toArray()).toBe(2);
  });

  it('keeps the outer axes of an empty tensor', () => {
    expect(zerosTensor([2, 0], 'float64').toArray()).toEqual([[], []]);
    expect(zerosTensor([0, 2], 'float64').toArray()).toEqual([]);
  });
});

describe('ndarray views of a Tensor', () => {
  it('cut with hi and lo', () => {
    expect(sample().hi(1, 2).toArray()).toEqual([[1, 2]]);
    expect(sample().lo(1, 1).toArray()).toEqual([[5, 6]]);
    expect(sample().lo(null, 1).hi(undefined, 1).toArray()).toEqual([[2], [5]]);
    expect(sample().lo(2).shape).toEqual([0, 3]);
  });

  it('step forwards and backwards', () => {
    expect(sample().step(1, -1).toArray()).toEqual([
      [3, 2, 1],
      [6, 5, 4],
    ]);
    expect(sample().step(-1, 2).toArray()).toEqual([
      [4, 6],
      [1, 3],
    ]);
    expect(zerosTensor([0], 'float64').step(-2).toArray()).toEqual([]);
  });

  it('transpose by an order of axes; without one nothing moves, as in ndarray', () => {
    expect(sample().transpose(1, 0).toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(sample().transpose().toArray()).toEqual(sample().toArray());
  });

  it('pick rows and columns', () => {
    expect(sample().pick(1).toArray()).toEqual([4, 5, 6]);
    expect(sample().pick(null, 1).toArray()).toEqual([2, 5]);
    expect(sample().pick(1, 2).item()).toBe(6);
  });

  it('share storage with the tensor', () => {
    const t = sample();
    t.pick(0).set(0, 7);
    expect(t.get(0, 0)).toBe(7);
  });

  it('refuse to leave the tensor, where ndarray would not notice', () => {
    const t = sample();
    const leaving = [() => t.hi(3), () => t.lo(3), () => t.pick(2), () => t.pick(0.5)];
    for (const call of leaving) {
      expect(call).toThrow(ValueError);
      expect(call).toThrow(expect.objectContaining({ code: 'INDEX_OUT_OF_RANGE' }));
    }
    expect(() => t.step(0)).toThrow(expect.objectContaining({ code: 'STEP_INVALID' }));
    for (const axes of [[0, 0], [1], [2, 0], [0, 1, 2]]) {
      expect(() => t.transpose(...axes)).toThrow(
        expect.objectContaining({ code: 'AXES_NOT_PERMUTATION' }),
      );
    }
  });
});

describe('Tensor.order', () => {
  it('lists axes by increasing stride', () => {
    expect(zerosTensor([2, 3, 4], 'float64').order).toEqual([2, 1, 0]);
    expect(sample().transpose(1, 0).order).toEqual([0, 1]);
    expect(sample().dimension).toBe(2);
  });
});

describe('console.log of a Tensor', () => {
  it('prints as toString does', () => {
    expect(inspect(tensorFrom([1, 2.5]))).toBe('tensor([1. , 2.5])');
    expect(String(tensorFrom([1, 2.5]))).toBe('tensor([1. , 2.5])');
  });
});

describe('isTensor and isNdArrayLike', () => {
  it('recognise tensors and objects with the fields of an ndarray', () => {
    const like = { data: [1], shape: [1], stride: [1], offset: 0 };
    expect([isTensor(sample()), isTensor(like)]).toEqual([true, false]);
    expect([sample(), like, { data: [] }, null, 3].map(isNdArrayLike)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
