import type { BatchEntry, Variable } from '@cotangent/graph';
import { broadcastTo } from './broadcast.ts';
import { batchSizes, shapeVectorOf } from './shape.ts';
import { withUnitAxes } from './transpose.ts';

/** The input as a batch: one that all elements share is repeated, as many times as `like` has elements. */
export function whole({ value, isBatched }: BatchEntry, like: Variable): Variable {
  return isBatched ? value : broadcastTo(value, batchSizes(like, shapeVectorOf(value)));
}

/**
 * The input so that it broadcasts beside batches of elements of `rank`: a batch of elements of lower rank gets axes of
 * size 1 behind the batch.
 */
export function aligned({ value, isBatched }: BatchEntry, rank: number): Variable {
  return isBatched ? withUnitAxes(value, 1, rank + 1 - value.rank) : value;
}
