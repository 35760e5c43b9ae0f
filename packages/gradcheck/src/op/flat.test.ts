import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import { lengthOf, locate, pack, sameBits, unpack } from './flat.ts';
import type { Part } from './flat.ts';

const parts: readonly Part[] = [
  { dtype: 'float64', shape: [2, 2] },
  { dtype: 'float32', shape: [] },
  { dtype: 'float64', shape: [0] },
  { dtype: 'float64', shape: [1] },
];

describe('pack', () => {
  it('is undone by unpack, whatever the strides', () => {
    const tensors = [
      tensorFrom([
        [1, 2],
        [3, 4],
      ]).transpose(1, 0),
      tensorFrom(0.5, { dtype: 'float32' }),
      tensorFrom([]),
      tensorFrom([7]),
    ];
    const flat = pack(tensors, parts);
    expect([...flat]).toEqual([1, 3, 2, 4, 0.5, 7]);
    expect(flat.length).toBe(lengthOf(parts));
    unpack(flat, parts).forEach((t, k) => expect(sameBits(t, tensors[k]!)).toBe(true));
  });

  it('counts a missing tensor as zeros', () => {
    expect([...pack([undefined, undefined, undefined, tensorFrom([7])], parts)]).toEqual([
      0, 0, 0, 0, 0, 7,
    ]);
  });
});

describe('locate', () => {
  it('gives part and element', () => {
    expect(locate(3, parts)).toEqual({ part: 0, flat: 3 });
    expect(locate(4, parts)).toEqual({ part: 1, flat: 0 });
    expect(locate(5, parts)).toEqual({ part: 3, flat: 0 });
  });
});

describe('sameBits', () => {
  it('tells zeros apart and equates NaN', () => {
    expect(sameBits(tensorFrom([NaN]), tensorFrom([NaN]))).toBe(true);
    expect(sameBits(tensorFrom([0]), tensorFrom([-0]))).toBe(false);
    expect(sameBits(tensorFrom([1]), tensorFrom([1], { dtype: 'int32' }))).toBe(false);
    expect(sameBits(tensorFrom([1]), tensorFrom(1))).toBe(false);
  });
});
