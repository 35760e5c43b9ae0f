import {
  accumulate,
  binary,
  compare,
  denseView,
  elementAt,
  i32,
  ifThen,
  letIn,
  load,
  local,
  plus,
  refuse,
  select,
  store,
  times,
} from '@cotangent/loops';
import type { LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import { rowMajorStrides } from '@cotangent/tensor';
import { broadcastView, copied, overElements, overIndices } from '../loops-over.ts';
import { indexedFirst } from './positions.ts';

type Context = LoweringContext<{ readonly axes: readonly number[] }>;

/** y[b, r] = x[i[b]; r]. */
export function lowerIndex({ inputs, outputs, attrs }: Context): readonly Statement[] {
  const [x, ...indices] = inputs;
  const y = outputs[0]!;
  const rank = y.shape.length - (x!.shape.length - attrs.axes.length);
  return overRows(x!, y, rank, indices, attrs.axes, true, (from, to) =>
    store(y.buffer, to, load(x!.buffer, from)),
  );
}

/** y[i[b]; r] = v[b, r]. */
export function lowerSetIndex(context: Context): readonly Statement[] | undefined {
  return lowerUpdate(context, (_, given) => given);
}

/** y[i[b]; r] += v[b, r]. */
export function lowerAddIndex(context: Context): readonly Statement[] | undefined {
  return lowerUpdate(context, (old, given) => binary('add', old, given));
}

function lowerUpdate(
  { inputs, outputs, attrs: { axes } }: Context,
  update: (old: Value, given: Value) => Value,
): readonly Statement[] | undefined {
  const [x, v, ...indices] = inputs;
  const y = outputs[0]!;
  const { dtype } = y.buffer;
  if (x!.buffer.dtype !== dtype || v!.buffer.dtype !== dtype) return undefined;
  const shape = jointShape(indices);
  const rest = indexedFirst(y.shape.length, axes).slice(axes.length);
  const given = broadcastView(v!, [...shape, ...rest.map((axis) => y.shape[axis]!)]);
  const write = overRows(y, given, shape.length, indices, axes, false, (at, from) =>
    store(y.buffer, at, update(load(y.buffer, at), load(given.buffer, from))),
  );
  return [...copied(x!, y), ...write];
}

/** w[b] = whether the number of the last write to its place is b. */
export function lowerLastWrites({
  inputs,
  outputs,
  attrs: { axes },
  scratch,
}: Context): readonly Statement[] {
  const [x, ...indices] = inputs;
  const stays = outputs[0]!;
  const sizes = axes.map((axis) => x!.shape[axis]!);
  const places = sizes.reduce((n, size) => n * size, 1);
  const last = denseView(scratch('int32', Math.max(places, 1)), sizes);
  const indexed = axes.map((_, k) => k);
  const number = { ...denseView(last.buffer, stays.shape) };
  const at = rowMajorStrides(stays.shape);
  const numberAt = (position: Value): Value => binary('sub', position, i32(stays.offset));
  const marked = { ...stays, strides: at };
  const note = overRows(last, marked, stays.shape.length, indices, indexed, false, (place, b) =>
    store(last.buffer, place, numberAt(b)),
  );
  const compareAll = overRows(
    last,
    marked,
    number.shape.length,
    indices,
    indexed,
    true,
    (place, b) => store(stays.buffer, b, compare('eq', load(last.buffer, place), numberAt(b))),
  );
  return [...note, ...compareAll];
}

/**
 * Loops over the rows that indices name, then over each row: `body` gets a position in `x` and the one in `others`,
 * which has the axes of the indices in front. Indices outside are refused first.
 *
 * @param isFree - rows may be visited in any order, several at once.
 */
function overRows(
  x: StridedView,
  others: StridedView,
  rank: number,
  indices: readonly StridedView[],
  axes: readonly number[],
  isFree: boolean,
  body: (at: Value, other: Value) => Statement,
): readonly Statement[] {
  const shape = others.shape.slice(0, rank);
  const rest = indexedFirst(x.shape.length, axes).slice(axes.length);
  const row = {
    ...x,
    shape: rest.map((axis) => x.shape[axis]!),
    strides: rest.map((axis) => x.strides[axis]!),
  };
  const isScalar = row.shape.every((size) => size === 1);
  const checks = indices.flatMap((index, k) => refuseOutside(index, x.shape[axes[k]!]!, k));
  const loops = overIndices(
    shape,
    (point) => {
      const places = indices.map((index, k) => {
        const axis = axes[k]!;
        const given = elementAt(broadcastView(index, shape), point);
        return times(wrapped(given, x.shape[axis]!), x.strides[axis]!);
      });
      const start = places.reduce((sum, place) => binary('add', sum, place));
      const first = local('first', 'i32');
      const base = x.base === undefined ? first : binary('add', x.base, first);
      const other = { ...others, shape: row.shape, strides: others.strides.slice(rank) };
      const moved = { ...other, base: baseOf(others, point) };
      return [
        letIn(first, start),
        ...overElements([{ ...row, base }, moved], ([at, from]) => [body(at!, from!)]),
      ];
    },
    isFree && isScalar,
  );
  return [...checks, ...loops];
}

function baseOf({ strides, base }: StridedView, point: readonly Value[]): Value {
  return point.reduce<Value>(
    (sum, k, axis) => binary('add', sum, times(k, strides[axis]!)),
    base ?? i32(0),
  );
}

/** A negative index counts from the end. */
export function wrapped(given: Value, size: number): Value {
  return select(compare('lt', given, i32(0)), plus(given, size), given);
}

/**
 * Refuses inputs with an index that an axis of this size does not have.
 *
 * @param k - which of several: names the local.
 * @param least - the least index that is allowed.
 */
export function refuseOutside(
  index: StridedView,
  size: number,
  k: number,
  least: number = -size,
): readonly Statement[] {
  const outside = local(`outside${k}`, 'i32');
  const loops = overElements([index], ([at]) => {
    const inside = compare('ltU', plus(load(index.buffer, at!), -least), i32(size - least));
    return [accumulate(outside, 'max', compare('eq', inside, i32(0)))];
  });
  return [letIn(outside, i32(0)), ...loops, ifThen(outside, [refuse()])];
}

/** The shape to which views broadcast. */
export function jointShape(views: readonly StridedView[]): readonly number[] {
  const rank = Math.max(0, ...views.map(({ shape }) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = views.map(({ shape }) => shape[axis - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}
