import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundled } from './bundle.ts';
import { findChromium, reportOf } from './chromium.ts';
import { exported, scenario } from './scenario.ts';
import type { Facts } from './scenario.ts';

const chromiums = [findChromium()].filter((chromium) => chromium !== undefined);
process.stdout.write(`browsers: ${chromiums.join(', ') || 'none'}\n`);

const strict = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

let folder = '';
let inNode: Facts = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cotangent-policy-'));
  const { files } = exported();
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  inNode = await scenario(pathToFileURL(join(folder, 'model.mjs')).href);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('an application', () => {
  it('computes what it should', () => {
    const { results, loaded, loadedByAddress, draws, evaluatedText, ...facts } = inNode;
    // log(1 + e⁻ᵐ) of the margins m = y(x·w): 0, −0.5 and 1, and its slope −y x σ(−m), by hand.
    const cost = (Math.LN2 + Math.log1p(Math.exp(0.5)) + Math.log1p(Math.exp(-1))) / 3;
    const [s0, s1, s2] = [0, -0.5, 1].map((margin) => 1 / (1 + Math.exp(margin)));
    const slope = [-s0! + 3 * s1! - 5 * s2!, -2 * s0! + 4 * s1! - 6 * s2!].map((sum) => sum / 3);
    const close = (x: number): unknown => expect.closeTo(x, 12);
    expect(results).toEqual([close(cost), slope.map(close)]);
    expect([loaded, loadedByAddress]).toEqual([0, 1].map(() => [[close(cost)], slope.map(close)]));
    expect(draws).toEqual([0, 1, 2].map(() => expect.any(Number)));
    expect(evaluatedText).toBe(true); // Node has no policy
    expect(facts).toEqual({
      modules: 1,
      jit: 5,
      valueAndGrad: [7.5, [0.5, 1, 1.5, 2]],
      grad: [2, -4],
      hessian: [
        [6, 0],
        [0, 12],
      ],
      scan: [2, 6, 24],
      singular: [close(4), close(3)],
      verified: 'none',
      firstCost: 9,
      trained: 3 - 3 / 2 ** 10,
      refusal: 'OP_MATMUL_SHAPES',
    });
  });

  it('computes the same bits in a page and in a worker, under a policy that forbids code from text', async () => {
    const [main, worker] = [await bundled('browser/page.ts'), await bundled('browser/worker.ts')];
    const { loader, wasm } = exported();
    const files = {
      '/main.mjs': main,
      '/worker.mjs': worker,
      '/model.mjs': loader,
      '/model.wasm': wasm,
    };
    const reports = chromiums.map((chromium) => reportOf({ chromium, files, policy: strict }));
    const wanted = { ...inNode, evaluatedText: false };
    expect(await Promise.all(reports)).toEqual(
      chromiums.map(() => ({ page: wanted, worker: wanted })),
    );
  }, 120_000);

  it('is told by name that a policy forbids WebAssembly', async () => {
    const files = { '/main.mjs': await bundled('browser/forbidden.ts') };
    const policy = "script-src 'self'";
    const reports = chromiums.map((chromium) => reportOf({ chromium, files, policy }));
    expect(await Promise.all(reports)).toEqual(chromiums.map(() => ({ code: 'WASM_REFUSED' })));
  }, 120_000);
});

describe('reportOf', () => {
  it('gives the failure of a page that cannot report', async () => {
    const files = { '/main.mjs': "throw new Error('broken page')" };
    const reports = chromiums.map((chromium) => reportOf({ chromium, files, policy: strict }));
    expect(await Promise.all(reports)).toEqual(
      chromiums.map(() => ({ failure: expect.stringContaining('broken page') })),
    );
  }, 120_000);

  it('says that a browser ends before the page has reported', async () => {
    const reported = reportOf({ chromium: process.execPath, files: {} });
    await expect(reported).rejects.toThrow('before the page had reported');
  });
});
