import { Lop, compile, isVariable, tensor } from 'cotangent';
import type { Input, Tensor, Variable } from 'cotangent';
import { isFloat } from '@cotangent/tensor';

/** Compiled functions whose results are hashed together. */
export interface Case {
  readonly name: string;
  readonly run: () => readonly Tensor[];
}

/** Inputs of the shapes and dtypes of values. */
export function inputsFor(values: readonly Tensor[]): readonly Input[] {
  return values.map(({ dtype, shape }, k) => tensor(`x${k}`, { dtype, shape }));
}

/** Results of a graph compiled in the fast mode. */
export function results(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  values: readonly Tensor[],
): readonly Tensor[] {
  return compile(inputs, outputs, { onUnusedInput: 'ignore' })(...values);
}

/** Values, and the cotangents of the floating inputs: with the values as seeds, so that no structure is lost. */
export function withGradients(
  outputs: readonly Variable[],
  inputs: readonly Input[],
): readonly Variable[] {
  const floats = outputs.filter((y) => isFloat(y.dtype));
  const wrt = inputs.filter((x) => isFloat(x.dtype));
  if (floats.length === 0 || wrt.length === 0) return outputs;
  const terms: readonly unknown[] = Lop(floats, wrt, floats, {
    disconnectedInputs: 'ignore',
    nullGradients: 'return',
  });
  return [...outputs, ...terms.filter(isVariable)];
}

/** A case of one graph of inputs: its values and gradients. */
export function graphCase(
  name: string,
  values: readonly Tensor[],
  build: (...inputs: readonly Variable[]) => Variable | readonly Variable[],
): Case {
  return {
    name,
    run: () => {
      const inputs = inputsFor(values);
      const built = build(...inputs);
      return results(inputs, withGradients(isVariable(built) ? [built] : built, inputs), values);
    },
  };
}
