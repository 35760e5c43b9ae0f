import { describe, expect, it } from '@jest/globals';
import { compile, referenceBackend, square, sum, tensorFrom, vector } from './index.ts';

const x = vector('x');

describe('compile', () => {
  it('runs on WebAssembly unless told otherwise', () => {
    const of = (options?: Parameters<typeof compile>[2]): string =>
      compile([x], sum(square(x)), options).explain();
    expect(of()).toContain('on backend wasm');
    expect(of({ backend: undefined })).toContain('on backend wasm');
    expect(of({ backend: referenceBackend })).toContain('on backend reference');
  });

  it('has memory for data that stays', () => {
    const f = compile([x], sum(square(x)));
    const [placed] = f.place(tensorFrom([3, 4]));
    expect(f(placed).item()).toBe(25);
    expect(f.statistics()).toMatchObject({ modules: 1, hits: 1 });
  });
});
