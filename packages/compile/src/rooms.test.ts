import { describe, expect, it } from '@jest/globals';
import { tensorFrom, views, zerosTensor } from '@cotangent/tensor';
import type { DType, TensorLike } from '@cotangent/tensor';
import { copyRoom, fitsRoom, isIn, isRoom, roomOf, storeArgument, writeRoom } from './rooms.ts';

const count = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 0.5);

/** What a room of some shape holds after an argument was stored; `undefined` if it was refused. */
function stored(value: unknown, shape: readonly number[], dtype: DType = 'float64'): unknown {
  const room = zerosTensor(shape, dtype);
  return storeArgument(room, value) ? room.toArray() : undefined;
}

describe('storeArgument', () => {
  it.each([3, 16, 17, 100])('stores dense tensors, typed arrays and lists of %d elements', (n) => {
    const values = count(n);
    const inside = views.slice(tensorFrom([-1, ...values, -1]), [{ start: 1, stop: -1 }]);
    for (const value of [values, Float64Array.from(values), tensorFrom(values), inside])
      expect(stored(value, [n])).toEqual(values);
  });

  it('stores a number as a scalar of a float dtype', () => {
    expect(stored(1.5, [])).toBe(1.5);
    expect(stored(0.1, [], 'float32')).toBe(Math.fround(0.1));
    expect(stored(Number.NaN, [])).toBeNaN();
  });

  it('leaves conversions and checks of elements to the general reader', () => {
    const refused: readonly (readonly [TensorLike, readonly number[], DType])[] = [
      [1, [], 'int32'],
      [1, [1], 'float64'],
      [[1, 2], [3], 'float64'],
      [[1, true], [2], 'float64'],
      [[1, 2], [2], 'int32'],
      [[[1, 2]], [1, 2], 'float64'],
      [new Float32Array(2), [2], 'float64'],
      [new Uint8Array(2), [2], 'bool'],
      [new Float64Array(4), [2, 2], 'float64'],
      [zerosTensor([2], 'float32'), [2], 'float64'],
      [zerosTensor([3], 'float64'), [2], 'float64'],
      [zerosTensor([2, 1], 'float64'), [2], 'float64'],
      [views.flip(zerosTensor([2], 'float64'), [0]), [2], 'float64'],
    ];
    for (const [value, shape, dtype] of refused)
      expect(stored(value, shape, dtype)).toBeUndefined();
    for (const value of ['1', null, undefined, {}, true]) expect(stored(value, [])).toBeUndefined();
  });
});

describe('isIn', () => {
  it('recognises typed data of every kind by its storage', () => {
    const x = tensorFrom([1, 2]);
    const { data, shape, stride, offset } = x;
    for (const value of [x, data, { data, shape, stride, offset }, views.flip(x, [0])])
      expect(isIn(value, data.buffer)).toBe(true);
    for (const value of [1, [1, 2], null, new Float64Array(2), tensorFrom([1, 2])])
      expect(isIn(value, data.buffer)).toBe(false);
  });
});

describe('rooms', () => {
  it('fit dense tensors of their type, whatever the stride of an axis of length 1', () => {
    const room = zerosTensor([2, 1], 'float64');
    expect(fitsRoom(views.slice(zerosTensor([2, 3], 'float64'), ':, :1'), room)).toBe(false);
    expect(fitsRoom(views.slice(zerosTensor([1, 2, 1], 'float64'), '0'), room)).toBe(true);
  });

  it('are recognised in other tensors over the same elements', () => {
    const both = tensorFrom([1, 2, 3, 4]);
    const half = views.slice(both, '2:');
    const room = roomOf(half);
    expect(room).toMatchObject({ offset: 0, size: 2 });
    expect(isRoom(half, room)).toBe(true);
    expect(isRoom(views.slice(both, ':2'), room)).toBe(false);
    expect(isRoom(tensorFrom([3, 4]), room)).toBe(false);
  });

  it.each([2, 40])('are copied out, %d elements', (n) => {
    const room = tensorFrom(count(n));
    const copied = copyRoom(room);
    expect(copied.toArray()).toEqual(count(n));
    expect(copied.data).not.toBe(room.data);
    const target = views.slice(zerosTensor([n + 2], 'float64'), [{ start: 1, stop: -1 }]);
    writeRoom(target, room);
    expect(target.toArray()).toEqual(count(n));
  });
});
