import { grad as symbolicGrad } from '@cotangent/autodiff';
import type { GradOptions } from '@cotangent/autodiff';
import type { Variable } from '@cotangent/graph';
import type { GraphArguments, TensorsLike, ValueArguments } from './jit.ts';
import { valueAndGrad } from './value-and-grad.ts';
import type { ValueAndGradOptions } from './value-and-grad.ts';

/** Both forms of {@link grad}. */
export type Grad = typeof symbolicGrad & GradOfFunction;

/** `grad` of a function that builds a graph: a function of values that returns the gradient. */
export type GradOfFunction = <A extends GraphArguments, const N extends number = 0>(
  fn: (...args: A) => Variable,
  options?: ValueAndGradOptions<N>,
) => (...args: ValueArguments<A>) => TensorsLike<A[N]>;

/**
 * The gradient of a scalar: of a variable by variables, as a graph; or of a function, as a function.
 *
 * `grad(cost, wrt, options)` is `grad` of `@cotangent/autodiff`. `grad(fn, options)` traces `fn` as
 * {@link valueAndGrad} does and returns a function of values that gives the gradient alone.
 *
 * @throws what the two forms throw.
 * @example
 * const x = vector('x');
 * grad(sum(square(x)), x);                            // a variable: 2 · x
 * grad((x: Variable) => sum(square(x)))([1, 2]);      // a tensor: [2, 4]
 */
// One implementation serves both call signatures; which one applies is decided by the first argument.
export const grad: Grad = ((first: unknown, second?: unknown, third?: unknown): unknown =>
  typeof first === 'function'
    ? gradOf(first as (...args: GraphArguments) => Variable, second as ValueAndGradOptions<0>)
    : symbolicGrad(first as Variable, second as Variable, third as GradOptions)) as Grad;

function gradOf<A extends GraphArguments, N extends number>(
  fn: (...args: A) => Variable,
  options?: ValueAndGradOptions<N>,
): (...args: ValueArguments<A>) => TensorsLike<A[N]> {
  const both = valueAndGrad(fn, options);
  return (...args) => both(...args).grad;
}
