import { bytesOf } from '@cotangent/loops';
import type { Buffer, ElementType, Procedure } from '@cotangent/loops';
import { emitModule } from '../src/emit/module.ts';
import type { EmitOptions } from '../src/emit/module.ts';

type Elements = Float64Array | Float32Array | Int32Array | Uint8Array;

const views: { readonly [D in ElementType]: (b: ArrayBuffer, at: number, n: number) => Elements } =
  {
    float64: (b, at, n) => new Float64Array(b, at, n),
    float32: (b, at, n) => new Float32Array(b, at, n),
    int32: (b, at, n) => new Int32Array(b, at, n),
    uint8: (b, at, n) => new Uint8Array(b, at, n),
    bool: (b, at, n) => new Uint8Array(b, at, n),
  };

/** Memory with the given buffers one after another, and the views on them. */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  readonly addresses: ReadonlyMap<Buffer, number>;
  readonly elements: ReadonlyMap<Buffer, Elements>;
  /** First byte behind the buffers. */
  readonly end: number;
}

/** Places buffers of the given contents, with a gap of `gap` elements before each. */
export function arenaOf(
  contents: ReadonlyMap<Buffer, ArrayLike<number>>,
  { gap = 1, spare = 0 }: { readonly gap?: number; readonly spare?: number } = {},
): Arena {
  const addresses = new Map<Buffer, number>();
  let end = 64;
  for (const [buffer, { length }] of contents) {
    const size = bytesOf[buffer.dtype];
    end = Math.ceil(end / size) * size + gap * size;
    addresses.set(buffer, end);
    end += length * size;
  }
  end = Math.ceil(end / 16) * 16;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((end + spare) / 65536) + 1 });
  const elements = new Map<Buffer, Elements>();
  for (const [buffer, values] of contents) {
    const view = views[buffer.dtype](memory.buffer, addresses.get(buffer) ?? 0, values.length);
    view.set(values);
    elements.set(buffer, view);
  }
  return { memory, addresses, elements, end };
}

/** Compiles procedures and calls the first, with addresses as parameters or as constants. */
export function execute(
  procedures: readonly Procedure[],
  arena: Arena,
  form: 'parameters' | 'constants' = 'constants',
  options: EmitOptions = {},
): void {
  const fixed = form === 'constants' ? { addresses: arena.addresses } : {};
  const bytes = emitModule(procedures, { ...options, ...fixed });
  const module = new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(module, { env: { memory: arena.memory } });
  const [p] = procedures;
  const run = exports[p?.name ?? ''];
  if (typeof run !== 'function' || p === undefined) throw new TypeError('no such procedure');
  run(...(form === 'constants' ? [] : p.buffers.map((b) => arena.addresses.get(b))));
}
