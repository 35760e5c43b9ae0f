import { describe, expect, it } from '@jest/globals';
import { ByteWriter } from './bytes.ts';

function written(write: (w: ByteWriter) => void): readonly number[] {
  const w = new ByteWriter();
  write(w);
  return [...w.toBytes()];
}

describe('ByteWriter', () => {
  it('writes unsigned LEB128', () => {
    expect(written((w) => w.unsigned(0))).toEqual([0]);
    expect(written((w) => w.unsigned(127))).toEqual([127]);
    expect(written((w) => w.unsigned(128))).toEqual([0x80, 1]);
    expect(written((w) => w.unsigned(624485))).toEqual([0xe5, 0x8e, 0x26]);
    expect(written((w) => w.unsigned(2 ** 32 - 1))).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
  });

  it('writes signed LEB128', () => {
    expect(written((w) => w.signed(63))).toEqual([63]);
    expect(written((w) => w.signed(64))).toEqual([0xc0, 0]);
    expect(written((w) => w.signed(-1))).toEqual([0x7f]);
    expect(written((w) => w.signed(-123456))).toEqual([0xc0, 0xbb, 0x78]);
    expect(written((w) => w.signed(-(2 ** 31)))).toEqual([0x80, 0x80, 0x80, 0x80, 0x78]);
  });

  it('writes floats little-endian, and the sign of zero', () => {
    expect(written((w) => w.float64(-0))).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80]);
    expect(written((w) => w.float32(1))).toEqual([0, 0, 0x80, 0x3f]);
  });

  it('grows without losing what was written', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, k) => k);
    expect(written((w) => [w.byte(7), w.raw(bytes), w.name('é')])).toEqual([
      7,
      ...bytes,
      2,
      0xc3,
      0xa9,
    ]);
  });
});
