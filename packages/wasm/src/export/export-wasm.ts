import { ShapeError, ValueError, denseData, formatShape } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { shapesConflict } from '@cotangent/graph';
import type { Buffer } from '@cotangent/loops';
import { layOut } from '../runtime/blueprint.ts';
import { emitModule } from '../emit/module.ts';
import type { DataSegment } from '../encode/module.ts';
import { loaderText, typesText } from './loader.ts';
import type { Signature, Slot } from './loader.ts';
import { planExport, staticShapes } from './plan.ts';
import type { ExportPlan, Exportable, Room } from './plan.ts';

/** Options of {@link exportWasm}. */
export interface ExportOptions {
  /** Name of the files, without extension: letters, digits, `-`, `_`, `.`. Default: that of the function. */
  readonly name?: string | undefined;
  /** Shapes of the arguments. Default: their static shapes. */
  readonly shapes?: readonly (readonly number[])[] | undefined;
}

/** A compiled function as files that need no library. */
export interface ExportedModule {
  readonly name: string;
  /** The WebAssembly module; constants and the present values of shared variables are in it. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** The JavaScript module that loads it, without dependencies. */
  readonly loader: string;
  /** Its declarations. */
  readonly types: string;
  /** All of it by file name: `name.wasm`, `name.mjs`, `name.d.mts`. */
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer> | string>>;
}

/**
 * A compiled function for fixed shapes as a stand-alone WebAssembly module with a small loader: the gradient of a
 * model, usable without this library, wherever WebAssembly is. Shared variables become state of the module, which its
 * calls update.
 *
 * The bits of its results are those of the function itself.
 *
 * @param f - compiled in any mode.
 * @throws ShapeError `WASM_EXPORT_SHAPE` if a shape is not known or does not fit; ValueError `WASM_EXPORT_NAME`;
 *   CotangentError `WASM_EXPORT_EVAL` if some op has no lowering or a shape depends on values; ValueError
 *   `WASM_TOO_LARGE`.
 * @example
 * const { files } = exportWasm(compile([x, w], [cost, dw]), { name: 'model', shapes: [[100, 3], [3]] });
 * for (const [file, content] of Object.entries(files)) writeFileSync(file, content);
 * // elsewhere: import { load } from './model.mjs'; const model = await load(); const [cost, dw] = model(x, w);
 */
export function exportWasm(f: Exportable, options: ExportOptions = {}): ExportedModule {
  const name = checkedName(options.name ?? f.name);
  const plan = planExport(f, shapesOf(f, options.shapes));
  const { addresses, pages, scratch, procedures } = layOut(plan.schedule);
  const wasm = emitModule(procedures, {
    addresses,
    pages,
    scratch,
    memory: 'export',
    drivers: [{ name: 'run', calls: procedures.map((_, k) => k) }],
    data: segmentsOf(plan, addresses),
  });
  const signature = signatureOf(name, plan, addresses, f.isSingle);
  const [loader, types] = [loaderText(signature), typesText(signature)];
  const files = { [`${name}.wasm`]: wasm, [`${name}.mjs`]: loader, [`${name}.d.mts`]: types };
  return { name, wasm, loader, types, files };
}

function shapesOf(f: Exportable, given: ExportOptions['shapes']): readonly (readonly number[])[] {
  if (given === undefined) return staticShapes(f.inputs);
  f.inputs.forEach((x, i) => {
    const shape = given[i];
    if (shape !== undefined && !shapesConflict(shape, x.shape)) return;
    throw new ShapeError(
      `exportWasm: shape ${shape === undefined ? 'missing' : formatShape(shape)} for input ${i} (${x.toString()})`,
      {
        code: 'WASM_EXPORT_SHAPE',
        hint: `give ${f.inputs.length} shapes, one for each input, that fit them`,
        data: { position: i, shape },
      },
    );
  });
  return given;
}

function checkedName(name: string): string {
  if (/^[\w.-]+$/.test(name)) return name;
  throw new ValueError(`exportWasm: ${JSON.stringify(name)} is no name for files`, {
    code: 'WASM_EXPORT_NAME',
    hint: 'use letters, digits, -, _ and .',
    data: { name },
  });
}

function signatureOf(
  name: string,
  { inputs, outputs, state }: ExportPlan,
  addresses: ReadonlyMap<Buffer, number>,
  isSingle: boolean,
): Signature {
  const slot = ({ name: label, buffer, shape }: Room): Slot => [
    label,
    buffer.dtype,
    shape,
    addresses.get(buffer) ?? 0,
  ];
  return {
    name,
    inputs: inputs.map(slot),
    outputs: outputs.map(slot),
    state: state.map(slot),
    isSingle,
  };
}

function segmentsOf(
  { schedule: { constants }, state }: ExportPlan,
  addresses: ReadonlyMap<Buffer, number>,
): readonly DataSegment[] {
  return [...constants, ...state].map(({ buffer, value }) => ({
    address: addresses.get(buffer) ?? 0,
    bytes: bytesOf(value),
  }));
}

function bytesOf(value: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = denseData(value);
  return new Uint8Array(buffer, byteOffset, byteLength);
}
