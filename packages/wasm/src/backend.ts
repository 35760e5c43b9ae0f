import { referenceBackend } from '@cotangent/compile';
import type { Backend, Executable, Program } from '@cotangent/compile';
import type { Tensor } from '@cotangent/tensor';
import { schedule } from './lower/schedule.ts';
import { specialise } from './lower/specialise.ts';
import { instantiate } from './runtime/instance.ts';

/** Options of {@link wasmBackend}. */
export interface WasmOptions {
  /** How many modules a function keeps, one for each combination of input shapes. Default 16. */
  readonly cacheSize?: number;
  /**
   * The largest graph that becomes a module, in nodes; a larger one runs on the reference executor, which
   * needs no compilation. Default 4000.
   */
  readonly maxNodes?: number;
}

/** What is kept for one combination of input shapes. */
interface Specialisation extends Pick<Executable, 'run'> {
  explain(): string;
}

/**
 * Runs a whole graph as one WebAssembly module: fused SIMD loops over one linear memory. A module is made
 * at the first call for each combination of input shapes and kept in a bounded cache.
 *
 * @example compile([x, y], cost, { backend: wasmBackend() })
 */
export function wasmBackend({ cacheSize = 16, maxNodes = 4000 }: WasmOptions = {}): Backend {
  return {
    name: 'wasm',
    prepare: (program) => {
      const cache = new Map<string, Specialisation>();
      let latest: { readonly key: string; readonly made: Specialisation } | undefined;
      return {
        reusesMemory: true,
        explain: () =>
          [...cache].map(([key, made]) => `module for ${key}\n${made.explain()}`).join('\n'),
        run: (inputs) => {
          const key = signatureOf(inputs);
          if (key !== latest?.key) {
            latest = { key, made: cache.get(key) ?? build(program, inputs, maxNodes) };
            keepLast(cache, key, latest.made, cacheSize);
          }
          return latest.made.run(inputs);
        },
      };
    },
  };
}

function keepLast(
  cache: Map<string, Specialisation>,
  key: string,
  value: Specialisation,
  size: number,
): void {
  cache.delete(key); // a map keeps insertion order: the most recently used goes last
  cache.set(key, value);
  for (const oldest of cache.keys()) {
    if (cache.size <= size) return;
    cache.delete(oldest);
  }
}

function signatureOf(inputs: readonly Tensor[]): string {
  return inputs.map((x) => `[${x.shape.join(',')}]`).join(' ');
}

function build(program: Program, inputs: readonly Tensor[], maxNodes: number): Specialisation {
  const shapes = inputs.map((x) => x.shape);
  if (program.nodes.length > maxNodes) {
    return onReference(program, `the graph has more than ${maxNodes} nodes`);
  }
  const specialised = specialise(program, shapes);
  if (specialised === undefined) return onReference(program, 'some shape depends on values');
  const { inputs: variables, nodes, outputs } = specialised;
  return instantiate(schedule(variables, nodes, outputs), shapes);
}

function onReference(program: Program, why: string): Specialisation {
  const reference = referenceBackend.prepare(program);
  return { run: (inputs) => reference.run(inputs), explain: () => `reference executor: ${why}` };
}
