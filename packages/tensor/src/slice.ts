import type { DType } from './dtype.ts';
import { ArgumentTypeError, ShapeError, ValueError } from './errors.ts';
import { formatShape } from './shape.ts';
import { parseSliceSpec } from './slice-spec.ts';
import { Tensor } from './tensor.ts';

/** A run of indices as in Python: from `start` up to but not including `stop`; negative ones count from the end. */
export interface SliceRange {
  readonly start?: number | undefined;
  readonly stop?: number | undefined;
  readonly step?: number | undefined;
}

/** One entry of a slice: an index (drops its axis), a range, a new axis of length 1, or "all axes in between". */
export type SliceEntry = number | SliceRange | 'newaxis' | 'ellipsis';

/** Which entries of an axis a {@link SliceRange} means: `count` of them, from `start` in steps of `step`. */
export interface ResolvedRange {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/**
 * Resolves a range against an axis of length `length` as Python does: bounds outside the axis are clamped.
 *
 * @throws ValueError `STEP_INVALID` if the step is 0; ArgumentTypeError `SLICE_NOT_INTEGER` if a number is not whole.
 * @example
 * ```ts
 * import { resolveRange } from '@cotangent/tensor';
 * resolveRange({ step: -2 }, 5); // { start: 4, step: -2, count: 3 }
 * ```
 */
export function resolveRange(range: SliceRange, length: number): ResolvedRange {
  const step = range.step ?? 1;
  for (const value of [range.start, range.stop, step]) {
    if (value !== undefined && !Number.isInteger(value)) throw notInteger(value);
  }
  if (step === 0) {
    throw new ValueError('slice: a step of 0 never ends', {
      code: 'STEP_INVALID',
      hint: 'use 1 for every entry, or -1 to reverse',
      data: { range },
    });
  }
  const [least, greatest] = step > 0 ? [0, length] : [-1, length - 1];
  const bound = (value: number | undefined, absent: number): number =>
    value === undefined
      ? absent
      : Math.min(Math.max(value < 0 ? value + length : value, least), greatest);
  const start = bound(range.start, step > 0 ? least : greatest);
  const stop = bound(range.stop, step > 0 ? greatest : least);
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) };
}

function notInteger(value: unknown): ArgumentTypeError {
  return new ArgumentTypeError(`slice: ${String(value)} is not a whole number`, {
    code: 'SLICE_NOT_INTEGER',
    data: { value },
  });
}

/**
 * NumPy's basic indexing. A view: no element is copied.
 *
 * @param spec - entries for the leading axes, or the same in NumPy's notation (`'1:, ..., ::-1'`).
 * @throws ShapeError `SLICE_TOO_MANY` if there are more entries than axes.
 * @throws ValueError `INDEX_OUT_OF_RANGE`, `STEP_INVALID`, `SLICE_ELLIPSIS` (two of them), `SLICE_SYNTAX`.
 * @throws ArgumentTypeError `SLICE_NOT_INTEGER`, `SLICE_ENTRY`.
 * @example
 * ```ts
 * import { tensorFrom, views } from '@cotangent/tensor';
 * const t = tensorFrom([[1, 2, 3], [4, 5, 6]]);
 * views.slice(t, [{}, { step: -1 }]).toArray(); // [[3, 2, 1], [6, 5, 4]]
 * views.slice(t, '-1, 1:').toArray(); // [5, 6]
 * ```
 */
export function slice<D extends DType>(
  tensor: Tensor<D>,
  spec: readonly SliceEntry[] | string,
): Tensor<D> {
  const entries = expandEllipsis(
    typeof spec === 'string' ? parseSliceSpec(spec) : spec,
    tensor.shape,
  );
  const shape: number[] = [];
  const stride: number[] = [];
  let offset = tensor.offset;
  let axis = 0;
  for (const entry of entries) {
    if (entry === 'newaxis') {
      shape.push(1);
      stride.push(0);
      continue;
    }
    const step = tensor.stride[axis]!;
    if (typeof entry === 'number') {
      offset += checkIndex(entry, axis, tensor.shape) * step;
    } else {
      const range = resolveRange(entry, tensor.shape[axis]!);
      if (range.count > 0) offset += range.start * step;
      shape.push(range.count);
      stride.push(range.step * step);
    }
    axis++;
  }
  return new Tensor(tensor.data, shape, stride, offset, tensor.dtype);
}

/** Replaces the ellipsis (or the missing end) by full ranges, so that there is one entry per axis. */
function expandEllipsis(
  spec: readonly SliceEntry[],
  shape: readonly number[],
): Exclude<SliceEntry, 'ellipsis'>[] {
  const consumed = spec.filter((entry) => entry !== 'newaxis' && entry !== 'ellipsis').length;
  const ellipses = spec.filter((entry) => entry === 'ellipsis').length;
  if (ellipses > 1) {
    throw new ValueError('slice: more than one ellipsis', {
      code: 'SLICE_ELLIPSIS',
      hint: 'write the other axes out as full ranges {} (":" in a string)',
      data: { spec },
    });
  }
  if (consumed > shape.length) {
    throw new ShapeError(`slice: ${consumed} entries for a tensor of shape ${formatShape(shape)}`, {
      code: 'SLICE_TOO_MANY',
      hint: `give at most ${shape.length}`,
      data: { spec, shape },
    });
  }
  const rest: SliceRange[] = Array.from({ length: shape.length - consumed }, () => ({}));
  const withRest = ellipses === 1 ? spec : [...spec, 'ellipsis' as const];
  return withRest.flatMap((entry) => (entry === 'ellipsis' ? rest : [checkEntry(entry)]));
}

function checkEntry(entry: Exclude<SliceEntry, 'ellipsis'>): Exclude<SliceEntry, 'ellipsis'> {
  const known =
    typeof entry === 'number' ||
    entry === 'newaxis' ||
    (typeof entry === 'object' && entry !== null);
  if (known) return entry;
  throw new ArgumentTypeError(`slice: cannot read the entry ${String(entry)}`, {
    code: 'SLICE_ENTRY',
    hint: "entries are whole numbers, { start, stop, step }, 'newaxis' and 'ellipsis'",
    data: { entry },
  });
}

function checkIndex(index: number, axis: number, shape: readonly number[]): number {
  if (!Number.isInteger(index)) throw notInteger(index);
  const length = shape[axis]!;
  const position = index < 0 ? index + length : index;
  if (position >= 0 && position < length) return position;
  throw new ValueError(
    `slice: index ${index} is outside axis ${axis} of shape ${formatShape(shape)}`,
    {
      code: 'INDEX_OUT_OF_RANGE',
      hint:
        length === 0
          ? 'this axis is empty'
          : `indices of this axis go from ${-length} to ${length - 1}`,
      data: { op: 'slice', index, axis, shape },
    },
  );
}
