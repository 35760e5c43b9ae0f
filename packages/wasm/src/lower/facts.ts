import { constantOf, registerType } from '@cotangent/loops';
import type { ReduceOp } from '@cotangent/loops';
import { contiguous } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import type { Apply, Constant } from '@cotangent/graph';
import { inMemory } from './lazy.ts';
import type { Lazy } from './lazy.ts';
import type { Resources } from './resources.ts';

/** How partial results of reductions combine. */
export const reductions: Readonly<Record<string, ReduceOp>> = {
  sum: 'add',
  prod: 'mul',
  max: 'max',
  min: 'min',
};

/** What updates of slices do with the part. */
export const sliceUpdates: Readonly<Record<string, 'add' | 'set'>> = {
  addSlice: 'add',
  setSlice: 'set',
};

/** Whether a tensor of shape `from` is repeated, as a part of `to`, along an axis outside of one of its own. */
export function isRepeated(from: readonly number[], to: readonly number[]): boolean {
  if (from === to) return false;
  const last = from.findLastIndex((size) => size !== 1);
  const added = to.length - from.length;
  return to.some(
    (size, axis) => size !== 1 && axis - added < last && (from[axis - added] ?? 1) === 1,
  );
}

/** A constant: in memory, or a number where all elements are the same. */
export function constantLazy({ value, dtype }: Constant, resources: Resources): Lazy {
  const { shape } = value;
  const element = onlyElement(value);
  if (element === undefined) return inMemory(resources.constant(value), shape);
  const only = constantOf(registerType[dtype], element);
  return { shape, dtype, at: () => only, flat: () => only, view: undefined };
}

/** What every element of a constant is, if they are all the same. */
function onlyElement(value: Tensor): number | undefined {
  if (value.size === 0) return undefined;
  const { data, offset } = contiguous(value);
  const first = data[offset]!;
  for (let k = 1; k < value.size; k++) if (!Object.is(data[offset + k], first)) return undefined;
  return first;
}

/** The axes that a reduction sums over, from its attributes or, for sumTo, from the two shapes. */
export function reducedAxes(
  node: Apply,
  from: readonly number[],
  to: readonly number[],
): readonly number[] | undefined {
  if (node.op.name === 'sumTo') {
    const added = from.length - to.length;
    return from.flatMap((size, axis) =>
      axis < added || (to[axis - added] === 1 && size !== 1) ? [axis] : [],
    );
  }
  const axes: unknown = 'axes' in node.attrs ? node.attrs.axes : undefined;
  return Array.isArray(axes) ? axes.filter((axis) => typeof axis === 'number') : undefined;
}
