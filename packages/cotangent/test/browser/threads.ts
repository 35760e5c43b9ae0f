// What the pages of threads.test.ts run: the same on one thread and on several, in the page and in a worker.
import { CotangentError, compile, sum, tanh, vector, wasmBackend } from '../../src/index.ts';
import type { WasmOptions } from '../../src/index.ts';
import { report } from './report.ts';

const values = Float64Array.from({ length: 100_000 }, (_, k) => Math.sin(k));

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

/** Sums of many calls, with time in between for threads to start; how many differ from the first. */
async function differences(options: WasmOptions): Promise<number> {
  const x = vector('x');
  const alone = compile([x], sum(tanh(x)))(values).item();
  const f = compile([x], sum(tanh(x)), { backend: wasmBackend(options) });
  let count = 0;
  for (let call = 0; call < 30; call++) {
    if (f(values).item() !== alone) count++;
    if (call < 10) await pause();
  }
  f.release();
  return count;
}

function codeOf(error: unknown): unknown {
  return error instanceof CotangentError ? error.code : String(error);
}

let started = 0;
const fromFile = (): Worker => {
  started++;
  return new Worker('/thread.mjs', { type: 'module' });
};
const own = await differences({ threads: 3 }).catch(codeOf);
const given = await differences({ threads: 3, worker: fromFile }).catch(codeOf);
await report({ own, given, started });
