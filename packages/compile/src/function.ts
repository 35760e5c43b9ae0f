import type { Tensor, TensorLike } from '@cotangent/tensor';
import type { Input, Variable } from '@cotangent/graph';
import type { ShapeOnly } from './arguments.ts';
import type { Statistics } from './backend.ts';
import { Caller } from './caller.ts';
import type { CallPlan } from './caller.ts';
import type { Program } from './program.ts';
import type { Shared } from './shared.ts';

/** One value for each input. */
export type ArgumentsOf<I extends readonly Input[]> = { readonly [K in keyof I]: TensorLike };

/** One tensor for a single output, an array of them for an array. */
export type ResultsOf<O extends Variable | readonly Variable[]> = O extends readonly Variable[]
  ? { readonly [K in keyof O]: Tensor }
  : Tensor;

/** For each input a value, or the shape of one that comes with each call. */
export type PlacementsOf<I extends readonly Input[]> = {
  readonly [K in keyof I]: TensorLike | ShapeOnly;
};

/** A tensor for each value that was placed. */
export type PlacedOf<A extends readonly unknown[]> = { readonly [K in keyof A]: Placed<A[K]> };
type Placed<T> = T extends TensorLike ? Tensor : undefined;

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
  /** Whether one variable was asked for, and a call returns one tensor. */
  readonly isSingle: boolean;
  /** Shared variables that a call changes, in the order of their new values in `program`. */
  readonly updated: readonly Shared[];
  /**
   * Like a call, writing the results into tensors of the same dtypes and shapes, which may be strided
   * views and may be arguments as well. Nothing is allocated if arguments and targets are dense tensors of
   * the same shapes as in the call before.
   *
   * @throws as a call, and ArgumentTypeError `COMPILE_OUT_COUNT`, `COMPILE_OUT_TYPE`; DTypeError
   *   `COMPILE_OUT_DTYPE`; ShapeError `COMPILE_OUT_SHAPE`, `COMPILE_OUT_BROADCAST`. Nothing is written then.
   */
  readonly callInto: (args: ArgumentsOf<I>, outs: ResultsOf<O>) => void;
  /**
   * Puts values where the function computes, so that calls need not copy them there: training data, for
   * example. Each value gets a tensor that lives in memory of the function.
   *
   * A call that passes all tensors of one placement, each in its position, copies nothing for them. Any
   * other call is right as well, and copies what it passes. No call writes to a placed tensor, but writing
   * to one changes what the function reads. It keeps its memory until it is forgotten itself.
   *
   * @param args - for each input a value as in a call, or `{ shape }` for one that is passed with each call.
   * @returns for each value a dense tensor, for each shape `undefined`.
   * @throws what a call throws for its arguments; ShapeError `SHAPE_INVALID`.
   * @example
   * const [X, y] = f.place(xData, yData, { shape: [100] });
   * for (let k = 0; k < 1000; k++) f.callInto([X, y, w], [cost, gradient]); // copies w in and the results out
   */
  readonly place: <const A extends PlacementsOf<I>>(...args: A) => PlacedOf<A>;
  /**
   * Makes now, without blocking while the engine compiles, what the first call with such arguments would
   * make. Calls at the same time share the work, and a call need not wait for it.
   *
   * @param args - for each input a value as in a call, or `{ shape }`.
   * @throws by rejection, what `place` throws, and errors of compilation.
   * @example
   * await f.prepare({ shape: [10_000, 100] }, { shape: [100] });
   */
  readonly prepare: (...args: PlacementsOf<I>) => Promise<void>;
  /** What is kept between calls; all zeros for a backend that keeps nothing. */
  readonly statistics: () => Statistics;
  /**
   * Lets go of all compiled code and memory. The next call makes anew what it needs; placed tensors stay
   * readable, and are copied when they are passed; shared variables keep their values.
   */
  readonly release: () => void;
  /** As text: what was asked for, which rewrites fired, and what runs in which order. */
  readonly explain: () => string;
}

/** A compiled function whose types of arguments and results are forgotten. */
export interface UntypedFunction {
  (...args: readonly unknown[]): Tensor | readonly Tensor[];
  readonly callInto: (args: unknown, outs: unknown) => void;
  readonly place: (...args: readonly unknown[]) => readonly (Tensor | undefined)[];
  readonly prepare: (...args: readonly unknown[]) => Promise<void>;
}

/** What a compiled function is made of. */
export interface Plan extends CallPlan {
  readonly outputs: readonly Variable[];
  readonly explain: () => string;
}

/** Makes the function that users call. */
export function makeFunction(plan: Plan): UntypedFunction {
  const caller = new Caller(plan);
  const call = (...args: readonly unknown[]): Tensor | readonly Tensor[] => caller.call(args);
  Object.defineProperty(call, 'name', { value: plan.settings.name, configurable: true });
  return Object.assign(call, {
    inputs: plan.request.inputs,
    outputs: plan.outputs,
    program: plan.program,
    isSingle: plan.isSingle,
    updated: plan.request.updated,
    explain: plan.explain,
    callInto: (args: unknown, outs: unknown): void => caller.callInto(args, outs),
    place: (...args: readonly unknown[]) => caller.place(args),
    prepare: (...args: readonly unknown[]) => caller.prepare(args),
    statistics: () => caller.statistics(),
    release: () => caller.release(),
  });
}
