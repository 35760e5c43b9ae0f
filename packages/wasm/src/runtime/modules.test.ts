import { describe, expect, it } from '@jest/globals';
import { compile, shared } from '@cotangent/compile';
import { defineOp, scalar, vector } from '@cotangent/graph';
import type { OpFunction } from '@cotangent/graph';
import { add, mul, slice, sub, sum } from '@cotangent/ops';
import { tensorFrom, views, zerosTensor } from '@cotangent/tensor';
import { wasmBackend } from '../index.ts';

const x = vector('x');
const y = vector('y');
const backend = wasmBackend();
const pageBytes = 65536;

/** y = x reversed, evaluated in JavaScript. */
const backwards: OpFunction<1, 1> = defineOp<1, 1>(
  'backwards',
  { inputs: 1, outputs: 1 },
  { infer: ([v]) => [v], eval: ([v]) => [views.flip(v, [0])] },
);

describe('modules', () => {
  it('run steps before, between and after ops that are evaluated in JavaScript', () => {
    const f = compile([x], sub(backwards(mul(2, backwards(add(x, 1)))), 1), { backend });
    for (let k = 0; k < 2; k++) expect(f([1, 2, 3]).toArray()).toEqual([3, 5, 7]);
    const g = compile([x], backwards(x), { backend });
    for (let k = 0; k < 2; k++) expect(g([1, 2, 3]).toArray()).toEqual([3, 2, 1]);
  });

  it('may have nothing to do', () => {
    const f = compile([x], x, { backend });
    for (let k = 0; k < 2; k++) expect(f([k, 2]).toArray()).toEqual([k, 2]);
  });

  it('convert and check every argument that is not like the one before', () => {
    const n = scalar('n', { dtype: 'int32' });
    const f = compile([x, n], mul(x, n), { backend });
    for (let k = 0; k < 3; k++) expect(f([1, 2], k).toArray()).toEqual([k, 2 * k]);
    expect(() => f([1, 2], 0.5)).toThrow(expect.objectContaining({ code: 'NOT_REPRESENTABLE' }));
  });
});

describe('statistics', () => {
  it('count modules, hits, misses and evictions', () => {
    const f = compile([x], mul(2, x), { backend: wasmBackend({ cacheSize: 2 }) });
    expect(f.statistics()).toMatchObject({ modules: 0, memoryBytes: 0 });
    for (const n of [1, 1, 1, 2, 3, 2]) f(new Float64Array(n));
    expect(f.statistics()).toMatchObject({ modules: 2, hits: 3, misses: 3, evictions: 1 });
    f(new Float64Array(1));
    expect(f.statistics()).toMatchObject({ modules: 2, hits: 3, misses: 4, evictions: 2 });
    expect(f.statistics().memoryBytes).toBe(2 * pageBytes);
    expect(f.statistics().moduleBytes).toBeGreaterThan(50);
  });

  it('count calls of the reference executor too', () => {
    const n = scalar('n', { dtype: 'int32' });
    const f = compile([x, n], slice(x, [{ stop: n }]), { backend });
    for (let k = 0; k < 3; k++) f([1, 2], 1);
    expect(f.statistics()).toMatchObject({ modules: 1, hits: 2, misses: 1, memoryBytes: 0 });
  });

  it('show the bound on bytes', () => {
    const f = compile([x], mul(2, x), { backend: wasmBackend({ cacheBytes: 3 * pageBytes }) });
    for (const n of [1, 2, 3]) f(new Float64Array(n));
    expect(f.statistics()).toMatchObject({ modules: 2, evictions: 1 });
    f(new Float64Array(1e6));
    expect(f.statistics()).toMatchObject({ modules: 1, evictions: 3 });
  });
});

describe('release', () => {
  it('lets go of everything, and the next call works', () => {
    const w = shared([1, 1]);
    const f = compile([x], sum(mul(w, x)), { backend, updates: [[w, add(w, x)]] });
    f([1, 2]);
    f.release();
    expect(f.statistics()).toMatchObject({ modules: 0, moduleBytes: 0, memoryBytes: 0 });
    expect(w.get().toArray()).toEqual([2, 3]);
    expect(f([1, 1]).item()).toBe(5);
  });
});

