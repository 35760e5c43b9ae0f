import { compile } from '@cotangent/compile';
import type { Mode } from '@cotangent/compile';
import type { Input, Variable } from '@cotangent/graph';
import type { Tensor } from '@cotangent/tensor';

/** Values of some outputs for values of all inputs. */
export type TensorFunction = (...xs: readonly Tensor[]) => readonly Tensor[];

/** A compiled function that tolerates inputs on which nothing depends. */
export function compiled(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  mode: Mode | undefined,
): TensorFunction {
  return compile(inputs, outputs, { onUnusedInput: 'ignore', ...(mode !== undefined && { mode }) });
}
