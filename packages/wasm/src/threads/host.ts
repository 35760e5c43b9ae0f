import { CotangentError } from '@cotangent/tensor';
import { serve } from './serve.ts';
import type { Port } from './serve.ts';

/** A worker: a Web Worker, or one of `node:worker_threads`. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
  /** In Node: lets the process end while the worker runs. */
  unref?(): void;
  on?(event: 'error' | 'exit', listener: (what: unknown) => void): unknown;
  addEventListener?(event: 'error', listener: (what: unknown) => void): unknown;
}

/** A factory of workers that run {@link runWorker}. */
export type WorkerFactory = () => WorkerLike;

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => WorkerLike;
  readonly parentPort: Port | null;
}

interface NodeOs {
  availableParallelism(): number;
}

/** A module of Node; `undefined` elsewhere. */
function nodeModule(name: 'node:worker_threads' | 'node:os'): unknown {
  const host: { readonly process?: { getBuiltinModule?(id: string): unknown } } = globalThis;
  return host.process?.getBuiltinModule?.(name);
}

/** How many threads the machine runs at once. */
export function coreCount(): number {
  const os = nodeModule('node:os') as NodeOs | undefined; // what Node calls by that name
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/**
 * How this host makes workers.
 *
 * @throws CotangentError `WASM_THREADS` if it has no shared memory or no workers.
 */
export function workersOf(given: WorkerFactory | undefined): WorkerFactory {
  if (typeof SharedArrayBuffer === 'undefined')
    throw unavailable(
      'this page has no shared memory',
      "serve it with the headers 'Cross-Origin-Opener-Policy: same-origin' and 'Cross-Origin-Embedder-Policy: require-corp', or leave threads at 1",
    );
  if (given !== undefined) return given;
  const node = nodeModule('node:worker_threads') as NodeThreads | undefined; // as above
  if (node !== undefined)
    return () => new node.Worker(nodeSource, { eval: true, execArgv: [], env: {} });
  if (typeof Worker === 'undefined')
    throw unavailable('this host has no workers', 'leave threads at 1, or pass `worker`');
  let url: string | undefined;
  return () => {
    url ??= URL.createObjectURL(new Blob([webSource], { type: 'text/javascript' }));
    return new Worker(url);
  };
}

function unavailable(what: string, hint: string): CotangentError {
  return new CotangentError(`wasmBackend: threads are not to be had: ${what}`, {
    code: 'WASM_THREADS',
    hint,
  });
}

const nodeSource = `(${serve.toString()})(require('node:worker_threads').parentPort)`;
const webSource = `(${serve.toString()})(self)`;

/**
 * Makes the worker that this is called in one of a backend's threads. For a page whose policy forbids
 * workers from `blob:` addresses: call it in a file of your own, and give the backend
 * `worker: () => new Worker(address of that file)`.
 *
 * @example
 * // threads.js
 * import { runWorker } from '@cotangent/wasm';
 * runWorker();
 * // main.js
 * wasmBackend({ threads: 4, worker: () => new Worker('/threads.js', { type: 'module' }) });
 */
export function runWorker(): void {
  const node = nodeModule('node:worker_threads') as NodeThreads | undefined; // as above
  const self: unknown = globalThis;
  serve(node?.parentPort ?? (self as Port)); // the global object of a Web Worker is its port
}
