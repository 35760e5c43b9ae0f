import { dtypes, tensorFrom } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  base64Length,
  bytesOf,
  fromBase64,
  reversedElements,
  tensorOfBytes,
  toBase64,
} from './bytes.ts';

describe('bytesOf', () => {
  it('is little-endian', () => {
    expect([...bytesOf(tensorFrom([1, 258], { dtype: 'int32' }))]).toEqual([
      1, 0, 0, 0, 2, 1, 0, 0,
    ]);
  });

  it('follows the order of the elements, not of the storage', () => {
    const flipped = tensorFrom(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: 'uint8' },
    )
      .transpose(1, 0)
      .step(1, -1);
    expect([...bytesOf(flipped)]).toEqual([3, 1, 4, 2]);
    expect([...bytesOf(tensorFrom([1, 2, 3], { dtype: 'uint8' }).lo(1))]).toEqual([2, 3]);
  });

  it.each(dtypes)('is undone by tensorOfBytes for %s', (dtype) => {
    const tensor = tensorFrom(
      [
        [1, 0],
        [0, 1],
      ],
      { dtype },
    );
    const back = tensorOfBytes(dtype, [2, 2], bytesOf(tensor));
    expect(back).toEqual(tensor);
    expect(back.data.buffer).not.toBe(tensor.data.buffer);
  });

  it('keeps the bits of −0 and of any NaN', () => {
    const bits = new Uint32Array([0, 0x80000000, 0x12345, 0x7ff80001]);
    const tensor = tensorFrom(new Float64Array(bits.buffer));
    const back = tensorOfBytes('float64', [2], bytesOf(tensor));
    expect(new Uint32Array(back.data.buffer)).toEqual(bits);
  });
});

describe('reversedElements', () => {
  it('reverses each element and is its own inverse', () => {
    const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...reversedElements(bytes, 4)]).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
    expect(reversedElements(reversedElements(bytes, 8), 8)).toEqual(bytes);
  });
});

describe('toBase64', () => {
  it('is undone by fromBase64, and base64Length foretells the length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64(bytes);
        expect(base64Length(text)).toBe(bytes.length);
        expect(fromBase64(text)).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  it('joins the chunks of a long text without padding between them', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7);
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  });
});

describe('base64Length', () => {
  it.each(['AAA', 'AA=A', 'AA A', 'A===', '====', 'AA-_', 'AAAA\n'])('refuses %p', (text) => {
    expect(base64Length(text)).toBeUndefined();
  });
});
