import {
  ArgumentTypeError,
  DTypeError,
  ShapeError,
  ValueError,
  isFloat,
  parseSliceSpec,
  resolveRange,
} from '@cotangent/tensor';
import type { SliceEntry as TensorSliceEntry, SliceRange, Tensor } from '@cotangent/tensor';
import { formatShape, formatType, isVariable } from '@cotangent/graph';
import type { Shape, Variable } from '@cotangent/graph';

/** An index or bound: a number, or an integer scalar of the graph. */
export type SliceBound = number | Variable;

/** One entry of a slice: an index (drops its axis), a range, a new axis of size 1, or "all axes in between". */
export type SliceEntry =
  | SliceBound
  | {
      readonly start?: SliceBound | undefined;
      readonly stop?: SliceBound | undefined;
      readonly step?: SliceBound | undefined;
    }
  | 'newaxis'
  | 'ellipsis';

/** NumPy's basic indexing: entries, or the same in NumPy's notation, `'1:, ..., ::-1'`. */
export type SliceSpec = readonly SliceEntry[] | string;

/** A bound in a node's attributes: `'input'` stands for the next of the node's bound inputs. */
export type Bound = number | 'input';

/** A normalised entry; together they name every axis once. */
export type SliceItem =
  | { readonly kind: 'newaxis' }
  | { readonly kind: 'index'; readonly at: Bound }
  | {
      readonly kind: 'range';
      readonly start: Bound | null;
      readonly stop: Bound | null;
      readonly step: Bound | null;
    };
export type SliceAttrs = { readonly items: readonly SliceItem[] };

/** The attributes for `spec`, and the bounds that are variables in the order of their `'input'` marks. */
export interface NormalizedSlice {
  readonly items: readonly SliceItem[];
  readonly bounds: readonly Variable[];
}

/** The same items with the values of bounds that are constants; `undefined` if none is. */
export function withKnownBounds(
  items: readonly SliceItem[],
  bounds: readonly Variable[],
): NormalizedSlice | undefined {
  if (!bounds.some(({ kind }) => kind === 'constant')) return undefined;
  const open: Variable[] = [];
  const all = bounds.values();
  const known = <B extends Bound | null>(bound: B): B | Bound => {
    const variable = bound === 'input' ? all.next().value : undefined;
    if (variable?.kind === 'constant') return variable.value.item();
    if (variable !== undefined) open.push(variable);
    return bound;
  };
  const settled = items.map((item): SliceItem => {
    if (item.kind === 'newaxis') return item;
    if (item.kind === 'index') return { kind: 'index', at: known(item.at) };
    const [start, stop] = [known(item.start), known(item.stop)];
    return { kind: 'range', start, stop, step: known(item.step) };
  });
  return { items: settled, bounds: open };
}

/** One item per axis and new axis; symbolic bounds become inputs. */
export function normalizeSlice(spec: SliceSpec, rank: number, op: string): NormalizedSlice {
  const entries: readonly SliceEntry[] = typeof spec === 'string' ? parseSliceSpec(spec) : spec;
  const bounds: Variable[] = [];
  const bound = (value: SliceBound): Bound => {
    if (!isVariable(value)) return checkWhole(value, op);
    if (value.kind === 'constant' && value.rank === 0) return checkWhole(value.value.item(), op);
    bounds.push(checkBound(value, op));
    return 'input';
  };
  const optional = (value: SliceBound | undefined): Bound | null =>
    value === undefined ? null : bound(value);
  const items = expandEllipsis(entries, rank, op).map((entry): SliceItem => {
    if (entry === 'newaxis') return { kind: 'newaxis' };
    if (typeof entry === 'number' || isVariable(entry)) return { kind: 'index', at: bound(entry) };
    const [start, stop, step] = [entry.start, entry.stop, entry.step].map(optional);
    return { kind: 'range', start: start ?? null, stop: stop ?? null, step: step ?? null };
  });
  return { items, bounds };
}

type Entry = Exclude<SliceEntry, 'ellipsis'>;

