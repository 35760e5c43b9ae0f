import { describe, expect, it } from '@jest/globals';
import { hashBytes, hashText } from './hash.ts';

describe('hashText', () => {
  it('gives the same 16 digits for the same text', () => {
    expect(hashText('mul 0 1')).toMatch(/^[0-9a-f]{16}$/);
    expect(hashText('mul 0 1')).toBe(hashText(['mul', '0', '1'].join(' ')));
  });

  it('has no collision among 100 000 short texts', () => {
    const hashes = new Set(Array.from({ length: 100_000 }, (_, i) => hashText(`${i}`)));
    expect(hashes.size).toBe(100_000);
  });
});

describe('hashBytes', () => {
  it('tells zeros of different number apart', () => {
    const hashes = Array.from({ length: 100 }, (_, n) => hashBytes(new Uint8Array(n)));
    expect(new Set(hashes).size).toBe(100);
  });
});
