import type { Tensor } from '@cotangent/tensor';
import type { Absence } from '@cotangent/graph';

/** The gradient by one input, as a rule gave it: values, or the name of their absence. */
export type Term = Tensor | Absence;

/** A pullback in numbers: Jᵀu, one term per input. */
export type NumericPullback = (
  xs: readonly Tensor[],
  us: readonly (Tensor | Absence)[],
) => readonly Term[];

/** What is checked, wherever it comes from: a function with rules that claim to be its derivatives. */
export interface Subject {
  readonly name: string;
  readonly evaluate: (xs: readonly Tensor[]) => readonly Tensor[];
  readonly pullback: NumericPullback;
  /** Jv; one tangent per input, one result per output. */
  readonly pushforward?:
    | ((xs: readonly Tensor[], vs: readonly Tensor[]) => readonly Term[])
    | undefined;
  /** The function x ↦ Jᵀu by `wrt`, for fixed u, with its own rules. */
  readonly derivative?:
    | ((us: readonly Tensor[], wrt: readonly number[], at: readonly Tensor[]) => Subject)
    | undefined;
  /** The function x ↦ Jv for fixed tangents v, one per input, with its own rules. */
  readonly tangentDerivative?:
    | ((vs: readonly Tensor[], wrt: readonly number[]) => Subject)
    | undefined;
  /** `pattern[input][output]` for inputs of such types: what can influence what; default: everything. */
  readonly pattern?: ((xs: readonly Tensor[]) => readonly (readonly boolean[])[]) | undefined;
  /** Inputs and cotangents may be strided views. */
  readonly takesStrided: boolean;
  /** Cotangents may be absent. */
  readonly takesAbsent: boolean;
  /** The pullback with a batch axis in front of every input, cotangent and gradient. */
  readonly batched?: NumericPullback | undefined;
  /** The same pullback computed in other ways, by the name of each. */
  readonly variants: Readonly<Record<string, NumericPullback>>;
  /** Positions whose last axis holds real and imaginary parts. */
  readonly complexInputs: readonly number[];
  readonly complexOutputs: readonly number[];
  /** Types that were inferred for the outputs, as text, if they are not those of the values. */
  readonly typesDiffer?: ((xs: readonly Tensor[]) => string | undefined) | undefined;
  /** Imaginary parts of f at x + i·y, for the complex step. */
  readonly imaginaryPart?:
    | ((xs: readonly Tensor[], ys: readonly Tensor[]) => readonly Tensor[])
    | undefined;
}
