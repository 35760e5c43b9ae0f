/** The WebAssembly backend: whole graphs as one module of fused SIMD loops. */
export { wasmBackend } from './backend.ts';
export type { WasmOptions } from './backend.ts';
