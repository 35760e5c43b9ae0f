import { ArgumentTypeError } from '@cotangent/tensor';
import type { Tensor, TensorLike } from '@cotangent/tensor';
import type { Input, Variable } from '@cotangent/graph';
import { readArgument } from './arguments.ts';
import type { Executable } from './backend.ts';
import { describeValue } from './errors.ts';
import type { Settings } from './options.ts';
import type { Program } from './program.ts';
import type { Request } from './request.ts';
import { buffersOf, checkTargetShapes, checkTargets, own, writeAll } from './results.ts';
import type { Buffers } from './results.ts';
import { labelOf } from './shared.ts';

/** One value for each input. */
export type ArgumentsOf<I extends readonly Input[]> = { readonly [K in keyof I]: TensorLike };

/** One tensor for a single output, an array of them for an array. */
export type ResultsOf<O extends Variable | readonly Variable[]> = O extends readonly Variable[]
  ? { readonly [K in keyof O]: Tensor }
  : Tensor;

/** A graph that can be called like a function. Made by `compile`. */
export interface CompiledFunction<
  I extends readonly Input[] = readonly Input[],
  O extends Variable | readonly Variable[] = Variable | readonly Variable[],
> {
  /**
   * Computes the outputs, and then applies the updates. A call that throws leaves every shared variable
   * as it was. Arguments are never written to.
   *
   * @param args - for each input a tensor, ndarray, typed array, nested array, number or boolean. Typed
   *   data converts only to a dtype that holds all its values, numbers and nested arrays if exact.
   * @returns dense tensors that share storage with nothing else (unless compiled with `borrow`).
   * @throws ArgumentTypeError `COMPILE_ARGUMENT_COUNT`, `COMPILE_ARGUMENT_TYPE`; DTypeError
   *   `COMPILE_ARGUMENT_DTYPE`; ShapeError `COMPILE_ARGUMENT_RANK`, `COMPILE_ARGUMENT_SHAPE`,
   *   `RAGGED_ARRAY`; ValueError `NOT_REPRESENTABLE` for a value that an integer or bool input cannot
   *   hold; what an op throws for values or shapes that do not fit; DebugError in mode `debug`.
   */
  (...args: ArgumentsOf<I>): ResultsOf<O>;
  readonly name: string;
  readonly inputs: readonly Input[];
  /** The outputs as they were asked for. */
  readonly outputs: readonly Variable[];
  /** What runs: the graph after replacements and rewrites. New values of updates follow the outputs. */
  readonly program: Program;
  /**
   * Like a call, writing the results into tensors of the same dtypes and shapes, which may be strided
   * views and may be arguments as well.
   *
   * @throws as a call, and ArgumentTypeError `COMPILE_OUT_COUNT`, `COMPILE_OUT_TYPE`; DTypeError
   *   `COMPILE_OUT_DTYPE`; ShapeError `COMPILE_OUT_SHAPE`, `COMPILE_OUT_BROADCAST`. Nothing is written then.
   */
  readonly callInto: (args: ArgumentsOf<I>, outs: ResultsOf<O>) => void;
  /** As text: what was asked for, which rewrites fired, and what runs in which order. */
  readonly explain: () => string;
}

/** What a compiled function is made of. */
export interface Plan {
  readonly request: Request;
  readonly settings: Settings;
  readonly program: Program;
  readonly executable: Executable;
  readonly isSingle: boolean;
  readonly outputs: readonly Variable[];
  readonly explain: () => string;
}

/** Makes the function that users call. */
export function makeFunction(plan: Plan): CompiledFunction {
  const caller = new Caller(plan);
  const { name } = plan.settings;
  const single = (results: readonly Tensor[]): Tensor | readonly Tensor[] =>
    plan.isSingle ? results[0]! : results;
  const call = (...args: readonly unknown[]): Tensor | readonly Tensor[] =>
    single(caller.call(args));
  Object.defineProperty(call, 'name', { value: name, configurable: true });
  return Object.assign(call, {
    inputs: plan.request.inputs,
    outputs: plan.outputs,
    program: plan.program,
    explain: plan.explain,
    callInto: (args: readonly unknown[], outs: unknown): void => {
      caller.callInto(listOf(args, name), plan.isSingle ? [outs] : listOf(outs, name));
    },
  });
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ArgumentTypeError(`${name}: callInto got ${describeValue(value)}, not an array`, {
    code: 'COMPILE_OUT_COUNT',
    hint: 'write f.callInto([x, y], [out1, out2]), and one tensor for a function with a single output',
  });
}

/** One computation, before anything outside is changed. */
interface Computed {
  readonly results: readonly Tensor[];
  readonly updates: readonly Tensor[];
  /** Storage that results and updates may not share. */
  readonly taken: Buffers;
}

class Caller {
  readonly #plan: Plan;
  readonly #labels: readonly string[];
  readonly #constants: Buffers;

  constructor(plan: Plan) {
    const { request, settings, program } = plan;
    this.#plan = plan;
    this.#labels = request.inputs.map(
      (x, i) => `${settings.name}: argument ${i} (${x.toString()})`,
    );
    this.#constants = buffersOf(program.constants.map(({ value }) => value));
  }

  call(args: readonly unknown[]): readonly Tensor[] {
    const { results, updates, taken } = this.#compute(args);
    const { borrow } = this.#plan.settings;
    const given = borrow ? results : results.map((value) => own(value, taken));
    if (borrow) for (const value of given) taken.add(value.data.buffer);
    this.#commit(updates.map((value) => own(value, taken)));
    return given;
  }

  callInto(args: readonly unknown[], outs: readonly unknown[]): void {
    const { request, settings } = this.#plan;
    const wanted = request.outputs.slice(0, request.outputCount);
    const targets = checkTargets(settings.name, outs, wanted);
    const { results, updates, taken } = this.#compute(args);
    checkTargetShapes(settings.name, targets, results);
    for (const { data } of targets) taken.add(data.buffer);
    const kept = updates.map((value) => own(value, taken));
    writeAll(targets, results);
    this.#commit(kept);
  }

  #compute(args: readonly unknown[]): Computed {
    const { request, settings, executable } = this.#plan;
    const values = this.#read(args);
    for (const variable of request.read) values.push(variable.get({ borrow: true }));
    const computed = executable.run(values);
    // All of them are checked before any is applied, so that a failing call changes nothing.
    const updates = computed.slice(request.outputCount).map((value, i) => {
      const target = request.updated[i]!;
      return readArgument(value, target.type, `${settings.name}: update of ${labelOf(target)}`);
    });
    const taken = new Set(this.#constants);
    for (const { data } of values) taken.add(data.buffer);
    if (executable.reusesMemory === true) for (const y of computed) taken.add(y.data.buffer);
    return { results: computed.slice(0, request.outputCount), updates, taken };
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
    values.forEach((value, i) => this.#plan.request.updated[i]!.set(value, { borrow: true }));
  }
}
