import {
  DTypeError,
  ValueError,
  broadcastShapes,
  copy,
  denseData,
  formatShape,
  rowMajorStrides,
  sizeOf,
  unravel,
  views,
} from '@cotangent/tensor';
import type { Tensor, TypedArray } from '@cotangent/tensor';
import { formatType } from '@cotangent/graph';
import type { TensorType } from '@cotangent/graph';

/** A tensor with the indexed axes in front and flattened: row p holds the entries of one choice of indices. */
export interface Rows {
  readonly data: TypedArray;
  /** Entries of one row. */
  readonly length: number;
  /** Sizes of the indexed axes, then of the others. */
  readonly shape: readonly number[];
}

/** @throws DTypeError `OP_DTYPE_REJECTED` if some index is not of an integer dtype. */
export function checkIndexTypes(indices: readonly TensorType[], op: string): void {
  indices.forEach((type, k) => {
    if (type.dtype === 'int32' || type.dtype === 'uint8') return;
    throw new DTypeError(`${op}: index ${k} is ${formatType(type)}`, {
      code: 'OP_DTYPE_REJECTED',
      hint:
        type.dtype === 'bool'
          ? 'maskSelect and setMask take masks'
          : "indices are whole numbers: cast them to 'int32' first",
      data: { op, position: k, type },
    });
  });
}

/** `axes`, then all others: the order of the axes in which indexed axes come first. */
export function indexedFirst(rank: number, axes: readonly number[]): readonly number[] {
  const others = Array.from({ length: rank }, (_, k) => k).filter((k) => !axes.includes(k));
  return [...axes, ...others];
}

/** The rows of `x`; a copy of its elements if `isFresh`. */
export function rowsAlong(x: Tensor, axes: readonly number[], isFresh: boolean): Rows {
  const moved = views.transpose(x, indexedFirst(x.shape.length, axes));
  const { shape } = moved;
  const data = denseData(isFresh ? copy(moved) : moved);
  return { data, length: sizeOf(shape.slice(axes.length)), shape };
}

/** The rows that index tensors name, row-major over their common shape. */
export interface Positions {
  readonly rows: Int32Array;
  readonly shape: readonly number[];
}

/**
 * Rows by index tensors, one for each indexed axis, broadcast against each other; negative indices count from the end.
 *
 * @throws ValueError `INDEX_OUT_OF_RANGE`.
 */
export function positionsOf(
  indices: readonly Tensor[],
  x: Tensor,
  axes: readonly number[],
  op: string,
): Positions {
  const shape = broadcastShapes(indices.map((index) => index.shape));
  const rows = new Int32Array(sizeOf(shape));
  const strides = rowMajorStrides(axes.map((axis) => x.shape[axis]!));
  indices.forEach((index, k) => {
    const size = x.shape[axes[k]!]!;
    const given = denseData(views.broadcastTo(index, shape));
    for (let b = 0; b < rows.length; b++) {
      const at = given[b]! < 0 ? given[b]! + size : given[b]!;
      if (at < 0 || at >= size)
        throw outOfRange(op, given[b]!, axes[k]!, x.shape, unravel(b, shape));
      rows[b]! += at * strides[k]!;
    }
  });
  return { rows, shape };
}

/** An index that an axis does not have. */
export function outOfRange(
  op: string,
  index: number,
  axis: number,
  shape: readonly number[],
  position: readonly number[],
): ValueError {
  const size = shape[axis]!;
  return new ValueError(
    `${op}: index ${index} at ${formatShape(position)} is outside axis ${axis} of ${formatShape(shape)}`,
    {
      code: 'INDEX_OUT_OF_RANGE',
      hint:
        size === 0 ? 'this axis is empty' : `indices of this axis go from ${-size} to ${size - 1}`,
      data: { op, index, axis, size, shape, position },
    },
  );
}
