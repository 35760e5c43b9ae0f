import type { BatchEntry, Variable } from '@cotangent/graph';

// The vocabulary of batching rules: the batch is the leading axis of every batched input and output.

/** An output that has the batch in front. */
export function batched(value: Variable): BatchEntry {
  return { value, isBatched: true };
}

/** An output that all elements of the batch share, such as their shape. */
export function unbatched(value: Variable): BatchEntry {
  return { value, isBatched: false };
}

/** Where an axis of an element is in the batch. */
export function shiftAxis(axis: number): number {
  return axis + 1;
}

/** Attributes whose `axes` are those of an element, for the batch. */
export function shiftAxes<A extends { readonly axes: readonly number[] }>(attrs: A): A {
  return { ...attrs, axes: attrs.axes.map(shiftAxis) };
}

/** The first of the inputs that is batched: there is one. */
export function batchOf(inputs: readonly BatchEntry[]): Variable {
  return inputs.find(({ isBatched }) => isBatched)!.value;
}
