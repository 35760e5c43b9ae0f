/** The WebAssembly backend: whole graphs as one module of fused SIMD loops. */
export { exportWasm } from './export/export-wasm.ts';
export type { ExportOptions, ExportedModule } from './export/export-wasm.ts';
export type { Exportable } from './export/plan.ts';
export { wasmBackend } from './backend.ts';
export type { WasmOptions } from './backend.ts';
export { runWorker } from './threads/host.ts';
export type { WorkerFactory, WorkerLike } from './threads/host.ts';
