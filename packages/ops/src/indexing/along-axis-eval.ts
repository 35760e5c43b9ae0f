import { ShapeError, allocate, denseData, views } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { formatShape, sameShape, shapesConflict } from '@cotangent/graph';
import type { Shape } from '@cotangent/graph';
import { fromRows, rowsOf } from '../kernels/rows.ts';
import type { PutAttrs } from './along-axis.ts';
import { outOfRange } from './positions.ts';

/** Shapes that do not go together along an axis. */
export function misfit(op: string, given: Shape, shape: Shape, axis: number): ShapeError {
  return new ShapeError(
    `${op}: ${formatShape(given)} does not go along axis ${axis} of ${formatShape(shape)}`,
    {
      code: 'OP_ALONG_SHAPE',
      hint: 'ranks are equal, and so are the sizes of all other axes',
      data: { op, shapes: [given, shape], axis },
    },
  );
}

/** Places in the rows of `x` along an axis, row by row, for each entry of `i`. */
function* placesIn(
  x: Tensor,
  i: Tensor,
  axis: number,
  op: string,
): Generator<readonly [row: number, place: number, entry: number]> {
  if (shapesConflict(x.shape.with(axis, 0), i.shape.with(axis, 0))) {
    throw misfit(op, i.shape, x.shape, axis);
  }
  const n = x.shape[axis]!;
  const { data, start, count, length } = rowsOf(i, [axis]);
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < length; k++) {
      const given = data[start + row * length + k]!;
      const place = given < 0 ? given + n : given;
      if (place < 0 || place >= n) throw outOfRange(op, given, axis, x.shape, [row, k]);
      yield [row, place, row * length + k];
    }
  }
}

/** y[…, k, …] = x[…, i[…, k, …], …]. */
export function taken(x: Tensor, i: Tensor, axis: number): Tensor {
  const out = allocate(x.dtype, i.size);
  const rows = rowsOf(x, [axis]);
  for (const [row, place, entry] of placesIn(x, i, axis, 'takeAlongAxis')) {
    out[entry] = rows.data[rows.start + row * rows.length + place]!;
  }
  return fromRows(rowsOf(i, [axis]), out, x.dtype);
}

/** x with v written to or added to the places; v has the shape of i. */
export function put(x: Tensor, i: Tensor, v: Tensor, { axis, mode }: PutAttrs): Tensor {
  if (!sameShape(v.shape, i.shape)) throw misfit('putAlongAxis', v.shape, i.shape, axis);
  const rows = rowsOf(x, [axis]);
  const out = allocate(x.dtype, x.size);
  out.set(rows.data.subarray(rows.start, rows.start + x.size));
  const given = denseData(views.transpose(v, rowsOf(v, [axis]).order));
  for (const [row, place, entry] of placesIn(x, i, axis, 'putAlongAxis')) {
    const at = row * rows.length + place;
    out[at] = mode === 'add' ? out[at]! + given[entry]! : given[entry]!;
  }
  return fromRows(rows, out, x.dtype);
}

/** Whether each write is the last one to its place. */
export function staying(x: Tensor, i: Tensor, axis: number): Tensor {
  const n = x.shape[axis]!;
  const last = new Map<number, number>();
  const all = [...placesIn(x, i, axis, 'putAlongAxis')];
  for (const [row, place, entry] of all) last.set(row * n + place, entry);
  const out = allocate('bool', i.size);
  for (const [row, place, entry] of all) out[entry] = Number(last.get(row * n + place) === entry);
  return fromRows(rowsOf(i, [axis]), out, 'bool');
}
