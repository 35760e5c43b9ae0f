import type { BatchEntry, OpFunction, Variable } from '@cotangent/graph';
import { batchOf, shiftAxis } from '../batch.ts';
import { arange } from '../create/arange.ts';
import { shapeAt } from '../shape/size.ts';
import { moveAxis, withUnitAxes } from '../shape/transpose.ts';
import { aligned, whole } from '../shape/whole.ts';

type Attrs = { readonly axes: readonly number[] };

/** The rank to which the elements of some batches broadcast. */
export function elementRank(entries: readonly BatchEntry[]): number {
  return Math.max(0, ...entries.map(({ value, isBatched }) => value.rank - Number(isBatched)));
}

export function someBatched(entries: readonly BatchEntry[]): boolean {
  return entries.some(({ isBatched }) => isBatched);
}

/** Indices for a batch of tensors, each with indices of its own: the number in the batch, then those of each element. */
export function batchedIndices(entries: readonly BatchEntry[]): readonly Variable[] {
  const rank = elementRank(entries);
  const number = arange(shapeAt(batchOf(entries), 0), undefined, undefined, { dtype: 'int32' });
  return [withUnitAxes(number, 1, rank), ...entries.map((entry) => aligned(entry, rank))];
}

/** A result that has the batch behind the axes of the indices, with the batch in front. */
export function batchInFront(value: Variable, indexRank: number): Variable {
  return moveAxis(value, indexRank, 0);
}

/** An update of every element of a batch at once. */
export function batchedUpdate(
  make: OpFunction<number, 1, Attrs>,
  entries: readonly BatchEntry[],
  { axes }: Attrs,
): Variable {
  const [x, v, ...indices] = entries;
  const target = whole(x!, batchOf(entries));
  const rank = elementRank(indices);
  const valueRank = rank + target.rank - 1 - axes.length;
  const shifted = axes.map(shiftAxis);
  if (someBatched(indices)) {
    const all = batchedIndices(indices);
    return make([target, aligned(v!, valueRank), ...all], { axes: [0, ...shifted] });
  }
  const full = v!.isBatched
    ? aligned(v!, valueRank)
    : withUnitAxes(v!.value, 0, valueRank + 1 - v!.value.rank);
  const value = moveAxis(full, 0, rank);
  return make([target, value, ...indices.map((index) => index.value)], { axes: shifted });
}
