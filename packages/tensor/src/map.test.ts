import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from './create.ts';
import { ShapeError } from './errors.ts';
import { mapInto, mapTensors } from './map.ts';
import { zerosTensor } from './dense.ts';
import * as views from './views.ts';

const add = (...xs: number[]): number => xs.reduce((sum, x) => sum + x, 0);

describe('mapTensors', () => {
  it.each([0, 1, 2, 3, 4, 5])('broadcasts %d inputs', (count) => {
    const inputs = [
      [[1], [2]],
      [10, 20],
      100,
      [[1000]],
      [
        [0, 0],
        [0, 1e4],
      ],
    ].slice(0, count);
    const expected = [
      0,
      [[1], [2]],
      [
        [11, 21],
        [12, 22],
      ],
      [
        [111, 121],
        [112, 122],
      ],
    ];
    const more = [
      [
        [1111, 1121],
        [1112, 1122],
      ],
      [
        [1111, 1121],
        [1112, 11122],
      ],
    ];
    const result = mapTensors(
      add,
      inputs.map((x) => tensorFrom(x)),
      'float64',
    );
    expect(result.toArray()).toEqual([...expected, ...more][count]);
  });

  it.each([1, 2, 3, 4])('stores bool results of %d inputs as truth values', (count) => {
    const inputs = Array.from({ length: count }, () => tensorFrom([0, 0.25]));
    const result = mapTensors(add, inputs, 'bool');
    expect(result.toArray()).toEqual([false, true]);
    expect([...result.data]).toEqual([0, 1]);
  });

  it('converts results to the dtype', () => {
    expect(mapTensors((x) => x + 0.5, [tensorFrom([255.5, -1])], 'uint8').toArray()).toEqual([
      0, 0,
    ]);
  });

  it('calls the function in row-major order, once per element', () => {
    const seen: number[] = [];
    mapTensors(
      (x) => seen.push(x),
      [
        views.transpose(
          tensorFrom([
            [1, 2],
            [3, 4],
          ]),
        ),
      ],
      'int32',
    );
    expect(seen).toEqual([1, 3, 2, 4]);
  });

  it('does not call the function for an empty result', () => {
    const inputs = [zerosTensor([0, 3], 'float64'), tensorFrom([1, 2, 3])];
    let calls = 0;
    const result = mapTensors(() => calls++, inputs, 'float32');
    expect([calls, result.shape]).toEqual([0, [0, 3]]);
  });

  it('names the shapes that do not fit', () => {
    const call = () => mapTensors(add, [tensorFrom([1, 2]), tensorFrom([1, 2, 3])], 'float64');
    expect(call).toThrow(ShapeError);
    expect(call).toThrow('[2] with [3]');
  });
});

describe('mapInto', () => {
  it('writes into a strided view and leaves the rest alone', () => {
    const out = zerosTensor([2, 4], 'float32');
    mapInto((x) => x * 2, [tensorFrom([1, 2])], views.slice(out, ':, 1::2'));
    expect(out.toArray()).toEqual([
      [0, 2, 0, 4],
      [0, 2, 0, 4],
    ]);
  });

  it('may write over an input, also a shifted or reversed one', () => {
    const t = tensorFrom([1, 2, 3, 4]);
    mapInto((x) => x * 10, [t], t);
    expect(t.toArray()).toEqual([10, 20, 30, 40]);
    mapInto((a, b) => a + b, [t, views.flip(t)], t);
    expect(t.toArray()).toEqual([50, 50, 50, 50]);
    const u = tensorFrom([1, 2, 3]);
    mapInto((x) => x, [u.hi(2)], u.lo(1));
    expect(u.toArray()).toEqual([1, 1, 2]);
  });

  it('may write over one element that it broadcasts', () => {
    const t = tensorFrom([2, 3]);
    mapInto((a, b) => a * b, [t, t.hi(1)], t);
    expect(t.toArray()).toEqual([4, 6]);
  });

  it('refuses inputs that do not broadcast to the output, and a broadcast output', () => {
    expect(() => mapInto(add, [tensorFrom([[1], [2]])], zerosTensor([2], 'float64'))).toThrow(
      expect.objectContaining({ code: 'SHAPE_BROADCAST_MISMATCH' }),
    );
    const out = views.broadcastTo(zerosTensor([1], 'float64'), [3]);
    expect(() => mapInto(add, [tensorFrom(1)], out)).toThrow(
      expect.objectContaining({ code: 'OUTPUT_OVERLAPS_ITSELF' }),
    );
  });
});
