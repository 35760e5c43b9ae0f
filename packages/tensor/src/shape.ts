import { ArgumentTypeError, ShapeError, ValueError } from './errors.ts';

/** A shape as it appears in messages: `[3,4]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}

/** Whether two shapes are equal, axis by axis. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, axis) => n === b[axis]);
}

/**
 * Number of elements of a shape: the product of its dimensions, 1 for `[]`.
 *
 * @throws ShapeError `SHAPE_INVALID` if a dimension is not a whole number ≥ 0, or the product is not exact.
 */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  let nonZero = 1; // so that [2**40, 2**40, 0] is refused as well
  for (const n of shape) {
    if (!Number.isSafeInteger(n) || n < 0) throw invalidShape(shape, `${n} is not a dimension`);
    size *= n;
    nonZero *= n === 0 ? 1 : n;
  }
  if (!Number.isSafeInteger(nonZero)) throw invalidShape(shape, 'too many elements');
  return size;
}

function invalidShape(shape: readonly number[], why: string): ShapeError {
  return new ShapeError(`invalid shape ${formatShape(shape)}: ${why}`, {
    code: 'SHAPE_INVALID',
    hint: 'dimensions are whole numbers, 0 or more',
    data: { shape },
  });
}

/** Strides of a dense tensor whose last axis varies fastest, in elements. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides: number[] = Array.from(shape, () => 0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/**
 * The shape that several shapes broadcast to: aligned from the right, sizes equal or 1.
 *
 * @throws ShapeError `SHAPE_BROADCAST_MISMATCH` naming every shape.
 * @example
 * ```ts
 * import { broadcastShapes } from '@cotangent/tensor';
 * broadcastShapes([[3, 1], [4]]); // [3, 4]
 * ```
 */
export function broadcastShapes(
  shapes: readonly (readonly number[])[],
  opName: string = 'broadcast',
): number[] {
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  const result: number[] = Array.from({ length: rank }, () => 1);
  for (const shape of shapes) {
    const shift = rank - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const n = shape[axis]!;
      if (n === 1) continue;
      if (result[axis + shift] === 1) result[axis + shift] = n;
      else if (result[axis + shift] !== n) throw broadcastMismatch(shapes, opName);
    }
  }
  return result;
}

function broadcastMismatch(shapes: readonly (readonly number[])[], opName: string): ShapeError {
  const listed = shapes.map(formatShape).join(' with ');
  return new ShapeError(`${opName}: cannot broadcast ${listed}`, {
    code: 'SHAPE_BROADCAST_MISMATCH',
    hint: 'sizes must match or be 1, axis by axis from the right',
    data: { op: opName, shapes },
  });
}

/**
 * `axis` as a number from 0 to rank − 1; negative axes count from the end.
 *
 * @throws ArgumentTypeError `AXIS_NOT_INTEGER` if it is no whole number.
 * @throws ValueError `AXIS_OUT_OF_RANGE` if there is no such axis.
 */
export function normalizeAxis(axis: number, rank: number, opName: string): number {
  if (!Number.isInteger(axis)) {
    throw new ArgumentTypeError(`${opName}: axis ${String(axis)} is not a whole number`, {
      code: 'AXIS_NOT_INTEGER',
      data: { op: opName, axis },
    });
  }
  const normalized = axis < 0 ? axis + rank : axis;
  if (normalized >= 0 && normalized < rank) return normalized + 0; // + 0: an axis of −0 becomes 0
  throw new ValueError(`${opName}: axis ${axis} does not exist in a tensor of rank ${rank}`, {
    code: 'AXIS_OUT_OF_RANGE',
    hint:
      rank === 0 ? 'a scalar has no axes' : `axes go from ${-rank} to ${rank - 1}, both included`,
    data: { op: opName, axis, rank },
  });
}

/**
 * Axes as numbers from 0 to rank − 1 in the order given; `undefined` means all of them.
 *
 * @throws ArgumentTypeError, ValueError as {@link normalizeAxis}; ValueError `AXIS_REPEATED` if one occurs twice.
 * @example
 * ```ts
 * import { normalizeAxes } from '@cotangent/tensor';
 * normalizeAxes([-1, 0], 3, 'sum'); // [2, 0]
 * ```
 */
export function normalizeAxes(
  axes: number | readonly number[] | undefined,
  rank: number,
  opName: string,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const given = typeof axes === 'number' ? [axes] : axes;
  const normalized = given.map((axis) => normalizeAxis(axis, rank, opName));
  if (new Set(normalized).size === normalized.length) return normalized;
  throw new ValueError(`${opName}: axes ${formatShape(given)} name an axis twice`, {
    code: 'AXIS_REPEATED',
    hint: 'negative axes count from the end: -1 is the last axis',
    data: { op: opName, axes: given, rank },
  });
}
