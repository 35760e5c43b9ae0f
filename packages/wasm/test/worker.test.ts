import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';

const hook = fileURLToPath(new URL('../../tools/ts-hook.mjs', import.meta.url));

async function answerOf(message: unknown): Promise<unknown> {
  const worker = new Worker(new URL('./fixtures/in-worker.ts', import.meta.url), {
    execArgv: ['--import', hook, '--conditions=@cotangent/source', '--no-warnings'],
  });
  try {
    const answer = once(worker, 'message');
    worker.postMessage(message);
    const [value] = await answer;
    return value;
  } finally {
    await worker.terminate();
  }
}

describe('a worker thread', () => {
  it('compiles and runs functions with state, the same bits in each', async () => {
    const rows = [
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    const message = { rows, targets: [1, 2, 3], steps: 300 };
    const [first, second] = await Promise.all([answerOf(message), answerOf(message)]);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ modules: 1, hits: 299, misses: 1 });
    // A worker's typed arrays come from another realm, so that only their elements can be compared.
    expect(first).toMatchObject({ weights: { 0: expect.closeTo(1, 6), 1: expect.closeTo(2, 6) } });
  }, 60_000);
});
