import type { Variable } from '@cotangent/graph';
import type { Tensor, TensorLike } from '@cotangent/tensor';
import { compileTrace, fillOutputs, outputsOf, traced } from './trace.ts';
import type { TraceOptions } from './trace.ts';
import type { Tree } from './tree.ts';

/** What a traced function may return: a variable, or an array or record of what it may return. */
export type TraceOutput =
  | Variable
  | readonly TraceOutput[]
  | { readonly [name: string]: TraceOutput };

/** Tensors in the structure of `R`. */
export type TensorsLike<R> = R extends Variable
  ? Tensor
  : { readonly [K in keyof R]: TensorsLike<R[K]> };

/** The arguments of the function of values made from a function of variables with arguments `A`. */
export type ValueArguments<A extends readonly unknown[]> = {
  readonly [K in keyof A]: ValuesLike<A[K]>;
};
type ValuesLike<T> = T extends Variable
  ? TensorLike
  : { readonly [K in keyof T]: ValuesLike<T[K]> };

/** Arguments of a function that builds a graph: variables, or records of them. */
export type GraphArguments = readonly Tree<Variable>[];

/**
 * A function of values from a function that builds a graph: traced and compiled at the first call for
 * each combination of dtypes and shapes, then taken from a bounded cache.
 *
 * @param fn - takes a variable for each value (or a record of variables for a record of values), and
 *   returns a variable or an array or record of them. It must depend on its arguments only: it runs
 *   once per signature, not once per call.
 * @returns a function that takes numbers, nested arrays, typed arrays, tensors or ndarrays, and returns
 *   tensors in the structure that `fn` returns.
 * @throws ArgumentTypeError for an argument that is no value, with its path; and whatever building or
 *   compiling the graph throws.
 * @example
 * const norm = jit((x: Variable) => sqrt(sum(square(x))));
 * norm([3, 4]).item(); // 5
 */
export function jit<A extends GraphArguments, R extends TraceOutput>(
  fn: (...args: A) => R,
  options: TraceOptions = {},
): (...args: ValueArguments<A>) => TensorsLike<R> {
  const name = options.name ?? (fn.name || 'jit');
  return traced<ValueArguments<A>, TensorsLike<R>>(
    name,
    ({ inputs, trees }) => {
      // The trees have the structure of the arguments, variables in place of values.
      const returned = fn(...(trees as unknown as A));
      const run = compileTrace(name, inputs, outputsOf(returned, name));
      return {
        run: (leaves) => fillOutputs(returned, run(leaves).values()) as TensorsLike<R>,
      };
    },
    options,
  );
}
