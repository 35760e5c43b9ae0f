import { describe, expect, it } from '@jest/globals';
import { ValueError } from 'cotangent';
import { DataError, parseIdx } from './idx.ts';

const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4);

const failure = (bytes: Uint8Array, rank: number): unknown => {
  try {
    return parseIdx(bytes, 'some.idx', rank);
  } catch (error) {
    return error;
  }
};

describe('parseIdx', () => {
  it('reads one axis', () => {
    const { shape, data } = parseIdx(labels, 'some.idx', 1);
    expect(shape).toEqual([3]);
    expect([...data]).toEqual([5, 0, 4]);
  });

  it('reads three axes, the length of each as a big-endian number', () => {
    const bytes = new Uint8Array(16 + 258 * 2);
    bytes.set([0, 0, 8, 3, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 2]);
    bytes[16 + 257 * 2] = 9;
    const { shape, data } = parseIdx(bytes, 'some.idx', 3);
    expect(shape).toEqual([258, 1, 2]);
    expect(data[257 * 2]).toBe(9);
  });

  it('reads from the middle of a larger buffer', () => {
    const larger = new Uint8Array(20);
    larger.set(labels, 5);
    const { data } = parseIdx(larger.subarray(5, 5 + labels.length), 'some.idx', 1);
    expect([...data]).toEqual([5, 0, 4]);
  });

  it.each([
    ['IDX_TRUNCATED', Uint8Array.of(0, 0), 1],
    ['IDX_TRUNCATED', labels.subarray(0, 6), 1],
    ['IDX_MAGIC', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), 1],
    ['IDX_ELEMENT_TYPE', Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), 1],
    ['IDX_RANK', labels, 3],
    ['IDX_SIZE', labels.subarray(0, 10), 1],
    ['IDX_SIZE', Uint8Array.of(...labels, 1), 1],
  ])('refuses a damaged file with %s', (code, bytes, rank) => {
    const error = failure(bytes, rank);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ code, data: { file: 'some.idx' } });
  });
});
