import { addressOf, i32, plus, times } from '@cotangent/loops';
import type { Buffer, Value } from '@cotangent/loops';
import { resolveRange, rowMajorStrides } from '@cotangent/tensor';
import type { SliceRange } from '@cotangent/tensor';
import type { Apply } from '@cotangent/graph';
import { inMemory, isDense, sizeOf } from './lazy.ts';
import type { BufferView, Lazy } from './lazy.ts';
import type { Range } from './outside.ts';

/** How each axis of a view's source is indexed: by an axis of the view, or fixed. */
interface AxisMap {
  /** For each source axis: `start + step · index[axis]`; `axis` absent: `start` alone. */
  readonly start: number;
  readonly step: number;
  readonly axis: number | undefined;
}

const names: ReadonlySet<string> = new Set([
  'broadcastTo',
  'transpose',
  'reshape',
  'slice',
  'flip',
]);

/** Whether an op only moves elements. */
export function isStructural(node: Apply): boolean {
  return names.has(node.op.name);
}

/** Ops that move elements without computing: a lazy tensor over the same memory or expression. */
export function lowerStructural(node: Apply, x: Lazy, shape: readonly number[]): Lazy | undefined {
  switch (node.op.name) {
    case 'broadcastTo':
      return mapped(x, shape, broadcastMaps(x.shape, shape));
    case 'transpose':
      return lowerTranspose(node, x, shape);
    case 'reshape':
      return reshaped(x, shape);
    case 'slice':
      return lowerSlice(node, x, shape);
    case 'flip':
      return lowerFlip(node, x, shape);
    default:
      return undefined;
  }
}

/** `x` repeated along axes, so that it has `shape`. */
export function broadcast(x: Lazy, shape: readonly number[]): Lazy {
  return sameSizes(x.shape, shape) ? x : mapped(x, shape, broadcastMaps(x.shape, shape));
}

function broadcastMaps(from: readonly number[], to: readonly number[]): readonly AxisMap[] {
  const added = to.length - from.length;
  return from.map((size, k) =>
    size === 1 && to[k + added] !== 1
      ? { start: 0, step: 0, axis: undefined }
      : { start: 0, step: 1, axis: k + added },
  );
}

function lowerTranspose(node: Apply, x: Lazy, shape: readonly number[]): Lazy | undefined {
  const axes: unknown = 'axes' in node.attrs ? node.attrs.axes : undefined;
  if (!Array.isArray(axes)) return undefined;
  return mapped(
    x,
    shape,
    x.shape.map((_, k) => {
      const axis = axes.indexOf(k);
      return axis < 0 ? { start: 0, step: 0, axis: undefined } : { start: 0, step: 1, axis };
    }),
  );
}

function lowerFlip(node: Apply, x: Lazy, shape: readonly number[]): Lazy | undefined {
  const axes: unknown = 'axes' in node.attrs ? node.attrs.axes : undefined;
  if (!Array.isArray(axes)) return undefined;
  return mapped(
    x,
    shape,
    x.shape.map((size, axis) =>
      axes.includes(axis) ? { start: size - 1, step: -1, axis } : { start: 0, step: 1, axis },
    ),
  );
}

/** The outputs of a split: consecutive parts along an axis. */
export function lowerSplit(
  node: Apply,
  x: Lazy,
  shapes: readonly (readonly number[])[],
): readonly Lazy[] {
  const cut = 'axis' in node.attrs ? Number(node.attrs.axis) : 0;
  let start = 0;
  return shapes.map((shape) => {
    const maps = shape.map((_, axis) => ({ start: axis === cut ? start : 0, step: 1, axis }));
    start += shape[cut]!;
    return mapped(x, shape, maps);
  });
}

interface Item {
  readonly kind: 'newaxis' | 'index' | 'range';
  readonly at?: unknown;
  readonly start?: unknown;
  readonly stop?: unknown;
  readonly step?: unknown;
}

/** Slices whose bounds are all numbers; one with a bound from the graph is evaluated by its op. */
function lowerSlice(node: Apply, x: Lazy, shape: readonly number[]): Lazy | undefined {
  if (node.inputs.length > 1 || !('items' in node.attrs)) return undefined;
  return mapped(x, shape, sliceMaps(node.attrs.items as readonly Item[], x.shape));
}

