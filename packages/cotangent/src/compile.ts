import { compile as compileOn } from '@cotangent/compile';
import type { CompileOptions as OptionsOfAnyBackend, CompiledFunction } from '@cotangent/compile';
import type { Input, Variable } from '@cotangent/graph';
import { ValueError } from '@cotangent/tensor';
import { wasmBackend } from '@cotangent/wasm';

/** Options of {@link compile}. */
export interface CompileOptions extends OptionsOfAnyBackend {
  /**
   * How many threads share the work of a call; see `WasmOptions`. Default 1. Functions that are to share the
   * same threads are given one `backend: wasmBackend({ threads })` instead.
   */
  readonly threads?: number | 'all' | undefined;
}

/**
 * `compile` of `@cotangent/compile`, with the WebAssembly backend for mode `fast`, the default: the whole
 * graph becomes one module of SIMD loops, made at the first call for each combination of input shapes.
 *
 * @throws what `compile` of `@cotangent/compile` throws; ValueError `WASM_OPTION` for a number of threads
 *   that is none, `COMPILE_INVALID_OPTION` if there are both threads and a backend; CotangentError
 *   `WASM_THREADS` where there is no shared memory, or no workers.
 * @example
 * const x = vector('x');
 * compile([x], sum(square(x)))([3, 4]).item(); // 25
 */
export function compile<
  const I extends readonly Input[],
  const O extends Variable | readonly Variable[],
>(inputs: I, outputs: O, options: CompileOptions = {}): CompiledFunction<I, O> {
  const { threads, ...others } = options;
  if (threads !== undefined && others.backend !== undefined)
    throw new ValueError('compile: there are both options threads and backend', {
      code: 'COMPILE_INVALID_OPTION',
      hint: 'give the number to the backend: backend: wasmBackend({ threads })',
      data: { threads },
    });
  const backend = others.backend ?? wasmBackend(threads === undefined ? {} : { threads });
  return compileOn(inputs, outputs, { ...others, backend });
}
