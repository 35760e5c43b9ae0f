import {
  accumulate,
  binary,
  buffer,
  bytesOf,
  compare,
  constantOf,
  forLoop,
  i32,
  ifThen,
  index,
  letIn,
  load,
  store,
} from '@cotangent/loops';
import type {
  Buffer,
  For,
  Index,
  Local,
  MatrixProduct,
  MatrixView,
  ReduceOp,
  Statement,
  Value,
  ValueType,
} from '@cotangent/loops';
import { outlineOf, reductionsOf, tripsOf } from '../emit/outline.ts';
import type { Outline } from '../emit/outline.ts';
import { identities } from '../emit/reduce.ts';
import { planProduct, shapeOf } from '../kernels/shape.ts';
import { nanosecondsOf } from './cost.ts';
import { privatesOf } from './extent.ts';

/** Work that several threads do, in parts whose order does not matter. */
export interface Region {
  /** The number of the part that `body` does. */
  readonly part: Index;
  readonly parts: number;
  /** Of one part, roughly. */
  readonly nanoseconds: number;
  readonly body: readonly Statement[];
  /** What one thread does when all parts are done. */
  readonly after: readonly Statement[];
  /** Memory that `body` leaves values in for `after`. */
  readonly partial: readonly Partial[];
  /** Buffers that each part has for itself, and how many elements of each it needs. */
  readonly privates: ReadonlyMap<Buffer, number>;
}

interface Partial {
  readonly buffer: Buffer;
  readonly elements: number;
}

/** Work below this is not worth waking a thread for. */
const leastRegion = 50_000;

/** What a part takes at least, and what it should not exceed by much: threads that are late still help. */
const leastPart = 20_000;
const mostPart = 500_000;
const mostProductPart = 4_000_000;

/** Parts that the threads have on average, at most. Each part of a product reads an operand again. */
const partsEach = 4;
const productPartsEach = 2;

/** A whole operand is packed by each part if rows are shared: worth it if there are so many more of them. */
const manyRows = 3;

/** Iterations in parts are multiples of this, so that vectors begin where they begin without threads. */
const grain = 16;

/** Bytes of memory beyond which parts get none of their own. */
const mostPrivate = 2 ** 26;

/** Elements where the values of registers of a type are kept. */
export const dtypeOfType = { f64: 'float64', f32: 'float32', i32: 'int32' } as const;

/**
 * A statement in parts for a number of threads, if that pays and gives the same bits.
 *
 * @param isInner - whether nothing but the statement uses a buffer.
 * @param least - nanoseconds of work that are worth sharing.
 */
export function regionOf(
  s: Statement,
  threads: number,
  isInner: (buffer: Buffer) => boolean,
  least: number = leastRegion,
): Region | undefined {
  if (s.kind !== 'for' && s.kind !== 'matrixProduct') return undefined;
  const nanoseconds = nanosecondsOf([s]);
  if (nanoseconds < least) return undefined;
  const made =
    s.kind === 'for'
      ? loopRegion(s, isInner, wantedParts(nanoseconds, threads * partsEach, mostPart))
      : productRegion(s, wantedParts(nanoseconds, threads * productPartsEach, mostProductPart));
  return made && made.parts > 1
    ? { ...made, nanoseconds: Math.ceil(nanoseconds / made.parts) }
    : undefined;
}

function wantedParts(nanoseconds: number, parts: number, mostNanoseconds: number): number {
  const most = Math.floor(nanoseconds / leastPart);
  return Math.max(2, Math.min(most, Math.max(parts, nanoseconds / mostNanoseconds)));
}

type Made = Omit<Region, 'nanoseconds'>;
type Cut = Omit<Made, 'privates'>;

function bytesIn(privates: ReadonlyMap<Buffer, number>): number {
  return [...privates].reduce((sum, [{ dtype }, count]) => sum + count * bytesOf[dtype], 0);
}

function loopRegion(
  s: For,
  isInner: (buffer: Buffer) => boolean,
  wanted: number,
): Made | undefined {
  const trips = tripsOf(s);
  const reductions = reductionsOf(s);
  if (trips === undefined || trips < 2 || reductions === undefined) return undefined;
  const privates = privatesOf(s, isInner);
  if (privates === undefined || bytesIn(privates) * wanted > mostPrivate) return undefined;
  if (reductions.size === 0) return { ...mapRegion(s, trips, wanted), privates };
  const outline = outlineOf(s);
  return outline && { ...reductionRegion(s, trips, outline, wanted), privates };
}

