import { describe, expect, it } from '@jest/globals';
import { bundled } from './bundle.ts';
import { findChromium, reportOf } from './chromium.ts';

const chromiums = [findChromium()].filter((chromium) => chromium !== undefined);

describe('threads in a page', () => {
  const pageWith = async (options: { readonly isIsolated: boolean; readonly policy?: string }) => {
    const [main, thread] = [
      await bundled('browser/threads.ts'),
      await bundled('browser/thread.ts'),
    ];
    const files = { '/main.mjs': main, '/thread.mjs': thread };
    return Promise.all(chromiums.map((chromium) => reportOf({ chromium, files, ...options })));
  };

  it('give the bits of one', async () => {
    expect(await pageWith({ isIsolated: true })).toEqual(
      chromiums.map(() => ({ own: 0, given: 0, started: 2 })),
    );
  }, 120_000);

  it('come from a file where a policy forbids others', async () => {
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
    expect(await pageWith({ isIsolated: true, policy })).toEqual(
      chromiums.map(() => ({ own: 'WASM_WORKER', given: 0, started: 2 })),
    );
  }, 120_000);

  it('are not to be had in a page that is not isolated', async () => {
    expect(await pageWith({ isIsolated: false })).toEqual(
      chromiums.map(() => ({ own: 'WASM_THREADS', given: 'WASM_THREADS', started: 0 })),
    );
  }, 120_000);
});
