import { binary, compare, i32, plus, select } from '@cotangent/loops';
import type { Value } from '@cotangent/loops';
import { resolveRange } from '@cotangent/tensor';
import type { Apply } from '@cotangent/graph';
import { sizeOf } from './lazy.ts';
import type { Lazy } from './lazy.ts';
import { broadcast } from './structural.ts';

/**
 * Ops that put values side by side, as one expression that chooses by the index. The loops that compute it are cut
 * where the choice changes (see `cutLoops`), so that nothing is chosen inside them.
 */
export function lowerPieces(
  node: Apply,
  xs: readonly Lazy[],
  shape: readonly number[],
): Lazy | undefined {
  const isOfOneType = xs.every(({ dtype }) => dtype === node.outputs[0]!.dtype);
  if (!isOfOneType || sizeOf(shape) === 0) return undefined;
  switch (node.op.name) {
    case 'concatenate':
      return joined(node, xs, shape);
    case 'setSlice':
      return updated(node, xs, (_, given) => given);
    case 'addSlice':
      return updated(node, xs, sum);
    default:
      return undefined;
  }
}

/** More parts than this are copied one after the other. */
const mostParts = 4;

function joined(node: Apply, xs: readonly Lazy[], shape: readonly number[]): Lazy | undefined {
  const axis = 'axis' in node.attrs ? Number(node.attrs.axis) : 0;
  const parts = xs.filter((x) => sizeOf(x.shape) > 0);
  if (parts.length > mostParts) return undefined;
  let stop = shape[axis]!;
  return parts.reduceRight<Lazy | undefined>((rest, part) => {
    const size = part.shape[axis]!;
    const start = stop - size;
    stop = start;
    const at = (indices: readonly Value[]): Value => {
      const k = within(plus(indices[axis]!, -start), size);
      return part.at(indices.with(axis, k));
    };
    if (rest === undefined) return expression(shape, part.dtype, at);
    return expression(shape, part.dtype, (indices) =>
      choose(lessThan(indices[axis]!, start + size), at(indices), rest.at(indices)),
    );
  }, undefined);
}

/** Where on an axis of the target a part lies, and which axis of the part that is. */
interface Extent {
  readonly start: number;
  readonly count: number;
  readonly isReversed: boolean;
  readonly axis: number | undefined;
}

function updated(
  node: Apply,
  [x, v, ...bounds]: readonly Lazy[],
  update: (old: Value, given: Value) => Value,
): Lazy | undefined {
  const part = bounds.length === 0 ? partOf(node, x!.shape) : undefined;
  const { shape, dtype } = x!;
  // A small part is better written to memory: the choice would be made for every element.
  if (part === undefined || 2 * sizeOf(part.shape) < sizeOf(shape)) return undefined;
  const given = broadcast(v!, part.shape);
  return expression(shape, dtype, (indices) => {
    const old = x!.at(indices);
    const point = part.shape.map((): Value => i32(0));
    let isInside: Value | undefined;
    part.extents.forEach(({ start, count, isReversed, axis }, k) => {
      const i = indices[k]!;
      const conditions = [
        ...(start > 0 ? [not(lessThan(i, start))] : []),
        ...(start + count < shape[k]! ? [lessThan(i, start + count)] : []),
      ];
      for (const is of conditions) isInside = isInside === undefined ? is : both(isInside, is);
      if (axis === undefined) return;
      const at = isReversed ? binary('sub', i32(start + count - 1), i) : plus(i, -start);
      point[axis] = within(at, conditions.length > 0 ? count : Infinity);
    });
    const value = update(old, given.at(point));
    return isInside === undefined ? value : choose(isInside, value, old);
  });
}

interface Part {
  readonly shape: readonly number[];
  readonly extents: readonly Extent[];
}

interface Item {
  readonly kind: 'newaxis' | 'index' | 'range';
  readonly at?: unknown;
  readonly start?: unknown;
  readonly stop?: unknown;
  readonly step?: unknown;
}

/** The part that the items of an update name, if it has no gaps. */
function partOf({ attrs }: Apply, target: readonly number[]): Part | undefined {
  if (!('items' in attrs) || !Array.isArray(attrs.items)) return undefined;
  const items: readonly Item[] = attrs.items;
  const shape: number[] = [];
  const extents: Extent[] = [];
  for (const item of items) {
    const size = target[extents.length] ?? 1;
    if (item.kind === 'index') {
      const at = Number(item.at);
      extents.push({
        start: at < 0 ? at + size : at,
        count: 1,
        isReversed: false,
        axis: undefined,
      });
      continue;
    }
    if (item.kind === 'range') {
      const { start, count, step } = resolveRange(
        { start: bound(item.start), stop: bound(item.stop), step: bound(item.step) },
        size,
      );
      if (Math.abs(step) > 1 && count > 1) return undefined;
      const first = step < 0 ? start - Math.max(count - 1, 0) : start;
      extents.push({ start: first, count, isReversed: step < 0, axis: shape.length });
      shape.push(count);
    } else shape.push(1);
  }
  return { shape, extents };
}

function bound(given: unknown): number | undefined {
  return given === null || given === undefined ? undefined : Number(given);
}

function expression(
  shape: readonly number[],
  dtype: Lazy['dtype'],
  at: (indices: readonly Value[]) => Value,
): Lazy {
  const flat = shape.length === 1 ? (position: Value): Value => at([position]) : undefined;
  return { shape, dtype, at, flat, view: undefined };
}

/** `i`, kept inside of an axis: where it is not, what is read is not used. */
function within(i: Value, size: number): Value {
  if (i.kind === 'const') return i32(Math.min(Math.max(i.value, 0), size - 1));
  return size === Infinity ? i : binary('min', binary('max', i, i32(0)), i32(size - 1));
}

function lessThan(i: Value, limit: number): Value {
  return i.kind === 'const' ? i32(i.value < limit ? 1 : 0) : compare('lt', i, i32(limit));
}

function not(condition: Value): Value {
  if (condition.kind === 'const') return i32(condition.value === 0 ? 1 : 0);
  return condition.kind === 'compare' ? compare('ge', condition.x, condition.y) : condition;
}

function both(a: Value, b: Value): Value {
  if (a.kind === 'const') return a.value === 0 ? a : b;
  if (b.kind === 'const') return b.value === 0 ? b : a;
  return binary('and', a, b);
}

function choose(condition: Value, x: Value, y: Value): Value {
  if (condition.kind !== 'const') return select(condition, x, y);
  return condition.value === 0 ? y : x;
}

/** old + given; an old value of 0 is not added. */
function sum(old: Value, given: Value): Value {
  return old.kind === 'const' && old.value === 0 ? given : binary('add', old, given);
}
