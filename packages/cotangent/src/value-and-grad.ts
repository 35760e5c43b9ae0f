import { grad } from '@cotangent/autodiff';
import { ShapeError, ValueError, formatShape } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import type { Tensor } from '@cotangent/tensor';
import type { GraphArguments, TensorsLike, ValueArguments } from './jit.ts';
import { compileTrace, outputsOf, traced } from './trace.ts';
import type { TracedArguments, TraceOptions } from './trace.ts';
import { unflatten, visit } from './tree.ts';

/** Options of {@link valueAndGrad} and {@link gradOf}. */
export interface ValueAndGradOptions<N extends number = number> extends TraceOptions {
  /** Which argument to differentiate by. Default 0. */
  readonly argument?: N;
}

/** A value and the gradient there, in the structure of the argument differentiated by. */
export interface ValueAndGrad<G> {
  readonly value: number;
  readonly grad: G;
}

/**
 * A function of values that gives the value of `fn` and its gradient by one argument, from a single
 * compiled graph. Traced per dtype and shape like {@link jit}.
 *
 * @param fn - builds a scalar from variables, or from records of variables.
 * @returns a function that returns `{ value, grad }`: a number, and tensors in the structure of the
 *   argument. An argument that `fn` does not use has zeros for a gradient.
 * @throws ShapeError if `fn` returns anything but a scalar; ValueError if `argument` is out of range.
 * @example
 * const h = valueAndGrad((w: Variable) => mean(square(w)));
 * h([1, 2, 3]); // { value: 4.666…, grad: [0.666…, 1.333…, 2] }
 */
export function valueAndGrad<A extends GraphArguments, const N extends number = 0>(
  fn: (...args: A) => Variable,
  options: ValueAndGradOptions<N> = {},
): (...args: ValueArguments<A>) => ValueAndGrad<TensorsLike<A[N]>> {
  const name = options.name ?? (fn.name || 'valueAndGrad');
  return traced<ValueArguments<A>, ValueAndGrad<TensorsLike<A[N]>>>(
    name,
    (trace) => {
      const { cost, tree, wrt } = costOf(name, fn, trace, options.argument ?? 0);
      const gradients = grad(cost, wrt, { disconnectedInputs: 'ignore', addNames: false });
      const run = compileTrace(name, trace.inputs, [cost, ...gradients]);
      return {
        run: (leaves) => {
          const [value, ...tensors] = run(leaves);
          // `tensors` has one tensor for each leaf of the argument.
          const structured = unflatten<Tensor>(tree, tensors.values()) as TensorsLike<A[N]>;
          return { value: value!.item(), grad: structured };
        },
      };
    },
    options,
  );
}

function costOf<A extends GraphArguments>(
  name: string,
  fn: (...args: A) => Variable,
  { trees }: TracedArguments,
  argument: number,
): { readonly cost: Variable; readonly tree: unknown; readonly wrt: readonly Input[] } {
  if (!(Number.isInteger(argument) && argument >= 0 && argument < trees.length)) {
    throw new ValueError(`${name}: there is no argument ${argument} to differentiate by`, {
      code: 'TRACE_ARGUMENT',
      hint: `the call has ${trees.length} arguments, counted from 0`,
      data: { argument },
    });
  }
  // The trees have the structure of the arguments, variables in place of values.
  const [cost, ...others] = outputsOf(fn(...(trees as unknown as A)), name);
  if (cost === undefined || others.length > 0 || cost.rank !== 0) {
    const shape = cost === undefined ? 'nothing' : formatShape(cost.shape);
    throw new ShapeError(`${name}: the function returns ${shape}, not a scalar`, {
      code: 'GRAD_COST_NOT_SCALAR',
      hint: 'reduce it to a scalar first (sum, mean)',
    });
  }
  const wrt: Input[] = [];
  const tree = trees[argument];
  visit(tree, '', (leaf) => wrt.push(leaf as Input)); // a traced tree has inputs for leaves
  return { cost, tree, wrt };
}
