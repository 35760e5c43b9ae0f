import { describe, expect, it } from '@jest/globals';
import { compile, referenceBackend, square, sum, tanh, tensorFrom, vector } from './index.ts';

const x = vector('x');

describe('compile', () => {
  it('runs on WebAssembly unless told otherwise', () => {
    const of = (options?: Parameters<typeof compile>[2]): string =>
      compile([x], sum(square(x)), options).explain();
    expect(of()).toContain('on backend wasm');
    expect(of({ backend: undefined })).toContain('on backend wasm');
    expect(of({ backend: referenceBackend })).toContain('on backend reference');
  });

  it('shares work between threads, with the same results', () => {
    const values = Float64Array.from({ length: 50_000 }, (_, k) => Math.sin(k));
    const of = (threads: number): number => {
      const f = compile([x], sum(tanh(x)), { threads });
      const value = f(values).item();
      f.release();
      return value;
    };
    expect(of(3)).toBe(of(1));
  });

  it('refuses a number of threads beside a backend, and one that is none', () => {
    const backend = referenceBackend;
    expect(() => compile([x], sum(x), { threads: 2, backend })).toThrow(
      expect.objectContaining({ name: 'ValueError', code: 'COMPILE_INVALID_OPTION' }),
    );
    expect(() => compile([x], sum(x), { threads: 0.5 })).toThrow(
      expect.objectContaining({ name: 'ValueError', code: 'WASM_OPTION' }),
    );
  });

  it('has memory for data that stays', () => {
    const f = compile([x], sum(square(x)));
    const [placed] = f.place(tensorFrom([3, 4]));
    expect(f(placed).item()).toBe(25);
    expect(f.statistics()).toMatchObject({ modules: 1, hits: 1 });
  });
});
