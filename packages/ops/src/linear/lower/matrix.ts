import {
  addressOf,
  binary,
  convert,
  elementAt,
  forLoop,
  i32,
  index,
  load,
  store,
  subview,
} from '@cotangent/loops';
import type { Buffer, MatrixView, Statement, StridedView, Value } from '@cotangent/loops';

// Matrices in the loop language. All are computed with in float64, as `eval` does.

/** The entry (i, j) as a value. */
export function entry(m: MatrixView, i: Value, j: Value): Value {
  return load(m.buffer, placeOf(m, i, j));
}

/** Writes the entry (i, j). */
export function setEntry(m: MatrixView, i: Value, j: Value, value: Value): Statement {
  return store(m.buffer, placeOf(m, i, j), value);
}

/** The part of a matrix that begins at (i, j). */
export function partAt(m: MatrixView, i: Value, j: Value): MatrixView {
  return { ...m, offset: placeOf(m, i, j) };
}

export function transposed({ buffer, offset, rowStride, columnStride }: MatrixView): MatrixView {
  return { buffer, offset, rowStride: columnStride, columnStride: rowStride };
}

/** A row-major matrix that fills a buffer from its start. */
export function rowMajor(buffer: Buffer, columns: number): MatrixView {
  return { buffer, offset: i32(0), rowStride: columns, columnStride: 1 };
}

export function plusOf(a: Value, b: Value): Value {
  if (a.kind === 'const' && b.kind === 'const') return i32(a.value + b.value);
  if (a.kind === 'const' && a.value === 0) return b;
  return b.kind === 'const' && b.value === 0 ? a : binary('add', a, b);
}

export function minusOf(a: Value, b: Value): Value {
  if (a.kind === 'const' && b.kind === 'const') return i32(a.value - b.value);
  return binary('sub', a, b);
}

function placeOf({ offset, rowStride, columnStride }: MatrixView, i: Value, j: Value): Value {
  return plusOf(offset, addressOf([i, j], [rowStride, columnStride], 0));
}

/** The matrix on the two axes of a view of rank 2. */
export function matrixOf({ buffer, strides, offset, base }: StridedView): MatrixView {
  const [rowStride = 0, columnStride = 0] = strides;
  return { buffer, offset: plusOf(base ?? i32(0), i32(offset)), rowStride, columnStride };
}

/** A matrix from the start of its buffer as a view. */
export function viewOf(m: MatrixView, rows: number, columns: number): StridedView {
  return {
    buffer: m.buffer,
    shape: [rows, columns],
    strides: [m.rowStride, m.columnStride],
    offset: 0,
    base: m.offset,
  };
}

/** Statements for every matrix of a stack: `make` gets the indices of its place in the stack. */
export function forEachMatrix(
  stack: readonly number[],
  make: (place: readonly Value[]) => readonly Statement[],
): readonly Statement[] {
  const indices = stack.map((_, axis) => index(`q${axis}`));
  const place = stack.map((size, axis): Value => (size === 1 ? i32(0) : indices[axis]!));
  return stack.reduceRight<readonly Statement[]>(
    (body, size, axis) => (size === 1 ? body : [forLoop(indices[axis]!, i32(0), i32(size), body)]),
    make(place),
  );
}

/** The matrix at a place of a larger stack, with which the view's own stack broadcasts. */
export function matrixAt(view: StridedView, place: readonly Value[]): StridedView {
  const own = view.shape.length - 2;
  const indices = place
    .slice(place.length - own)
    .map((k, axis): Value => (view.shape[axis] === 1 ? i32(0) : k));
  return subview(view, indices);
}

/** Which entries of a matrix are copied; the others become zero. */
export type Part = 'all' | 'lower' | 'upper';

/** Copies entries of `from` [rows, columns] to `to`, in float64; outside of the part it writes zeros. */
export function copyMatrix(
  from: StridedView,
  to: MatrixView,
  rows: number,
  columns: number,
  part: Part = 'all',
): readonly Statement[] {
  const [i, j] = [index('i'), index('j')];
  const copied = setEntry(to, i, j, convert('f64', elementAt(from, [i, j])));
  const cleared = setEntry(to, i, j, { kind: 'const', type: 'f64', value: 0 });
  const [first, last] = [i32(0), i32(columns)];
  const middle = binary('min', part === 'upper' ? i : binary('add', i, i32(1)), last);
  const range = (lo: Value, hi: Value, body: Statement): Statement =>
    forLoop(j, lo, hi, [body], { vector: true });
  const body = {
    all: [range(first, last, copied)],
    lower: [range(first, middle, copied), range(middle, last, cleared)],
    upper: [range(first, middle, cleared), range(middle, last, copied)],
  };
  return [forLoop(i, i32(0), i32(rows), body[part])];
}
