import { compile } from '@cotangent/compile';
import type { Backend, Mode } from '@cotangent/compile';
import type { Input, Variable } from '@cotangent/graph';
import type { Tensor } from '@cotangent/tensor';

/** Values of some outputs for values of all inputs. */
export type TensorFunction = (...xs: readonly Tensor[]) => readonly Tensor[];

/** A compiled function that tolerates inputs on which nothing depends, and no outputs at all. */
export function compiled(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  mode: Mode | undefined,
  backend?: Backend,
): TensorFunction {
  if (outputs.length === 0) return () => []; // every derivative is absent: there is nothing to compute
  return compile(inputs, outputs, {
    onUnusedInput: 'ignore',
    ...(mode !== undefined && { mode }),
    ...(backend !== undefined && { backend }),
  });
}