/** Replaces the ellipsis (or the missing end) by full ranges. */
function expandEllipsis(spec: readonly SliceEntry[], rank: number, op: string): readonly Entry[] {
  const consumed = spec.filter((entry) => entry !== 'newaxis' && entry !== 'ellipsis').length;
  const ellipses = spec.filter((entry) => entry === 'ellipsis').length;
  if (ellipses > 1) {
    throw new ValueError(`${op}: more than one ellipsis`, {
      code: 'SLICE_ELLIPSIS',
      hint: 'write the other axes out as full ranges {} (":" in a string)',
      data: { op },
    });
  }
  if (consumed > rank) {
    throw new ShapeError(`${op}: ${consumed} entries for a variable of rank ${rank}`, {
      code: 'SLICE_TOO_MANY',
      hint: `give at most ${rank}`,
      data: { op, entries: consumed, rank },
    });
  }
  const rest: Entry[] = Array.from({ length: rank - consumed }, () => ({}));
  const withRest = ellipses === 1 ? spec : [...spec, 'ellipsis' as const];
  return withRest.flatMap((entry) => (entry === 'ellipsis' ? rest : [checkEntry(entry, op)]));
}

function checkEntry(entry: Entry, op: string): Entry {
  if (typeof entry === 'number' || entry === 'newaxis') return entry;
  if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) return entry;
  throw new ArgumentTypeError(`${op}: cannot read the entry ${String(entry)}`, {
    code: 'SLICE_ENTRY',
    hint: "entries are whole numbers, { start, stop, step }, 'newaxis' and 'ellipsis'",
    data: { op, entry },
  });
}

function checkWhole(value: number, op: string): number {
  if (Number.isInteger(value)) return value + 0; // + 0: −0 becomes 0
  throw new ArgumentTypeError(`${op}: ${String(value)} is not a whole number`, {
    code: 'SLICE_NOT_INTEGER',
    hint: 'indices, bounds and steps are whole numbers, negative from the end',
    data: { op, value },
  });
}

function checkBound(value: Variable, op: string): Variable {
  if (value.rank === 0 && !isFloat(value.dtype) && value.dtype !== 'bool') return value;
  throw new DTypeError(`${op}: a bound is ${formatType(value.type)}, not an integer scalar`, {
    code: 'SLICE_BOUND_TYPE',
    hint: 'bounds are whole numbers or int32 scalars of the graph',
    data: { op, type: value.type },
  });
}

/**
 * The static shape of a slice, `null` where it depends on what is not known yet.
 *
 * @throws ValueError `INDEX_OUT_OF_RANGE`, `STEP_INVALID`.
 */
export function slicedShape(shape: Shape, items: readonly SliceItem[], op: string): Shape {
  const result: (number | null)[] = [];
  let axis = 0;
  for (const item of items) {
    if (item.kind === 'newaxis') {
      result.push(1);
      continue;
    }
    const length = shape[axis] ?? null;
    if (item.kind === 'range') result.push(rangeLength(item, length));
    else checkIndex(item.at, length, axis, shape, op);
    axis++;
  }
  return result;
}

function rangeLength(item: SliceItem & { kind: 'range' }, length: number | null): number | null {
  const { start, stop, step } = item;
  const isFull = start === null && stop === null && (step === null || Math.abs(Number(step)) === 1);
  if (isFull) return length;
  if (start === 'input' || stop === 'input' || step === 'input') return null;
  const { count } = resolveRange(rangeOf(start, stop, step), length ?? 0);
  return length === null ? null : count;
}

function rangeOf(start: number | null, stop: number | null, step: number | null): SliceRange {
  return { start: start ?? undefined, stop: stop ?? undefined, step: step ?? undefined };
}

function checkIndex(
  at: Bound,
  length: number | null,
  axis: number,
  shape: Shape,
  op: string,
): void {
  if (at === 'input' || length === null || (at >= -length && at < length)) return;
  throw new ValueError(`${op}: index ${at} is outside axis ${axis} of ${formatShape(shape)}`, {
    code: 'INDEX_OUT_OF_RANGE',
    hint:
      length === 0
        ? 'this axis is empty'
        : `indices of this axis go from ${-length} to ${length - 1}`,
    data: { op, index: at, axis, shape },
  });
}

/** The entries that `views.slice` takes, once the values of the symbolic bounds are there. */
export function concreteEntries(
  items: readonly SliceItem[],
  bounds: readonly Tensor[],
): readonly TensorSliceEntry[] {
  let next = 0;
  const valueOf = (bound: Bound): number => (bound === 'input' ? bounds[next++]!.item() : bound);
  const optional = (bound: Bound | null): number | null => (bound === null ? null : valueOf(bound));
  return items.map((item) => {
    if (item.kind === 'newaxis') return 'newaxis';
    if (item.kind === 'index') return valueOf(item.at);
    const start = optional(item.start);
    const stop = optional(item.stop);
    return rangeOf(start, stop, optional(item.step));
  });
}
