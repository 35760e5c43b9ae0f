import { fold, i32 } from '@cotangent/loops';
import type { StridedView, Value } from '@cotangent/loops';

/** Σ coefficient · name + constant. */
interface Linear {
  readonly terms: ReadonlyMap<Value, number>;
  readonly constant: number;
}

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

/** A value as a linear form; what is not a sum or a multiple is a name. */
function linearOf(x: Value): Linear {
  return fold<Linear>(x, (y, [p, q]) => {
    if (y.kind === 'const') return { terms: new Map(), constant: y.value };
    if (y.kind === 'binary' && p && q) {
      if (y.op === 'add') return combined(p, q, 1);
      if (y.op === 'sub') return combined(p, q, -1);
      if (y.op === 'mul' && q.terms.size === 0) return combined(zero, p, q.constant);
      if (y.op === 'mul' && p.terms.size === 0) return combined(zero, q, p.constant);
    }
    return { terms: new Map([[y, 1]]), constant: 0 };
  });
}

const zero: Linear = { terms: new Map(), constant: 0 };

function combined(a: Linear, b: Linear, scale: number): Linear {
  const terms = new Map(a.terms);
  for (const [x, k] of b.terms) {
    const sum = (terms.get(x) ?? 0) + k * scale;
    if (sum === 0) terms.delete(x);
    else terms.set(x, sum);
  }
  return { terms, constant: a.constant + b.constant * scale };
}
