import { ValueError } from '@cotangent/tensor';
import type { Backend } from '@cotangent/compile';
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
}

/**
 * Runs a whole graph as one WebAssembly module: fused SIMD loops over one linear memory. A module is made
 * at the first call for each combination of input shapes and kept in a bounded cache.
 *
 * Calls throw ValueError `WASM_TOO_LARGE` where 4 GiB, or 2³¹ − 1 elements of anything, do not suffice;
 * CotangentError `WASM_NO_MEMORY` where the engine has no more to give, `WASM_REFUSED` where it refuses a module
 * (as a browser does under a policy without `'wasm-unsafe-eval'`), and `WASM_TRAP` where a module traps. Shared variables are unchanged then, and the next call works.
 *
 * @throws ValueError `WASM_OPTION` for an option that is no whole number, or not positive.
 * @example compile([x, y], cost, { backend: wasmBackend() })
 */
export function wasmBackend(options: WasmOptions = {}): Backend {
  return backendOn(hostEngine, options);
}

/** The backend on an engine of the caller's: tests inject faults here. */
export function backendOn(engine: Engine, options: WasmOptions = {}): Backend {
  const settings: ModuleSettings = {
    cacheSize: positive('cacheSize', options.cacheSize ?? 16),
    cacheBytes: positive('cacheBytes', options.cacheBytes ?? 2 ** 30),
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