/** Independent iterations: ranges of them. */
function mapRegion(s: For, trips: number, wanted: number): Cut {
  const least = Math.ceil(trips / wanted);
  const size = s.vector ? Math.ceil(least / grain) * grain : least;
  const part = index('part');
  const { from, to } = rangeOf(part, size, s.from, s.to);
  return {
    part,
    parts: Math.ceil(trips / size),
    body: [{ ...s, from, to }],
    after: [],
    partial: [],
  };
}

function rangeOf(
  k: Index,
  size: number,
  from: Value,
  to: Value,
): { readonly from: Value; readonly to: Value } {
  const first = binary('add', from, binary('mul', k, i32(size)));
  return { from: first, to: binary('min', binary('add', first, i32(size)), to) };
}

/** Ranges of the chunks that the loop is reduced in anyway; what each gives is combined in order. */
function reductionRegion(s: For, trips: number, outline: Outline, wanted: number): Cut {
  const chunks = Math.ceil(trips / outline.chunk);
  const size = Math.ceil(chunks / wanted);
  const [part, chunk, again] = [index('part'), index('chunk'), index('chunk')];
  const partial = outline.reductions.map(([accumulator]) => ({
    buffer: buffer('partial', dtypeOfType[accumulator.type]),
    elements: chunks,
  }));
  const own = outline.reductions.map(([accumulator]) => accumulator);
  const each = [
    ...outline.reductions.map(([accumulator, op]) =>
      letIn(accumulator, identityOf(op, accumulator.type)),
    ),
    { ...s, ...rangeOf(chunk, outline.chunk, s.from, s.to) },
    ...own.map((accumulator, k) => store(partial[k]!.buffer, chunk, accumulator)),
  ];
  const range = rangeOf(part, size, i32(0), i32(chunks));
  const combined = outline.reductions.map(([accumulator, op], k) =>
    accumulate(accumulator, op, load(partial[k]!.buffer, again)),
  );
  return {
    part,
    parts: Math.ceil(chunks / size),
    body: [forLoop(chunk, range.from, range.to, each)],
    after: [forLoop(again, i32(0), i32(chunks), combined)],
    partial,
  };
}

function identityOf(op: ReduceOp, type: ValueType): Value {
  return constantOf(type, identities[op][type === 'i32' ? 'integer' : 'float']);
}

/** Rows or columns of the result, so that no operand is packed twice where that can be helped. */
function productRegion(s: MatrixProduct, wanted: number): Made | undefined {
  const { shape, method, isTransposed } = planProduct(shapeOf(s), true);
  const hasColumns = shape.columns >= 4 * grain && shape.rows <= manyRows * shape.columns;
  const byColumns = hasColumns && method !== 'loops' && method !== 'vectors';
  const isRows = method === 'loops' || byColumns === isTransposed;
  const extent = isRows ? s.rows : s.columns;
  const size = blockOf(extent, wanted);
  if (size >= extent) return undefined;
  const parts = Math.ceil(extent / size);
  const rest = extent - (parts - 1) * size;
  const part = index('part');
  const first = binary('mul', part, i32(size));
  const whole = blockProduct(s, isRows, first, size);
  const last = blockProduct(s, isRows, first, rest);
  const body =
    rest === size ? [whole] : [ifThen(compare('lt', part, i32(parts - 1)), [whole], [last])];
  return { part, parts, body, after: [], partial: [], privates: new Map() };
}

/** Rows in a block. The last block has several as well: single ones would be added up in another order. */
function blockOf(extent: number, wanted: number): number {
  let size = Math.ceil(extent / wanted / grain) * grain;
  while (size < extent && extent % size > 0 && extent % size < 4) size += grain;
  return size;
}

function blockProduct(
  s: MatrixProduct,
  isRows: boolean,
  first: Value,
  count: number,
): MatrixProduct {
  const moved = (view: MatrixView, stride: number): MatrixView => ({
    ...view,
    offset: binary('add', view.offset, binary('mul', first, i32(stride))),
  });
  return isRows
    ? { ...s, rows: count, out: moved(s.out, s.out.rowStride), a: moved(s.a, s.a.rowStride) }
    : {
        ...s,
        columns: count,
        out: moved(s.out, s.out.columnStride),
        b: moved(s.b, s.b.columnStride),
      };
}

/** A local's value in memory, for the functions that need it. */
export function slotOf({ name, type }: Local): Buffer {
  return buffer(name, dtypeOfType[type]);
}
