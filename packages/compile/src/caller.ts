import { ArgumentTypeError, assign, copy, isTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { readArgument, readPlacement } from './arguments.ts';
import type { Placement } from './arguments.ts';
import type { Executable, Ready, Shapes, Statistics } from './backend.ts';
import { describeValue } from './errors.ts';
import type { Linked } from './linked.ts';
import type { Links } from './links.ts';
import type { Settings } from './options.ts';
import type { Program } from './program.ts';
import type { Request } from './request.ts';
import { buffersOf, checkTargetShapes, checkTargets, own, writeAll } from './results.ts';
import type { Buffers } from './results.ts';
import { labelOf } from './shared.ts';

/** What a compiled function runs. */
export interface CallPlan {
  readonly request: Request;
  readonly settings: Settings;
  readonly program: Program;
  readonly executable: Executable;
  /** Those of `executable`. */
  readonly links: Links;
  readonly isSingle: boolean;
}

/** One computation, before anything outside is changed. */
interface Computed {
  readonly results: readonly Tensor[];
  readonly updates: readonly Tensor[];
  /** Storage that results and updates may not share. */
  readonly taken: Buffers;
  /** What can apply the updates itself. */
  readonly linked: Linked | undefined;
}

const nothingKept: Statistics = {
  modules: 0,
  hits: 0,
  misses: 0,
  evictions: 0,
  moduleBytes: 0,
  memoryBytes: 0,
};

/** The calls of a compiled function: a short way for a call like the one before, and one for every call. */
export class Caller {
  readonly #plan: CallPlan;
  readonly #links: Links;
  readonly #labels: readonly string[];
  #constants: Buffers | undefined;

  constructor(plan: CallPlan) {
    const { request, settings } = plan;
    this.#plan = plan;
    this.#links = plan.links;
    this.#labels = request.inputs.map(
      (x, i) => `${settings.name}: argument ${i} (${x.toString()})`,
    );
  }

  call(args: readonly unknown[]): Tensor | readonly Tensor[] {
    const { isSingle, settings } = this.#plan;
    const linked = this.#links.latest;
    if (linked === undefined || !linked.keepsUpdates || !linked.receive(args)) {
      return this.#callAnyhow(args);
    }
    linked.run();
    if (settings.borrow) return isSingle ? linked.borrowed()[0]! : linked.borrowed();
    const results = isSingle ? linked.result() : linked.results();
    linked.commit();
    return results;
  }

  #callAnyhow(args: readonly unknown[]): Tensor | readonly Tensor[] {
    const { isSingle, settings } = this.#plan;
    const { results, updates, taken, linked } = this.#compute(args);
    const given = settings.borrow ? results : results.map((value) => own(value, taken));
    if (settings.borrow) for (const value of given) taken.add(value.data.buffer);
    if (linked === undefined) this.#commit(updates.map((value) => own(value, taken)));
    else linked.commit();
    return isSingle ? given[0]! : given;
  }

  callInto(args: unknown, outs: unknown): void {
    if (this.#callIntoLatest(args, outs)) return;
    const { request, settings, isSingle } = this.#plan;
    const { name } = settings;
    const given = listOf(args, name);
    const wanted = request.outputs.slice(0, request.outputCount);
    const targets = checkTargets(name, isSingle ? [outs] : listOf(outs, name), wanted);
    const { results, updates, taken, linked } = this.#compute(given);
    checkTargetShapes(name, targets, results);
    for (const { data } of targets) taken.add(data.buffer);
    const kept = linked === undefined ? updates.map((value) => own(value, taken)) : [];
    writeAll(targets, results);
    if (linked === undefined) this.#commit(kept);
    else linked.commit();
  }

  /** Allocates nothing. */
  #callIntoLatest(args: unknown, outs: unknown): boolean {
    const linked = this.#links.latest;
    if (linked === undefined || !linked.keepsUpdates || !Array.isArray(args)) return false;
    if (this.#plan.isSingle) {
      if (!linked.accepts(outs, 0) || !linked.receive(args)) return false;
      linked.run();
      linked.send(outs, 0);
    } else {
      if (!this.#accepts(linked, outs) || !linked.receive(args)) return false;
      linked.run();
      for (let j = 0; j < outs.length; j++) linked.send(outs[j]!, j);
    }
    linked.commit();
    return true;
  }

  #accepts(linked: Linked, outs: unknown): outs is readonly Tensor[] {
    if (!Array.isArray(outs) || outs.length !== this.#plan.request.outputCount) return false;
    for (let j = 0; j < outs.length; j++) {
      if (!linked.accepts(outs[j], j)) return false;
      for (let k = 0; k < j; k++) if (outs[k] === outs[j]) return false;
    }
    return true;
  }

  place(args: readonly unknown[]): readonly (Tensor | undefined)[] {
    const { executable } = this.#plan;
    const wanted = this.#placements(args);
    const isPlaced = wanted.map(isTensor);
    const ready = isPlaced.includes(true)
      ? executable.place?.(this.#shapes(wanted), isPlaced)
      : undefined;
    return wanted.map((value, i) =>
      isTensor(value) ? placed(value, ready?.inputs[i]) : undefined,
    );
  }

  async prepare(args: readonly unknown[]): Promise<void> {
    await this.#plan.executable.build?.(this.#shapes(this.#placements(args)));
  }

  statistics(): Statistics {
    return this.#plan.executable.statistics?.() ?? nothingKept;
  }

  release(): void {
    this.#plan.executable.release?.();
  }

  #placements(args: readonly unknown[]): readonly Placement[] {
    const { inputs } = this.#plan.request;
    if (args.length !== inputs.length) throw this.#wrongCount(args.length);
    return inputs.map((input, i) => readPlacement(args[i], input.type, this.#labels[i]!));
  }

  #shapes(wanted: readonly Placement[]): Shapes {
    const read = this.#plan.request.read.map((variable) => variable.cell.value);
    return [...wanted, ...read].map(({ shape }) => shape);
  }

  #compute(args: readonly unknown[]): Computed {
    const { request, executable } = this.#plan;
    const values = this.#read(args);
    for (const variable of request.read) values.push(variable.cell.value);
    const ready = executable.readyFor?.(values);
    return ready === undefined ? this.#evaluate(values) : this.#runReady(ready, values);
  }

  #runReady(ready: Ready, values: readonly Tensor[]): Computed {
    const linked = this.#links.of(ready);
    linked.write(values);
    const computed = linked.run();
    const results = computed.slice(0, this.#plan.request.outputCount);
    const taken = buffersOf([...values, ...computed]);
    if (linked.keepsUpdates) return { results, updates: [], taken, linked };
    return { results, updates: this.#checkedUpdates(computed), taken, linked: undefined };
  }

  #evaluate(values: Tensor[]): Computed {
    const { request, executable } = this.#plan;
    const count = request.inputs.length;
    request.read.forEach((variable, k) => (values[count + k] = variable.cell.settle()));
    const computed = executable.run(values);
    const results = computed.slice(0, request.outputCount);
    const taken = new Set(executable.reusesMemory === true ? [] : this.#constantBuffers());
    for (const { data } of values) taken.add(data.buffer);
    if (executable.reusesMemory === true) for (const y of computed) taken.add(y.data.buffer);
    return { results, updates: this.#checkedUpdates(computed), taken, linked: undefined };
  }

  /** The storage of constants, which results may be views of. */
  #constantBuffers(): Buffers {
    const { constants } = this.#plan.program;
    return (this.#constants ??= buffersOf(constants.map(({ value }) => value)));
  }

  /** All of them are checked before any is applied, so that a failing call changes nothing. */
  #checkedUpdates(computed: readonly Tensor[]): readonly Tensor[] {
    const { request, settings } = this.#plan;
    return computed.slice(request.outputCount).map((value, i) => {
      const target = request.updated[i]!;
      return readArgument(value, target.type, `${settings.name}: update of ${labelOf(target)}`);
    });
  }

  #read(args: readonly unknown[]): Tensor[] {
    const { inputs } = this.#plan.request;
    if (args.length !== inputs.length) throw this.#wrongCount(args.length);
    return inputs.map((input, i) => readArgument(args[i], input.type, this.#labels[i]!));
  }

  #wrongCount(count: number): ArgumentTypeError {
    const { request, settings } = this.#plan;
    const expected = request.inputs.length;
    const names = request.inputs.map((x) => x.toString()).join('; ');
    return new ArgumentTypeError(`${settings.name}: got ${count} arguments, not ${expected}`, {
      code: 'COMPILE_ARGUMENT_COUNT',
      hint: expected === 0 ? 'it takes none' : `it takes ${names}`,
      data: { count, expected },
    });
  }

  /** Everything was checked before, so that none of this fails. */
  #commit(values: readonly Tensor[]): void {
    values.forEach((value, i) => this.#plan.request.updated[i]!.cell.keep(value));
  }
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ArgumentTypeError(`${name}: callInto got ${describeValue(value)}, not an array`, {
    code: 'COMPILE_OUT_COUNT',
    hint: 'write f.callInto([x, y], [out1, out2]), and one tensor for a function with a single output',
  });
}

function placed(value: Tensor, room: Tensor | undefined): Tensor {
  if (room === undefined) return copy(value);
  assign(room, value);
  return room;
}
