import {
  binary,
  constantOf,
  elementAt,
  forLoop,
  i32,
  index,
  registerType,
  store,
  addressIn,
  subview,
} from '@cotangent/loops';
import type { LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import { forEachMatrix, plusOf } from './matrix.ts';

/** Y = X with zeros above or below the k-th diagonal. */
export function lowerTriangle({
  inputs: [x],
  outputs: [y],
  attrs: { part, k },
}: LoweringContext<{ readonly part: 'lower' | 'upper'; readonly k: number }>):
  | readonly Statement[]
  | undefined {
  if (x === undefined || y === undefined) return undefined;
  const shift = part === 'lower' ? k + 1 : k;
  return rowsOf(x, y, (from, to, i, columns) => {
    const cut = clamped(plusOf(i, i32(shift)), columns);
    const [kept, cleared] =
      part === 'lower'
        ? [
            [i32(0), cut],
            [cut, columns],
          ]
        : [
            [cut, columns],
            [i32(0), cut],
          ];
    return [copied(from, to, i, kept[0]!, kept[1]!), zeroed(to, i, cleared[0]!, cleared[1]!)];
  });
}

/** Y = the lower triangle of X with its diagonal halved. */
export function lowerHalfTriangle({
  inputs: [x],
  outputs: [y],
}: LoweringContext): readonly Statement[] | undefined {
  if (x === undefined || y === undefined) return undefined;
  const half = constantOf(registerType[y.buffer.dtype], 0.5);
  if (x.buffer.dtype !== y.buffer.dtype) return undefined;
  return rowsOf(x, y, (from, to, i, columns) => {
    const cut = clamped(i, columns);
    const after = clamped(plusOf(i, i32(1)), columns);
    const j = index('d');
    const halved = binary('mul', elementAt(from, [i, j]), half);
    return [
      copied(from, to, i, i32(0), cut),
      forLoop(j, cut, after, [store(to.buffer, addressIn(to, [i, j]), halved)]),
      zeroed(to, i, after, columns),
    ];
  });
}

/** y = a diagonal over two axes, as the last axis. */
export function lowerDiagonal({
  inputs: [x],
  outputs: [y],
  attrs,
}: LoweringContext<DiagonalPlace>): readonly Statement[] | undefined {
  if (x === undefined || y === undefined) return undefined;
  return alongDiagonal(diagonalOf(x, attrs), y.shape, (from, place) =>
    store(y.buffer, addressIn(y, place), elementAt(from, place)),
  );
}

/** Y = zeros but for a diagonal over two axes. */
export function lowerPlaceDiagonal({
  inputs: [x],
  outputs: [y],
  attrs,
}: LoweringContext<DiagonalPlace>): readonly Statement[] | undefined {
  if (x === undefined || y === undefined) return undefined;
  const p = index('p');
  const total = y.shape.reduce((product, n) => product * n, 1);
  const nothing = constantOf(registerType[y.buffer.dtype], 0);
  return [
    forLoop(p, i32(0), i32(total), [store(y.buffer, plusOf(i32(y.offset), p), nothing)], {
      vector: true,
    }),
    ...alongDiagonal(diagonalOf(y, attrs), x.shape, (to, place) =>
      store(to.buffer, addressIn(to, place), elementAt(x, place)),
    ),
  ];
}

interface DiagonalPlace {
  readonly offset: number;
  readonly axis1: number;
  readonly axis2: number;
}

/** The diagonal as a view. */
function diagonalOf(x: StridedView, { offset, axis1, axis2 }: DiagonalPlace): StridedView {
  const isOther = (_: number, axis: number): boolean => axis !== axis1 && axis !== axis2;
  const [row, column] = [x.strides[axis1]!, x.strides[axis2]!];
  const start = offset > 0 ? offset * column : -offset * row;
  return {
    ...x,
    shape: x.shape.filter(isOther),
    strides: [...x.strides.filter(isOther), row + column],
    offset: x.offset + start,
  };
}

function alongDiagonal(
  view: StridedView,
  shape: readonly number[],
  make: (view: StridedView, place: readonly Value[]) => Statement,
): readonly Statement[] {
  if (shape.includes(0)) return [];
  const indices = shape.map((_, axis) => index(`i${axis}`));
  return indices.reduceRight<readonly Statement[]>(
    (body, k, axis) => [forLoop(k, i32(0), i32(shape[axis]!), body)],
    [make(view, indices)],
  );
}

/** Statements for each row of each matrix. */
function rowsOf(
  x: StridedView,
  y: StridedView,
  make: (from: StridedView, to: StridedView, i: Value, columns: Value) => readonly Statement[],
): readonly Statement[] {
  const [rows, columns] = y.shape.slice(-2);
  if (y.shape.includes(0)) return [];
  const i = index('i');
  return forEachMatrix(y.shape.slice(0, -2), (place) => [
    forLoop(i, i32(0), i32(rows!), make(subview(x, place), subview(y, place), i, i32(columns!))),
  ]);
}

function clamped(x: Value, columns: Value): Value {
  return binary('min', binary('max', x, i32(0)), columns);
}

function copied(from: StridedView, to: StridedView, i: Value, lo: Value, hi: Value): Statement {
  const j = index('j');
  const write = store(to.buffer, addressIn(to, [i, j]), elementAt(from, [i, j]));
  return forLoop(j, lo, hi, [write], { vector: true });
}

function zeroed(to: StridedView, i: Value, lo: Value, hi: Value): Statement {
  const j = index('j');
  const nothing = constantOf(registerType[to.buffer.dtype], 0);
  return forLoop(j, lo, hi, [store(to.buffer, addressIn(to, [i, j]), nothing)], { vector: true });
}
