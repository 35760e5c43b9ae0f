import { addressOf, i32, index, load, plus } from '@cotangent/loops';
import type { Buffer, StridedView, Value } from '@cotangent/loops';
import { rowMajorStrides, sameShape } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';

/** A strided view of a buffer: element [i…] is buffer[offset + Σ iₖ · strideₖ]. */
export interface BufferView {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * A tensor that need not exist: it can be asked for the expression of any of its elements. Views and
 * elementwise ops stay lazy, so that consumers compute them in their own loops.
 */
export interface Lazy {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The element at these indices, one per axis. */
  readonly at: (indices: readonly Value[]) => Value;
  /** The element at this row-major position, if that needs no division. */
  readonly flat: ((position: Value) => Value) | undefined;
  /** Where the elements are, if they are in memory. */
  readonly view: BufferView | undefined;
}

/** A tensor in memory. */
export function inMemory(
  buffer: Buffer,
  shape: readonly number[],
  offset = 0,
  strides: readonly number[] = rowMajorStrides(shape),
): Lazy {
  return {
    shape,
    dtype: buffer.dtype,
    at: (indices) => load(buffer, addressOf(indices, strides, offset)),
    flat: isDense(shape, strides)
      ? (position) => load(buffer, plus(position, offset))
      : sizeOf(shape) === 1
        ? () => load(buffer, i32(offset))
        : undefined,
    view: { buffer, offset, strides },
  };
}

export function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  let dense = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    if (size !== 1 && strides[axis] !== dense) return false;
    dense *= size;
  }
  return true;
}

export function sizeOf(shape: readonly number[]): number {
  let product = 1;
  for (let axis = 0; axis < shape.length; axis++) product *= shape[axis]!;
  return product;
}

/**
 * The only value of a tensor, if it is known to be the same everywhere and 0. It is asked for at an unknown place: at a
 * known one the value may be that of a part only.
 */
export function zeroOf({ shape, at }: Lazy): Value | undefined {
  const value = at(shape.map((size, axis) => (size === 1 ? i32(0) : index(`z${axis}`))));
  return value.kind === 'const' && value.value === 0 ? value : undefined;
}

/** The buffer of a tensor that is a whole one, row-major and of this shape. */
export function wholeBuffer(
  { shape: of, view }: Lazy,
  shape: readonly number[],
): Buffer | undefined {
  const isWhole = view?.offset === 0 && sameShape(of, shape) && isDense(shape, view.strides);
  return isWhole ? view.buffer : undefined;
}

/** A tensor in memory as the loop language knows it. */
export function stridedView({ view, shape }: Lazy): StridedView {
  if (view === undefined) throw new Error('wasm: a value that is read must be in memory');
  return { ...view, shape };
}
