import type { BatchEntry, Variable } from '@cotangent/graph';
import { batchOf, batched } from '../batch.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { reshape } from '../shape/reshape.ts';
import { batchSizes, joinedSizes, sizeParts } from '../shape/shape.ts';
import { shapeAt } from '../shape/size.ts';
import { whole } from '../shape/whole.ts';
import type { ConvAttrs } from './geometry.ts';

/** What a batching rule makes of a node. */
type Batched = readonly [BatchEntry];

/** Two tensors of which each element of the batch has its own: a stack of convolutions. */
export function stackedBatch(
  a: BatchEntry,
  b: BatchEntry,
  attrs: ConvAttrs,
  apply: (as: Variable, bs: Variable, attrs: ConvAttrs) => Variable,
): Batched {
  const [as, bs] = [a, b].map((entry) => whole(entry, batchOf([a, b])));
  return [batched(apply(as!, bs!, { ...attrs, stacked: attrs.stacked + 1 }))];
}

/** The same of an adjoint, whose third input is the shape of the result. */
export function stackedAdjoint(
  a: BatchEntry,
  b: BatchEntry,
  sizes: BatchEntry,
  attrs: ConvAttrs,
  apply: (as: Variable, bs: Variable, sizes: Variable, attrs: ConvAttrs) => Variable,
): Batched | undefined {
  if (sizes.isBatched) return undefined;
  return stackedBatch(a, b, attrs, (as, bs, stacked) =>
    apply(as, bs, batchSizes(as, sizes.value), stacked),
  );
}

/** Inputs that have their kernels in common: one convolution of them all. */
export function foldedBatch(x: BatchEntry, apply: (xs: Variable) => Variable): Batched {
  const y = apply(mergedFront(x.value));
  const [count, n] = sizesOf(x.value);
  return [batched(reshape(y, [count!, n!, ...sizesOf(y).slice(1)]))];
}

/** The shape of a result whose batch is merged with the first axis, if the axes of one are known one by one. */
export function mergedSizes(sizes: Variable, batch: Variable): Variable | undefined {
  const parts = sizeParts(sizes);
  const [n, ...rest] = parts;
  const isListed =
    n !== undefined && parts.every((part) => typeof part === 'number' || part.rank === 0);
  return isListed ? joinedSizes([product(shapeAt(batch, 0), n), ...rest]) : undefined;
}

/** The first two axes as one. */
function mergedFront(x: Variable): Variable {
  const [count, n, ...rest] = sizesOf(x);
  return reshape(x, [product(count!, n!), ...rest]);
}

type Size = number | Variable;

function sizesOf(x: Variable): readonly Size[] {
  return x.shape.map((n, axis) => n ?? shapeAt(x, axis));
}

function product(a: Size, b: Size): Size {
  return typeof a === 'number' && typeof b === 'number' ? a * b : mul(a, b);
}
