import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from './create.ts';
import { ArgumentTypeError, DTypeError, ShapeError, ValueError } from './errors.ts';
import type { Tensor } from './tensor.ts';

/** Calls from JavaScript, where nothing checks the types of the arguments. */
const untyped = (...args: readonly unknown[]): unknown =>
  Reflect.apply(tensorFrom, undefined, args);

describe('tensorFrom of numbers and nested arrays', () => {
  it('gives float64, also for whole numbers, and bool for booleans', () => {
    expect([tensorFrom(3), tensorFrom([1, 2])].map((t) => t.dtype)).toEqual(['float64', 'float64']);
    expect(tensorFrom([[true], [false]]).dtype).toBe('bool');
    expect(tensorFrom([[true], [false]]).toArray()).toEqual([[true], [false]]);
  });

  it('takes shape and dtype', () => {
    const t = tensorFrom([1, 2, 3, 4], { shape: [2, -1], dtype: 'int32' });
    expect([t.dtype, t.toArray()]).toEqual([
      'int32',
      [
        [1, 2],
        [3, 4],
      ],
    ]);
  });

  it('keeps empty axes', () => {
    expect([tensorFrom([]), tensorFrom([[], []])].map((t) => t.shape)).toEqual([[0], [2, 0]]);
  });

  it.each<[string, unknown, string]>([
    ['a short row', [[[1, 2, 3]], [[4, 5]]], 'at [1][0]: expected 3 elements, got 2'],
    ['a long row', [[1], [2, 3]], 'at [1]: expected 1 elements, got 2'],
    ['a number among rows', [[1], 2], 'at [1]: expected 1 elements, got 2'],
    ['a row among numbers', [1, [2]], 'at [1]: expected a number, got an array'],
  ])('refuses %s with its path', (_, value, message) => {
    expect(() => untyped(value)).toThrow(ShapeError);
    expect(() => untyped(value)).toThrow(message);
    expect(() => untyped(value)).toThrow(expect.objectContaining({ code: 'RAGGED_ARRAY' }));
  });

  it.each<[unknown, string]>([
    [
      [
        [1, 2],
        [3, '4'],
      ],
      'at [1][1]: expected a number, got "4"',
    ],
    [[1, null], 'at [1]: expected a number, got null'],
    [[1, undefined], 'at [1]: expected a number, got undefined'],
    [[1n], 'at [0]: expected a number, got 1'],
    [[{}], 'at [0]: expected a number, got Object'],
  ])('refuses elements of another kind: %p', (value, message) => {
    expect(() => untyped(value)).toThrow(ArgumentTypeError);
    expect(() => untyped(value)).toThrow(message);
  });

  it('refuses numbers mixed with booleans unless a dtype is given', () => {
    expect(() => tensorFrom([[1, true]])).toThrow('number at [0][0], boolean at [0][1]');
    expect(() => tensorFrom([1, true])).toThrow(expect.objectContaining({ code: 'MIXED_KINDS' }));
    expect(tensorFrom([2, true], { dtype: 'float32' }).toArray()).toEqual([2, 1]);
  });

  it('refuses an array that contains itself', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => untyped(loop)).toThrow(expect.objectContaining({ code: 'RANK_TOO_HIGH' }));
  });

  it.each([1.5, NaN, 2 ** 31, -Infinity])('refuses %p for int32 with its path', (x) => {
    const call = () =>
      tensorFrom(
        [
          [0, 1],
          [x, 2],
        ],
        { dtype: 'int32' },
      );
    expect(call).toThrow(ValueError);
    expect(call).toThrow(
      expect.objectContaining({
        code: 'NOT_REPRESENTABLE',
        data: { value: x, dtype: 'int32', path: [1, 0] },
      }),
    );
    expect(call).toThrow('at [1][0]');
  });

  it('refuses a shape of another size, an unknown dtype and anything else', () => {
    expect(() => tensorFrom([1, 2], { shape: [3] })).toThrow(
      expect.objectContaining({ code: 'RESHAPE_SIZE_MISMATCH' }),
    );
    expect(() => untyped([1], { dtype: 'int64' })).toThrow(DTypeError);
    for (const value of ['1', null, undefined, {}, 1n]) {
      expect(() => untyped(value)).toThrow(expect.objectContaining({ code: 'NOT_A_TENSOR' }));
    }
  });
});

