import { ByteWriter } from './bytes.ts';
import { control, opcodes, typeCodes } from './opcodes.ts';
import type { MachineType } from './opcodes.ts';

/** One function of a module; exported if it has a name. */
export interface ModuleFunction {
  readonly name?: string;
  readonly parameters: readonly MachineType[];
  readonly results: readonly MachineType[];
  /** Locals and instructions, as `FunctionBody.toBytes` gives them. */
  readonly body: Uint8Array;
}

/** Where a module's memory comes from: `env.memory`, or its own, exported as `memory`. */
export interface ModuleMemory {
  readonly kind: 'import' | 'export';
  /** Pages of 64 KiB that it has at least; exactly, if it is shared. */
  readonly pages: number;
  /** An imported memory that several threads use; then each imports a number of its own, `env.scratch`. */
  readonly isShared?: boolean;
}

/** Bytes that memory holds from the start. */
export interface DataSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const section = {
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  export: 7,
  code: 10,
  data: 11,
} as const;

/** The binary format of a module. Equal inputs give equal bytes. */
export function encodeModule(
  functions: readonly ModuleFunction[],
  memory: ModuleMemory,
  data: readonly DataSegment[] = [],
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  out.raw(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const types = new Map<string, ModuleFunction & { readonly index: number }>();
  const typeOfFunction = functions.map((f) => {
    const key = `${f.parameters.join()}>${f.results.join()}`;
    const type = types.get(key) ?? { ...f, index: types.size };
    types.set(key, type);
    return type.index;
  });
  list(
    out,
    section.type,
    [...types.values()].map(({ parameters, results }) => [parameters, results]),
    writeType,
  );
  list(out, section.import, importsOf(memory), (w, { name, description }) => {
    w.name('env');
    w.name(name);
    w.raw(description);
  });
  list(out, section.function, typeOfFunction, (w, type) => w.unsigned(type));
  if (memory.kind === 'export')
    list(out, section.memory, [memory], (w, { pages }) => {
      w.byte(0);
      w.unsigned(pages);
    });
  list(out, section.export, exportsOf(functions, memory), (w, { name, kind, index }) => {
    w.name(name);
    w.byte(kind);
    w.unsigned(index);
  });
  list(out, section.code, functions, (w, f) => w.sized(f.body));
  list(out, section.data, data, writeSegment);
  return out.toBytes();
}

interface Import {
  readonly name: string;
  readonly description: Uint8Array;
}

function importsOf({ kind, pages, isShared = false }: ModuleMemory): readonly Import[] {
  if (kind === 'export') return [];
  const limits = new ByteWriter();
  limits.byte(2); // a memory
  limits.byte(isShared ? 3 : 0); // shared memories state their largest size
  limits.unsigned(pages);
  if (isShared) limits.unsigned(pages);
  const imported = [{ name: 'memory', description: limits.toBytes() }];
  const constant = Uint8Array.of(3, typeCodes.i32, 0); // a global that does not change
  return isShared ? [...imported, { name: 'scratch', description: constant }] : imported;
}

function list<T>(
  out: ByteWriter,
  id: number,
  items: readonly T[],
  write: (writer: ByteWriter, item: T) => void,
): void {
  if (items.length === 0) return;
  const content = new ByteWriter();
  content.unsigned(items.length);
  for (const item of items) write(content, item);
  out.byte(id);
  out.sized(content.toBytes());
}

/** A function type: parameters, then results. */
function writeType(writer: ByteWriter, sides: readonly (readonly MachineType[])[]): void {
  writer.byte(0x60);
  for (const side of sides) {
    writer.unsigned(side.length);
    for (const type of side) writer.byte(typeCodes[type]);
  }
}

function writeSegment(writer: ByteWriter, { address, bytes }: DataSegment): void {
  writer.byte(0); // active, in memory 0
  writer.byte(opcodes['i32.const']);
  writer.signed(address | 0);
  writer.byte(control.end);
  writer.sized(bytes);
}

interface Export {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

function exportsOf(functions: readonly ModuleFunction[], memory: ModuleMemory): readonly Export[] {
  const named = functions.flatMap(({ name }, index) =>
    name === undefined ? [] : [{ name, kind: 0, index }],
  );
  return memory.kind === 'export' ? [...named, { name: 'memory', kind: 2, index: 0 }] : named;
}
