import { describe, expect, it } from '@jest/globals';

describe('the test environment', () => {
  it('shares the buffers of WebAssembly and of Node with the tests', () => {
    expect(new WebAssembly.Memory({ initial: 1 }).buffer).toBeInstanceOf(ArrayBuffer);
    expect(structuredClone(new Float64Array(1))).toBeInstanceOf(Float64Array);
    expect(new TextEncoder().encode('')).toBeInstanceOf(Uint8Array);
  });
});
