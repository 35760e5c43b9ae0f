// What the page of policy.test.ts runs: the scenario in the page, then the same in a worker.
import { report } from './report.ts';
import { scenario } from './scenario.ts';
import type { Facts } from './scenario.ts';

async function inWorker(): Promise<Facts> {
  const worker = new Worker('/worker.mjs', { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Facts>) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(`worker: ${message}`)));
  });
}

await report({ page: await scenario('/model.mjs'), worker: await inWorker() });