describe('tensorFrom of typed arrays', () => {
  it('keeps the kind and shares the memory', () => {
    for (const [data, dtype] of [
      [new Float64Array(2), 'float64'],
      [new Float32Array(2), 'float32'],
      [new Int32Array(2), 'int32'],
      [new Uint8Array(2), 'uint8'],
    ] as const) {
      const t = tensorFrom(data);
      expect([t.dtype, t.shape]).toEqual([dtype, [2]]);
      expect(t.data).toBe(data);
    }
  });

  it('copies where the dtype asked for is another', () => {
    const data = new Uint8Array([0, 1]);
    const t = tensorFrom(data, { dtype: 'bool' });
    expect(t.toArray()).toEqual([false, true]);
    expect(t.data).not.toBe(data);
    expect(() => tensorFrom(new Uint8Array([2]), { dtype: 'bool' })).toThrow(ValueError);
  });

  it('refuses other kinds by name, but converts them when told to', () => {
    expect(() => tensorFrom(new Int16Array(1))).toThrow(DTypeError);
    expect(() => tensorFrom(new Int16Array(1))).toThrow('Int16Array');
    expect(tensorFrom(new Int16Array([-3]), { dtype: 'int32' }).toArray()).toEqual([-3]);
    expect(() => untyped(new BigInt64Array(1), { dtype: 'int32' })).toThrow('BigInt64Array');
    expect(() => untyped(new DataView(new ArrayBuffer(8)))).toThrow('DataView');
  });
});

describe('tensorFrom of tensors and ndarrays', () => {
  it('returns a tensor of the same dtype unchanged', () => {
    const t: Tensor = tensorFrom([1, 2]);
    expect(tensorFrom(t)).toBe(t);
    expect(tensorFrom(t, { dtype: 'float64' })).toBe(t);
    expect(tensorFrom(t, { dtype: 'float32' }).data).toBeInstanceOf(Float32Array);
  });

  it('reads plain arrays of an ndarray into float64', () => {
    const like = { data: [1, 2, 3, 4], shape: [2], stride: [-2], offset: 3 };
    expect(tensorFrom(like).toArray()).toEqual([4, 2]);
    expect(() => untyped({ ...like, data: [1, 2, 'x', 4] })).toThrow(ArgumentTypeError);
  });

  it('recognises a bool array of another copy of this package', () => {
    const like = { data: Uint8Array.of(1, 0), shape: [2], stride: [1], offset: 0, dtype: 'bool' };
    expect(tensorFrom(like).toArray()).toEqual([true, false]);
    expect(() => tensorFrom({ ...like, data: Uint8Array.of(1, 2) })).toThrow(ValueError);
  });

  it.each([
    [{ shape: [5] }, 'NDARRAY_BOUNDS'],
    [{ offset: -1 }, 'NDARRAY_BOUNDS'],
    [{ stride: [-1] }, 'NDARRAY_BOUNDS'],
    [{ stride: [1, 1] }, 'NDARRAY_SHAPE'],
    [{ stride: [0.5] }, 'NDARRAY_SHAPE'],
    [{ offset: NaN }, 'NDARRAY_SHAPE'],
    [{ shape: [-1] }, 'SHAPE_INVALID'],
  ])('refuses fields that lead outside the data: %p', (wrong, code) => {
    const like = { data: new Float64Array(4), shape: [4], stride: [1], offset: 0, ...wrong };
    expect(() => tensorFrom(like)).toThrow(expect.objectContaining({ code }));
  });
});