describe('place', () => {
  it('shares the code of other modules, not their memory', () => {
    const f = compile([x, y], add(x, y), { backend });
    f([1, 2], [3, 4]);
    const { moduleBytes } = f.statistics();
    const [a] = f.place([10, 20], { shape: [2] });
    const [b] = f.place([30, 40], { shape: [2] });
    for (let k = 0; k < 2; k++) {
      expect(f(a, [1, 1]).toArray()).toEqual([11, 21]);
      expect(f(b, [1, 1]).toArray()).toEqual([31, 41]);
      expect(f([5, 6], [1, 1]).toArray()).toEqual([6, 7]);
    }
    expect(f.statistics()).toMatchObject({ modules: 3, moduleBytes: 3 * moduleBytes, hits: 6 });
    expect(f.explain()).toContain('placement 2');
  });

  it('gives tensors over exactly their elements', () => {
    const f = compile([x, y], add(x, y), { backend });
    const [a] = f.place([1, 2, 3], { shape: [3] });
    expect(a).toMatchObject({ offset: 0, shape: [3], data: new Float64Array([1, 2, 3]) });
    a.data.set([4, 5, 6]);
    expect(f(a, [0, 0, 0]).toArray()).toEqual([4, 5, 6]);
  });

  it('knows another tensor over the same elements, and copies every other view', () => {
    const f = compile([x], mul(1, x), { backend });
    const [a] = f.place([1, 2, 3]);
    const before = f.statistics().hits;
    expect(f(views.slice(a, ':')).toArray()).toEqual([1, 2, 3]);
    expect(f(a.data).toArray()).toEqual([1, 2, 3]);
    expect(f.statistics()).toMatchObject({ modules: 1, hits: before + 2 });
    expect(f(views.flip(a, [0])).toArray()).toEqual([3, 2, 1]);
    expect(f(views.slice(a, '1:')).toArray()).toEqual([2, 3]);
    expect(a.toArray()).toEqual([1, 2, 3]);
  });

  it('survives its module', () => {
    const f = compile([x], mul(2, x), { backend: wasmBackend({ cacheSize: 1 }) });
    const [a] = f.place([1, 2]);
    f([1, 2, 3]);
    expect(f.statistics()).toMatchObject({ modules: 1, evictions: 1 });
    a.set(0, 5);
    expect(f(a).toArray()).toEqual([10, 4]);
  });

  it('leaves other dtypes and strided targets to the long way', () => {
    const f = compile([x], mul(2, x), { backend });
    const [a] = f.place([1, 2]);
    const out = views.slice(zerosTensor([4], 'float64'), '::2');
    f.callInto([a], out);
    expect(out.toArray()).toEqual([2, 4]);
    expect(f(tensorFrom([1, 2], { dtype: 'int32' })).toArray()).toEqual([2, 4]);
  });
});

describe('prepare', () => {
  it('makes the module of these shapes', async () => {
    const f = compile([x, y], add(x, y), { backend });
    await f.prepare({ shape: [2] }, [1, 2]);
    expect(f.statistics()).toMatchObject({ modules: 1, hits: 0, misses: 1 });
    expect(f([1, 2], [3, 4]).toArray()).toEqual([4, 6]);
    expect(f.statistics()).toMatchObject({ modules: 1, hits: 1, misses: 1 });
  });

  it('shares the work of calls at the same time', async () => {
    const f = compile([x], mul(2, x), { backend });
    const [a, b] = [f.prepare([1]), f.prepare([2])];
    await Promise.all([a, b, f.prepare([1, 2])]);
    expect(f.statistics()).toMatchObject({ modules: 2, misses: 2 });
    await f.prepare([5]);
    expect(f.statistics().misses).toBe(2);
  });

  it('does not hold up a call, which makes the module itself', async () => {
    const f = compile([x], mul(2, x), { backend });
    const prepared = f.prepare([1]);
    expect(f([4]).item()).toBe(8);
    await prepared;
    expect(f.statistics()).toMatchObject({ modules: 1, misses: 1 });
  });

  it('makes nothing that was released meanwhile', async () => {
    const f = compile([x], mul(2, x), { backend });
    const prepared = f.prepare([1]);
    f.release();
    await prepared;
    expect(f.statistics()).toMatchObject({ modules: 0 });
  });

  it('rejects what a call refuses', async () => {
    const f = compile([x], mul(2, x), { backend });
    await expect(f.prepare(1)).rejects.toMatchObject({ code: 'COMPILE_ARGUMENT_RANK' });
    // @ts-expect-error none
    await expect(f.prepare()).rejects.toMatchObject({ code: 'COMPILE_ARGUMENT_COUNT' });
    await expect(f.prepare({ shape: [2 ** 40] })).rejects.toMatchObject({ code: 'WASM_TOO_LARGE' });
  });
});

describe('wasmBackend options', () => {
  it('are checked', () => {
    for (const options of [{ cacheSize: 0 }, { cacheBytes: Number.NaN }, { cacheSize: -1 }])
      expect(() => wasmBackend(options)).toThrow(expect.objectContaining({ code: 'WASM_OPTION' }));
  });
});
