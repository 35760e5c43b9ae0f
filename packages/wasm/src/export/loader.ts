import type { DType } from '@cotangent/tensor';

/** A tensor of the module: name, dtype, shape, byte address. */
export type Slot = readonly [name: string, dtype: DType, shape: readonly number[], address: number];

/** What the loader must know of a module. */
export interface Signature {
  readonly name: string;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly state: readonly Slot[];
  /** One output that was not asked for in an array. */
  readonly isSingle: boolean;
}

/** The JavaScript module that loads the WebAssembly module; it imports nothing but Node's own file reader. */
export function loaderText({ name, inputs, outputs, state, isSingle }: Signature): string {
  return `// ${name}: made by exportWasm of cotangent.
const inputs = ${JSON.stringify(inputs)};
const outputs = ${JSON.stringify(outputs)};
const state = ${JSON.stringify(state)};
const arrays = { float64: Float64Array, float32: Float32Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array };

export async function load(source = new URL('./${name}.wasm', import.meta.url)) {
  if (typeof source === 'string' || source instanceof URL) {
    const isFile = new URL(source, import.meta.url).protocol === 'file:';
    source = isFile
      ? await (await import('node:fs/promises')).readFile(new URL(source, import.meta.url))
      : await (await fetch(source)).arrayBuffer();
  }
  return instantiate(source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source));
}

export function instantiate(module) {
  const { memory, run } = new WebAssembly.Instance(module).exports;
  const view = ([, dtype, shape, address]) =>
    new arrays[dtype](memory.buffer, address, shape.reduce((n, size) => n * size, 1));
  const rooms = inputs.map(view);
  const results = outputs.map(view);
  const put = (value, i) => {
    const [label, dtype, shape] = inputs[i];
    const room = rooms[i];
    if (value === room) return;
    const given = typeof value === 'number' ? [value] : value;
    if (given?.length !== room.length)
      throw new RangeError(\`${name}: \${label} has \${given?.length} elements, not \${room.length} (\${dtype}[\${shape}])\`);
    room.set(given);
    if (!dtype.startsWith('float'))
      for (let k = 0; k < room.length; k++)
        if (room[k] !== +given[k] || (dtype === 'bool' && room[k] > 1))
          throw new RangeError(\`${name}: \${label}[\${k}] is \${given[k]}, no \${dtype}\`);
  };
  const call = (...args) => {
    if (args.length !== inputs.length)
      throw new TypeError(\`${name}: got \${args.length} arguments, not \${inputs.length}\`);
    args.forEach(put);
    try {
      run();
    } catch (cause) {
      throw new RangeError('${name}: some value is one that an op refuses, such as an index out of range', { cause });
    }
    return ${isSingle ? 'results[0].slice()' : 'results.map((room) => room.slice())'};
  };
  return Object.assign(call, {
    inputs: rooms,
    outputs: results,
    state: Object.fromEntries(state.map((slot) => [slot[0], view(slot)])),
    run,
  });
}
`;
}

const arrayNames: { readonly [D in DType]: string } = {
  float64: 'Float64Array',
  float32: 'Float32Array',
  int32: 'Int32Array',
  uint8: 'Uint8Array',
  bool: 'Uint8Array',
};

/** The declarations of the loader. */
export function typesText({ name, inputs, outputs, state, isSingle }: Signature): string {
  const array = ([, dtype]: Slot): string => arrayNames[dtype];
  const shaped = ([label, dtype, shape]: Slot): string => `${label}: ${dtype}[${shape.join(', ')}]`;
  const list = (slots: readonly Slot[]): string => `readonly [${slots.map(array).join(', ')}]`;
  const parameters = inputs.map(([, , shape], i) => {
    const type = shape.length === 0 ? 'number | ArrayLike<number>' : 'ArrayLike<number>';
    return `x${i}: ${type}`;
  });
  const result = isSingle ? array(outputs[0]!) : list(outputs);
  const kept = state.map((slot) => `readonly ${JSON.stringify(slot[0])}: ${array(slot)}`);
  return `/**
 * ${name}, for fixed shapes: row-major elements in, row-major elements out.
 *
 * Arguments: ${inputs.map(shaped).join('; ') || 'none'}.
 * Results: ${outputs.map(shaped).join('; ')}.
 */
export interface Compiled {
  /**
   * Copies the arguments in, computes, and returns copies of the results.
   *
   * @throws TypeError, RangeError for arguments of another number, length or range.
   */
  (${parameters.join(', ')}): ${result};
  /** Memory of the arguments: fill it, call \`run\`, and read \`outputs\`, to copy nothing. */
  readonly inputs: ${list(inputs)};
  readonly outputs: ${list(outputs)};
  /** Values that calls keep and change. */
  readonly state: { ${kept.join('; ')} };
  readonly run: () => void;
}

/** Loads the module: by default the file beside this one. */
export function load(source?: URL | string | BufferSource | WebAssembly.Module): Promise<Compiled>;
/** The same from a module that is compiled already; every instance has state of its own. */
export function instantiate(module: WebAssembly.Module): Compiled;
`;
}
