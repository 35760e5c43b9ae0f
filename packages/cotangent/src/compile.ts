import { compile as compileOn } from '@cotangent/compile';
import { wasmBackend } from '@cotangent/wasm';

/**
 * `compile` of `@cotangent/compile`, with the WebAssembly backend for mode `fast`, the default: the whole
 * graph becomes one module of SIMD loops, made at the first call for each combination of input shapes.
 *
 * @throws what `compile` of `@cotangent/compile` throws.
 * @example
 * const x = vector('x');
 * compile([x], sum(square(x)))([3, 4]).item(); // 25
 */
export const compile: typeof compileOn = (inputs, outputs, options) =>
  compileOn(inputs, outputs, { ...options, backend: options?.backend ?? wasmBackend() });
