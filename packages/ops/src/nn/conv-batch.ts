import type { BatchEntry, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { reshape } from '../shape/reshape.ts';
import { shapeAt } from '../shape/size.ts';
import { moveAxis } from '../shape/transpose.ts';
import { whole } from '../shape/whole.ts';
import type { ConvAttrs } from './geometry.ts';

/** Inputs of which each has its own kernels: the batch becomes groups, if its size is known. */
export function groupedBatch(
  x: BatchEntry,
  w: BatchEntry,
  attrs: ConvAttrs,
  convolve: (xs: Variable, ws: Variable, attrs: ConvAttrs) => Variable,
): readonly [BatchEntry] | undefined {
  const count = w.value.shape[0] ?? null;
  if (count === null) return undefined;
  const xs = mergedAt(moveAxis(whole(x, w.value), 0, 1), 1); // [n, batch · c, …]
  const groups = attrs.groups * count;
  const y = convolve(xs, mergedAt(w.value, 0), { ...attrs, groups });
  const [n, , ...spatial] = sizesOf(y);
  return [batched(moveAxis(reshape(y, [n!, count, shapeAt(w.value, 1), ...spatial]), 1, 0))];
}

/** Inputs that have their kernels in common: one convolution of them all. */
export function foldedBatch(
  x: BatchEntry,
  convolve: (xs: Variable) => Variable,
): readonly [BatchEntry] {
  const y = convolve(mergedAt(x.value, 0));
  const [count, n] = sizesOf(x.value);
  return [batched(reshape(y, [count!, n!, ...sizesOf(y).slice(1)]))];
}

/** Two neighbouring axes as one. */
function mergedAt(x: Variable, axis: number): Variable {
  const sizes = sizesOf(x);
  const merged = product(sizes[axis]!, sizes[axis + 1]!);
  return reshape(x, [...sizes.slice(0, axis), merged, ...sizes.slice(axis + 2)]);
}

type Size = number | Variable;

function sizesOf(x: Variable): readonly Size[] {
  return x.shape.map((n, axis) => n ?? shapeAt(x, axis));
}

function product(a: Size, b: Size): Size {
  return typeof a === 'number' && typeof b === 'number' ? a * b : mul(a, b);
}