/** The part of a dense tensor that an update of a slice changes, as a view; undefined as for slices. */
export function slicedPart(node: Apply, out: Buffer, shape: readonly number[]): Lazy | undefined {
  if (node.inputs.length > 2 || !('items' in node.attrs)) return undefined;
  const items = node.attrs.items as readonly Item[];
  let axis = 0;
  const part = items.flatMap((item): readonly number[] => {
    if (item.kind === 'newaxis') return [1];
    const size = shape[axis++]!;
    return item.kind === 'range' ? [resolveRange(rangeOf(item), size).count] : [];
  });
  return mapped(inMemory(out, shape), part, sliceMaps(items, shape));
}

/** The entries of each axis that an update of a slice changes, if they are neighbours; undefined as for slices. */
export function slicedRanges(node: Apply, shape: readonly number[]): readonly Range[] | undefined {
  if (node.inputs.length > 2 || !('items' in node.attrs)) return undefined;
  const ranges: Range[] = [];
  for (const item of node.attrs.items as readonly Item[]) {
    if (item.kind === 'newaxis') continue;
    const size = shape[ranges.length]!;
    const at = Number(item.at);
    const first = at < 0 ? at + size : at;
    const { start, step, count } =
      item.kind === 'index'
        ? { start: first, step: 1, count: 1 }
        : resolveRange(rangeOf(item), size);
    if (step !== 1) return undefined;
    ranges.push({ start, end: start + count });
  }
  return ranges;
}

function rangeOf({ start, stop, step }: Item): SliceRange {
  const given = { start, stop, step };
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) =>
      typeof value === 'number' ? [[key, value]] : [],
    ),
  );
}

/** How a slice with an item for every axis, in order, reads a tensor of this shape. */
function sliceMaps(items: readonly Item[], from: readonly number[]): readonly AxisMap[] {
  const maps: AxisMap[] = [];
  let axis = 0;
  for (const item of items) {
    if (item.kind === 'newaxis') {
      axis++;
      continue;
    }
    const size = from[maps.length]!;
    if (item.kind === 'index') {
      const at = Number(item.at);
      maps.push({ start: at < 0 ? at + size : at, step: 0, axis: undefined });
      continue;
    }
    const { start, step } = resolveRange(rangeOf(item), size);
    maps.push({ start, step, axis });
    axis++;
  }
  return maps;
}

/** A lazy tensor whose indices are affine functions of those of `x`, axis by axis. */
function mapped(x: Lazy, shape: readonly number[], maps: readonly AxisMap[]): Lazy {
  if (x.view !== undefined) {
    const view = mappedView(x.view, shape, maps);
    return inMemory(view.buffer, shape, view.offset, view.strides);
  }
  const keepsOrder = isOrderKept(x.shape, shape, maps);
  const single = sizeOf(x.shape) === 1;
  return {
    shape,
    dtype: x.dtype,
    at: (indices) =>
      x.at(
        maps.map(({ start, step, axis }) =>
          axis === undefined ? i32(start) : plus(times(indices[axis]!, step), start),
        ),
      ),
    flat: keepsOrder ? x.flat : single ? () => x.at(x.shape.map(() => i32(0))) : undefined,
    view: undefined,
  };
}

function mappedView(
  { buffer, offset, strides }: BufferView,
  shape: readonly number[],
  maps: readonly AxisMap[],
): BufferView {
  const result = shape.map(() => 0);
  let start = offset;
  maps.forEach((map, k) => {
    start += map.start * strides[k]!;
    if (map.axis !== undefined) result[map.axis]! += map.step * strides[k]!;
  });
  return { buffer, offset: start, strides: result };
}

/** Whether row-major positions stay the same: only axes of size 1 come and go. */
function isOrderKept(
  from: readonly number[],
  to: readonly number[],
  maps: readonly AxisMap[],
): boolean {
  const isPlain = maps.every(({ start, step, axis }, k) =>
    from[k] === 1 ? true : start === 0 && step === 1 && axis !== undefined && to[axis] === from[k],
  );
  const order = maps.flatMap(({ axis }, k) => (from[k] !== 1 && axis !== undefined ? [axis] : []));
  const isSorted = order.every((axis, k) => k === 0 || order[k - 1]! < axis);
  return isPlain && isSorted && sizeOf(from) === sizeOf(to);
}

function reshaped(x: Lazy, shape: readonly number[]): Lazy | undefined {
  if (x.view !== undefined && isDense(x.shape, x.view.strides)) {
    return inMemory(x.view.buffer, shape, x.view.offset);
  }
  const { flat } = x;
  if (flat === undefined) return undefined;
  const strides = rowMajorStrides(shape);
  return {
    shape,
    dtype: x.dtype,
    at: (indices: readonly Value[]) => flat(addressOf(indices, strides, 0)),
    flat,
    view: undefined,
  };
}

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((size, axis) => size === b[axis]));
}
