// One op as a vector loop of a module of its own: what the scripts measure and time.
import { buffer, forLoop, i32, index, load, store } from '@cotangent/loops';
import type { Buffer, Procedure, Value, ValueType } from '@cotangent/loops';
import { emitModule } from '../src/emit/module.ts';
import type { Floats } from '../src/functions/simulate.ts';
import type { Lane } from '../scripts/true-values.ts';

/** An elementwise op in the loop language. */
export type Expression = (xs: readonly Value[], type: ValueType) => Value;

/** A module that computes `out[i] = f(xs[0][i], …)` for `length` elements. */
export interface Kernel {
  readonly inputs: readonly Floats[];
  readonly out: Floats;
  readonly run: () => void;
}

export function kernelOf(f: Expression, lane: Lane, arity: number, length: number): Kernel {
  const dtype = lane === 64 ? 'float64' : 'float32';
  const buffers = Array.from({ length: arity + 1 }, (_, k) => buffer(`x${k}`, dtype));
  const bytes = Math.ceil((length * lane) / 8 / 64 + 1) * 64;
  const addresses = new Map(buffers.map((b, k) => [b, k * bytes] as const));
  const pages = Math.ceil((bytes * buffers.length) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages });
  const code = emitModule([procedureOf(f, lane, buffers, length)], { addresses, pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  const view = (b: Buffer): Floats => {
    const at = addresses.get(b) ?? 0;
    return lane === 64
      ? new Float64Array(memory.buffer, at, length)
      : new Float32Array(memory.buffer, at, length);
  };
  const { run } = exports;
  if (typeof run !== 'function') throw new Error('the module exports no function');
  return { inputs: buffers.slice(1).map(view), out: view(buffers[0]!), run: () => run() };
}

function procedureOf(
  f: Expression,
  lane: Lane,
  buffers: readonly Buffer[],
  length: number,
): Procedure {
  const [out, ...inputs] = buffers;
  const i = index('i');
  const y = f(
    inputs.map((b) => load(b, i)),
    lane === 64 ? 'f64' : 'f32',
  );
  const body = forLoop(i, i32(0), i32(length), [store(out!, i, y)], { vector: true });
  return { name: 'run', buffers, body: [body] };
}
