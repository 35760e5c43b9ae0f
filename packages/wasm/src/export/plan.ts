import type { CompiledFunction, Program } from '@cotangent/compile';
import { Shared } from '@cotangent/compile';
import {
  addressOf,
  buffer as makeBuffer,
  forLoop,
  i32,
  index,
  load,
  store,
} from '@cotangent/loops';
import type { Buffer, Statement } from '@cotangent/loops';
import { isKnownShape } from '@cotangent/graph';
import type { Input } from '@cotangent/graph';
import { CotangentError, ShapeError, rowMajorStrides } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { inMemory, isDense, sizeOf } from '../lower/lazy.ts';
import type { BufferView, Lazy } from '../lower/lazy.ts';
import { schedule } from '../lower/schedule.ts';
import type { Schedule, Step } from '../lower/schedule.ts';
import { specialise } from '../lower/specialise.ts';

/** What must be known of a compiled function. */
export type Exportable = Pick<
  CompiledFunction,
  'inputs' | 'isSingle' | 'name' | 'program' | 'updated'
>;

/** A tensor of a stand-alone module: dense, in a buffer of its own. */
export interface Room {
  readonly name: string;
  readonly buffer: Buffer;
  readonly shape: readonly number[];
}

/** A compiled function for fixed shapes, before it becomes code. */
export interface ExportPlan {
  readonly schedule: Schedule;
  readonly inputs: readonly Room[];
  readonly outputs: readonly Room[];
  /** Shared variables, with the values they have now. */
  readonly state: readonly (Room & { readonly value: Tensor })[];
}

/**
 * Lays a compiled function out as a module that keeps its shared variables itself.
 *
 * @param shapes - of the arguments.
 * @throws CotangentError `WASM_EXPORT_EVAL` if an op has no lowering, or shapes depend on values.
 */
export function planExport(f: Exportable, shapes: readonly (readonly number[])[]): ExportPlan {
  const { program, inputs, updated } = f;
  const read = program.inputs.slice(inputs.length).filter((x) => x instanceof Shared);
  const values = read.map((variable) => variable.get());
  const laid = scheduleOf(program, [...shapes, ...values.map((value) => value.shape)]);
  const rooms = new Rooms(laid);
  const outputs = laid.outputs.map((lazy, k) => rooms.own(lazy, `out${k}`));
  const count = laid.outputs.length - updated.length;
  const results = updated.map((_, k) => outputs[count + k]!);
  const argumentRooms = inputs.map((x, i) =>
    roomOf(nameOf(x, `x${i}`), laid.inputs[i]!, shapes[i]!),
  );
  const state = read.map((variable, i) => ({
    ...roomOf(nameOf(variable, `state${i}`), laid.inputs[inputs.length + i]!, values[i]!.shape),
    value: values[i]!,
  }));
  // A new value replaces the old one when all are computed; of a variable that is not read it is only shown.
  const unread = updated.flatMap((variable, k) => {
    const at = read.indexOf(variable);
    if (at >= 0) rooms.copy(results[k]!, state[at]!);
    return at >= 0
      ? []
      : [{ ...results[k]!, name: nameOf(variable, `state${k}`), value: variable.get() }];
  });
  return {
    schedule: rooms.schedule(outputs),
    inputs: argumentRooms,
    outputs: outputs.slice(0, count),
    state: [...state, ...unread],
  };
}

/**
 * The shapes that a function's arguments always have.
 *
 * @throws ShapeError `WASM_EXPORT_SHAPE` naming the first input of which a size is not known.
 */
export function staticShapes(inputs: readonly Input[]): readonly (readonly number[])[] {
  return inputs.map((x, i) => {
    if (isKnownShape(x.shape)) return x.shape;
    throw new ShapeError(`exportWasm: the shape of input ${i} (${x.toString()}) is not fixed`, {
      code: 'WASM_EXPORT_SHAPE',
      hint: 'give the shapes of all inputs: exportWasm(f, { shapes: [[100, 3], [3]] })',
      data: { position: i, shape: x.shape },
    });
  });
}

function scheduleOf(program: Program, shapes: readonly (readonly number[])[]): Schedule {
  const specialised = specialise(program, shapes);
  if (specialised === undefined) throw notExportable('the shape of some result depends on values');
  const laid = schedule(specialised.inputs, specialised.nodes, specialised.outputs);
  const host = laid.steps.flatMap((step) => (step.kind === 'host' ? [step.node.op.name] : []));
  if (host.length > 0) {
    throw notExportable(`only JavaScript evaluates ${[...new Set(host)].join(', ')}`);
  }
  return laid;
}

function notExportable(why: string): CotangentError {
  return new CotangentError(`exportWasm: ${why}`, {
    code: 'WASM_EXPORT_EVAL',
    hint: 'a module that stands alone computes everything itself: use ops with a lowering, of fixed shapes',
    data: { why },
  });
}

function nameOf(x: Input, fallback: string): string {
  return x.name ?? fallback;
}

function roomOf(name: string, buffer: Buffer, shape: readonly number[]): Room {
  return { name, buffer, shape };
}

/** Adds copies to a schedule, so that results lie where nothing else does. */
class Rooms {
  readonly #laid: Schedule;
  readonly #copies: Statement[] = [];
  readonly #taken: Set<Buffer>;
  readonly #sizes: Map<Buffer, number>;

  constructor(laid: Schedule) {
    this.#laid = laid;
    this.#taken = new Set([...laid.inputs, ...laid.constants.map(({ buffer }) => buffer)]);
    this.#sizes = new Map(laid.sizes);
  }

  /** A room that holds a result alone: that of the result itself if it does. */
  own({ view, shape, dtype }: Lazy, name: string): Room {
    if (view === undefined) throw new Error('wasm: a result must be in memory');
    const isWhole = this.#sizes.get(view.buffer) === sizeOf(shape) && view.offset === 0;
    if (isWhole && isDense(shape, view.strides) && !this.#taken.has(view.buffer)) {
      this.#taken.add(view.buffer);
      return { name, buffer: view.buffer, shape };
    }
    const room = { name, buffer: makeBuffer(name, dtype), shape };
    this.#sizes.set(room.buffer, sizeOf(shape));
    this.#taken.add(room.buffer);
    this.#copies.push(...copying(view, shape, room.buffer));
    return room;
  }

  copy(from: Room, to: Room): void {
    const view = { buffer: from.buffer, offset: 0, strides: rowMajorStrides(from.shape) };
    this.#copies.push(...copying(view, from.shape, to.buffer));
  }

  schedule(outputs: readonly Room[]): Schedule {
    const last: readonly Step[] =
      this.#copies.length === 0
        ? []
        : [{ kind: 'statements', name: 'results', statements: this.#copies }];
    return {
      ...this.#laid,
      steps: [...this.#laid.steps, ...last],
      outputs: outputs.map(({ buffer, shape }) => inMemory(buffer, shape)),
      sizes: this.#sizes,
    };
  }
}

function copying(
  { buffer, offset, strides }: BufferView,
  shape: readonly number[],
  to: Buffer,
): readonly Statement[] {
  const counters = shape.map((_, axis) => index(`c${axis}`));
  const entry = store(
    to,
    addressOf(counters, rowMajorStrides(shape), 0),
    load(buffer, addressOf(counters, strides, offset)),
  );
  return counters.reduceRight<readonly Statement[]>(
    (body, counter, axis) => {
      const vector = axis === counters.length - 1;
      return [forLoop(counter, i32(0), i32(shape[axis]!), body, { vector })];
    },
    [entry],
  );
}
