import { i32 } from '@cotangent/loops';
import type { StridedView } from '@cotangent/loops';
import { linearOf } from './linear.ts';

/** Whether two views certainly share no element. */
export function areApart(a: StridedView, b: StridedView): boolean {
  if (a.buffer !== b.buffer) return true;
  const distance = distanceOf(a, b);
  if (distance === undefined) return false;
  const [p, q] = [extentOf(a), extentOf(b)];
  return distance + q.first > p.last || distance + q.last < p.first;
}

/** Whether two views are certainly the same elements in the same order. */
export function isSameView(a: StridedView, b: StridedView): boolean {
  return (
    a.buffer === b.buffer &&
    a.shape.length === b.shape.length &&
    a.shape.every(
      (size, k) => size === b.shape[k] && (size === 1 || a.strides[k] === b.strides[k]),
    ) &&
    distanceOf(a, b) === 0
  );
}

/** How far the first element of `b` lies behind that of `a`, if that is always the same. */
function distanceOf(a: StridedView, b: StridedView): number | undefined {
  const [p, q] = [linearOf(a.base ?? i32(0)), linearOf(b.base ?? i32(0))];
  const isParallel =
    p.terms.size === q.terms.size && [...p.terms].every(([x, scale]) => q.terms.get(x) === scale);
  return isParallel ? q.constant + b.offset - p.constant - a.offset : undefined;
}

function extentOf({ shape, strides }: StridedView): { first: number; last: number } {
  let [first, last] = [0, 0];
  shape.forEach((size, axis) => {
    const reach = Math.max(0, size - 1) * strides[axis]!;
    if (reach < 0) first += reach;
    else last += reach;
  });
  return { first, last };
}
