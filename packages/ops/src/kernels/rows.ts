import { Tensor, allocate, contiguous, rowMajorStrides, sizeOf, views } from '@cotangent/tensor';
import type { DType, TypedArray } from '@cotangent/tensor';

/**
 * The groups of elements that share all indices but those of some axes, as rows of a dense matrix: element k of
 * group i is `data[start + i·length + k]`. Groups are in row-major order of the axes kept, elements in that of the others.
 */
export interface Rows {
  readonly data: TypedArray;
  readonly start: number;
  readonly count: number;
  readonly length: number;
  /** Axes kept, then the others: the order in which `data` varies. */
  readonly order: readonly number[];
  /** Shape in that order. */
  readonly shape: readonly number[];
}

/** Copies only where the elements do not lie in that order already. */
export function rowsOf(x: Tensor, axes: readonly number[]): Rows {
  const kept = keptAxes(x.shape.length, axes);
  const order = [...kept, ...axes];
  const { data, offset, shape } = contiguous(views.transpose(x, order));
  return {
    data,
    start: offset,
    count: sizeOf(shape.slice(0, kept.length)),
    length: sizeOf(shape.slice(kept.length)),
    order,
    shape,
  };
}

/** The value of one row, `data[start]` to `data[start + length − 1]`. */
export type RowFunction = (data: TypedArray, start: number, length: number) => number;

/** One number per group of `x` along `axes`. */
export function reduceRows(
  x: Tensor,
  axes: readonly number[],
  keepDims: boolean,
  dtype: DType,
  valueOf: RowFunction,
): Tensor {
  const { data, start, count, length } = rowsOf(x, axes);
  const out: TypedArray = allocate(dtype, count);
  for (let i = 0; i < count; i++) out[i] = valueOf(data, start + i * length, length);
  const shape = keepDims
    ? x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n))
    : keptAxes(x.shape.length, axes).map((axis) => x.shape[axis]!);
  return new Tensor(out, shape, rowMajorStrides(shape), 0, dtype);
}

/** Fills the row of the result, `out[outStart]` on, from that of the input. */
export type RowMap = (
  data: TypedArray,
  start: number,
  length: number,
  out: TypedArray,
  outStart: number,
) => void;

/** A tensor of the shape of `x`, each group along `axes` the image of the group of `x`. */
export function mapRows(x: Tensor, axes: readonly number[], dtype: DType, map: RowMap): Tensor {
  const rows = rowsOf(x, axes);
  const { data, start, count, length } = rows;
  const out: TypedArray = allocate(dtype, count * length);
  for (let i = 0; i < count; i++) map(data, start + i * length, length, out, i * length);
  return fromRows(rows, out, dtype);
}

/** The tensor whose groups are the rows in `out`: a view of it with the axes back in place. */
export function fromRows({ shape, order }: Rows, out: TypedArray, dtype: DType): Tensor {
  const dense = new Tensor(out, shape, rowMajorStrides(shape), 0, dtype);
  return views.transpose(
    dense,
    order.map((_, axis) => order.indexOf(axis)),
  );
}

function keptAxes(rank: number, axes: readonly number[]): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
}
