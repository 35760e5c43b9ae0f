import { ShapeError, ValueError, checkDType, strongDType } from '@cotangent/tensor';
import type { DType, Promotable } from '@cotangent/tensor';

/** A static shape: one size per axis, `null` where the size is known only when a graph is run. */
export type Shape = readonly (number | null)[];

/**
 * What is known of a tensor variable before any value is: dtype and static shape.
 *
 * `weak` marks the type of a number literal or of a dimension: such an operand takes the dtype of
 * the tensors it meets (NumPy 2, NEP 50) instead of widening them.
 */
export interface TensorType {
  readonly kind: 'tensor';
  readonly dtype: DType;
  readonly shape: Shape;
  readonly weak?: true;
}

/** Makes a {@link TensorType}. @throws DTypeError, ValueError if `dtype` or a size is not valid. */
export function tensorType(dtype: DType, shape: Shape): TensorType {
  checkDType(dtype, 'tensorType');
  shape.forEach((size, axis) => {
    if (size !== null && !(Number.isInteger(size) && size >= 0)) {
      throw new ValueError(`tensorType: size ${String(size)} of axis ${axis} is not valid`, {
        code: 'GRAPH_INVALID_SHAPE',
        hint: 'a size is a whole number ≥ 0, or null if it is not known yet',
        data: { shape, axis },
      });
    }
  });
  return { kind: 'tensor', dtype, shape: [...shape] };
}

/** A tensor type whose dtype may be weak: what {@link Promotable} means as a type. */
export function promotableType(promotable: Promotable, shape: Shape): TensorType {
  const dtype = strongDType(promotable);
  return promotable === dtype
    ? { kind: 'tensor', dtype, shape }
    : { kind: 'tensor', dtype, shape, weak: true };
}

/** The operand of dtype promotion that a type stands for. */
export function promotableOf(type: TensorType): Promotable {
  if (type.weak !== true) return type.dtype;
  if (type.dtype === 'bool') return 'weak-bool';
  return type.dtype === 'float64' || type.dtype === 'float32' ? 'weak-float' : 'weak-integer';
}

/** `float64[3,?]`: the dtype and the static shape, `?` for a size not known yet. */
export function formatType(type: TensorType): string {
  return `${type.dtype}${formatShape(type.shape)}`;
}

/** `[3,?]`: sizes separated by commas, `?` for one not known yet. */
export function formatShape(shape: Shape): string {
  return `[${shape.map((size) => size ?? '?').join(',')}]`;
}

/** Whether dtype and static shape are the same (weakness is not compared). */
export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

/** Whether two static shapes are equal, unknown sizes in the same places. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Whether no run-time shape can have both static shapes: other rank, or other known size. */
export function shapesConflict(a: Shape, b: Shape): boolean {
  if (a === b) return false;
  if (a.length !== b.length) return true;
  return a.some((size, axis) => {
    const other = b[axis] ?? null;
    return size !== null && other !== null && size !== other;
  });
}

/** A static shape in which every size is known. */
export function isKnownShape(shape: Shape): shape is readonly number[] {
  for (let axis = 0; axis < shape.length; axis++) if (shape[axis] === null) return false;
  return true;
}

/**
 * The static shape of an elementwise result under NumPy's broadcasting rules. An unknown size beside
 * a known one > 1 must turn out to be that size or 1, so the result has the known size.
 *
 * @throws ShapeError if two known sizes of an axis differ and neither is 1.
 */
export function broadcastStatic(shapes: readonly Shape[], op: string): Shape {
  const [first] = shapes;
  // The common cases: one shape, and scalars with it. Equal unknown sizes may still turn out as n and 1, which gives n:
  // unknown again.
  let only = first;
  let isAlike = first !== undefined;
  for (const shape of shapes) {
    if (only === undefined || shape === only || shape.length === 0) continue;
    if (only.length === 0) only = shape;
    else isAlike &&= sameShape(shape, only);
  }
  if (only !== undefined && isAlike) return only;
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => broadcastAxis(shapes, rank - axis, op));
}

function broadcastAxis(shapes: readonly Shape[], fromRight: number, op: string): number | null {
  let result: number | null = 1;
  for (const shape of shapes) {
    if (shape.length < fromRight) continue;
    const size = shape[shape.length - fromRight] ?? null;
    if (size === 1) continue;
    if (size === null) result = result === 1 ? null : result;
    else if (result === 1 || result === null) result = size;
    else if (result !== size) throw broadcastError(shapes, op);
  }
  return result;
}

function broadcastError(shapes: readonly Shape[], op: string): ShapeError {
  return new ShapeError(`${op}: cannot broadcast ${shapes.map(formatShape).join(' with ')}`, {
    code: 'SHAPE_BROADCAST',
    hint: 'sizes must match or be 1, axis by axis from the right',
    data: { op, shapes },
  });
}
