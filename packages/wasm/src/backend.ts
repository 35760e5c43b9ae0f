import { ValueError } from '@cotangent/tensor';
import type { Backend } from '@cotangent/compile';
import { coreCount, workersOf } from './threads/host.ts';
import type { WorkerFactory } from './threads/host.ts';
import { Pool } from './threads/pool.ts';
import { hostEngine } from './runtime/engine.ts';
import type { Engine } from './runtime/engine.ts';
import { Modules } from './runtime/modules.ts';
import type { ModuleSettings } from './runtime/modules.ts';

/** Options of {@link wasmBackend}. */
export interface WasmOptions {
  /**
   * How many modules a function keeps, one for each combination of input shapes and each placement. The
   * least recently used goes first. Default 16.
   */
  readonly cacheSize?: number;
  /**
   * How many bytes of code and memory these modules take together, but for the newest, which is always kept.
   * Default 2³⁰.
   */
  readonly cacheBytes?: number;
  /**
   * How many threads share the work of a call, the caller's included; `'all'`: as many as the machine runs at
   * once. Default 1. The same bits come out for every number. Work is shared where that pays: matrix products
   * of some million operations, elementary functions of some ten thousand elements. All functions on one
   * backend have the same threads; they start with the first module that has work for them, end with
   * `release()` of the last function that uses them, and never keep a process alive. Memory is then a
   * `SharedArrayBuffer`, and so is what `place` and `borrow: true` hand out.
   */
  readonly threads?: number | 'all';
  /** Makes the threads: workers that call {@link runWorker}. Default: those of Node, or from a `blob:` address. */
  readonly worker?: WorkerFactory;
}

/**
 * Runs a whole graph as one WebAssembly module: fused SIMD loops over one linear memory. A module is made
 * at the first call for each combination of input shapes and kept in a bounded cache.
 *
 * Calls throw ValueError `WASM_TOO_LARGE` where 4 GiB, or 2³¹ − 1 elements of anything, do not suffice;
 * CotangentError `WASM_NO_MEMORY` where the engine has no more to give, `WASM_REFUSED` where it refuses a module
 * (as a browser does under a policy without `'wasm-unsafe-eval'`), `WASM_TRAP` where a module traps, and
 * `WASM_WORKER` where a thread is lost. Shared variables are unchanged then, and the next call works.
 *
 * @throws ValueError `WASM_OPTION` for an option that is no whole number, or not positive; CotangentError
 *   `WASM_THREADS` where several threads are asked for and there is no shared memory, or no workers.
 * @example compile([x, y], cost, { backend: wasmBackend() })
 */
export function wasmBackend(options: WasmOptions = {}): Backend {
  return backendOn(hostEngine, options);
}

/** The backend on an engine of the caller's: tests inject faults here. */
export function backendOn(engine: Engine, options: WasmOptions = {}): Backend {
  const threads =
    options.threads === 'all' ? coreCount() : positive('threads', options.threads ?? 1);
  const settings: ModuleSettings = {
    cacheSize: positive('cacheSize', options.cacheSize ?? 16),
    cacheBytes: positive('cacheBytes', options.cacheBytes ?? 2 ** 30),
    threads,
    pool: threads === 1 ? undefined : new Pool(threads, workersOf(options.worker)),
  };
  return {
    name: 'wasm',
    prepare: (program, dropped) => new Modules(program, settings, engine, dropped),
  };
}

function positive(option: keyof WasmOptions, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new ValueError(`wasmBackend: option ${option} is ${String(value)}`, {
    code: 'WASM_OPTION',
    hint: `${option} must be a whole number, 1 or more`,
    data: { option, value },
  });
}
