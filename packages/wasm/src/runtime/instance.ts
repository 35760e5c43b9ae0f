import { evaluateNode } from '@cotangent/compile';
import type { ProgramNode } from '@cotangent/compile';
import { bytesOf, printProcedure } from '@cotangent/loops';
import type { Buffer, ElementType } from '@cotangent/loops';
import {
  CotangentError,
  Tensor,
  ValueError,
  assign,
  isContiguous,
  rowMajorStrides,
} from '@cotangent/tensor';
import type { DType, TypedArray } from '@cotangent/tensor';
import { emitModule } from '../emit/module.ts';
import { elementaryFunctions } from '../functions/index.ts';
import { scratchBytes } from '../kernels/statement.ts';
import type { Lazy } from '../lower/lazy.ts';
import type { HostStep, Schedule } from '../lower/schedule.ts';
import { planMemory } from './memory.ts';
import { lifetimesOf, plannedSteps } from './procedures.ts';

const pageBytes = 65536;

/** A schedule as a module with its own memory, ready to be called. */
export interface Instance {
  /** Writes the inputs, runs every step, and returns views of the memory, valid until the next run. */
  run(inputs: readonly Tensor[]): readonly Tensor[];
  /** Bytes of the module and of its memory. */
  readonly moduleBytes: number;
  readonly memoryBytes: number;
  /** The steps as text, loops in the loop language. */
  explain(): string;
}

/**
 * Compiles a schedule: one module, one memory of exactly the planned size.
 *
 * @throws ValueError `WASM_TOO_LARGE` if 4 GiB do not suffice; CotangentError `WASM_NO_MEMORY` if the
 *   engine has no more to give.
 */
export function instantiate(schedule: Schedule, shapes: readonly (readonly number[])[]): Instance {
  const steps = plannedSteps(schedule);
  const plan = planMemory(lifetimesOf(schedule, steps));
  const procedures = steps.flatMap((step) => (step.kind === 'procedure' ? [step.procedure] : []));
  const scratch = plan.bytes;
  const pages = Math.max(1, Math.ceil((scratch + scratchBytes(procedures)) / pageBytes));
  const bytes = emitModule(procedures, {
    addresses: plan.addresses,
    pages,
    scratch,
    functions: elementaryFunctions,
  });
  const memory = memoryOf(pages);
  const module = new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const space = new Space(memory, plan.addresses);
  for (const { buffer, value } of schedule.constants)
    assign(space.dense(buffer, value.shape), value);
  const runs = steps.map((step): (() => void) =>
    step.kind === 'host' ? hostStep(step, space) : functionOf(exports, step.procedure.name),
  );
  const targets = schedule.inputs.map((buffer, i) => space.dense(buffer, shapes[i]!));
  const results = schedule.outputs.map((lazy) => space.viewOf(lazy));
  return {
    moduleBytes: bytes.length,
    memoryBytes: memory.buffer.byteLength,
    explain: () =>
      steps
        .map((step, k) =>
          step.kind === 'host'
            ? `step${k}: ${step.onlyIfSuspect === true ? 'check' : 'eval'} of ${step.node.op.name}`
            : printProcedure(step.procedure),
        )
        .join('\n'),
    run: (inputs) => {
      for (let i = 0; i < targets.length; i++) write(targets[i]!, inputs[i]!);
      for (let k = 0; k < runs.length; k++) runs[k]!();
      return results;
    },
  };
}

/** The most pages that 32-bit addresses reach: 4 GiB. */
const mostPages = 65536;

function memoryOf(pages: number): WebAssembly.Memory {
  if (pages > mostPages) {
    throw new ValueError(`wasm: the graph needs ${pages} pages of memory, more than ${mostPages}`, {
      code: 'WASM_TOO_LARGE',
      hint: "a module addresses 4 GiB; work on smaller batches, or compile with mode: 'reference'",
      data: { pages },
    });
  }
  try {
    return new WebAssembly.Memory({ initial: pages });
  } catch (cause) {
    throw new CotangentError(`wasm: no memory for ${pages} pages of 64 KiB`, {
      code: 'WASM_NO_MEMORY',
      hint: 'let go of compiled functions that are no longer needed, or work on smaller batches',
      data: { pages },
      cause,
    });
  }
}

function functionOf(exports: WebAssembly.Exports, name: string): () => void {
  const found = exports[name];
  if (typeof found !== 'function') throw new Error(`wasm: the module does not export ${name}`);
  return found as () => void; // emitted without parameters and results
}

function write(target: Tensor, value: Tensor): void {
  if (!isContiguous(value)) return assign(target, value);
  const { data, offset, size } = value;
  if (size === 1) target.data[target.offset] = data[offset]!;
  else target.data.set(data.subarray(offset, offset + size), target.offset);
}

/** Runs the op's own `eval` on views of the memory, and writes what it returns. */
function hostStep(step: HostStep, space: Space): () => void {
  const { node } = step;
  const types = node.outputs.map((y) => y.type);
  const programNode: ProgramNode = { apply: node, inputs: [], outputs: [], types, released: [] };
  const inputs = step.inputs.map((lazy) => space.viewOf(lazy));
  const targets = step.outputs.map((buffer, j) => space.dense(buffer, known(types[j]!.shape)));
  const { suspects } = node.op;
  return () => {
    if (step.onlyIfSuspect === true && suspects?.(targets, node.attrs) !== true) return;
    evaluateNode(programNode, inputs).forEach((value, j) => assign(targets[j]!, value));
  };
}

function known(shape: readonly (number | null)[]): readonly number[] {
  return shape.map((size) => size ?? 0);
}

/** Tensors over the linear memory. */
class Space {
  readonly #addresses: ReadonlyMap<Buffer, number>;
  readonly #arrays: { readonly [D in ElementType]: TypedArray };

  constructor(memory: WebAssembly.Memory, addresses: ReadonlyMap<Buffer, number>) {
    this.#addresses = addresses;
    const bytes = new Uint8Array(memory.buffer);
    this.#arrays = {
      float64: new Float64Array(memory.buffer),
      float32: new Float32Array(memory.buffer),
      int32: new Int32Array(memory.buffer),
      uint8: bytes,
      bool: bytes,
    };
  }

  dense(buffer: Buffer, shape: readonly number[]): Tensor {
    return this.#tensor(buffer, shape, rowMajorStrides(shape), 0);
  }

  viewOf({ view, shape }: Lazy): Tensor {
    if (view === undefined) throw new Error('wasm: a value that is read must be in memory');
    return this.#tensor(view.buffer, shape, view.strides, view.offset);
  }

  #tensor(
    buffer: Buffer,
    shape: readonly number[],
    strides: readonly number[],
    offset: number,
  ): Tensor {
    const dtype: DType = buffer.dtype;
    const start = (this.#addresses.get(buffer) ?? 0) / bytesOf[dtype];
    return new Tensor(this.#arrays[dtype], shape, strides, start + offset, dtype);
  }
}
