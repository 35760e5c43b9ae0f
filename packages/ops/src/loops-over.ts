import { addressOf, forLoop, i32, index, load, store } from '@cotangent/loops';
import type { Statement, StridedView, Value } from '@cotangent/loops';

/** What a loop nest does at one point: the positions of each view's element there, in the order of the views. */
export type AtPositions = (positions: readonly Value[]) => readonly Statement[];

/**
 * Loops over all elements of views of one shape, the innermost in vectors. Neighbouring axes that all views step
 * over evenly are one loop, so that dense views take a single one.
 *
 * @param body - independent of the other iterations if `inVectors`.
 */
export function overElements(
  views: readonly StridedView[],
  body: AtPositions,
  inVectors = true,
): readonly Statement[] {
  const { sizes, strides } = merged(views);
  const bodyAt = (point: readonly Value[]): readonly Statement[] =>
    body(
      views.map(({ offset, base }, k) => {
        const at = addressOf(point, strides[k]!, offset);
        return base === undefined ? at : positionIn(base, at);
      }),
    );
  return overIndices(sizes, bodyAt, inVectors);
}

/**
 * Loops over all indices of a shape, the innermost in vectors unless told otherwise.
 *
 * @param name - of the counters, for listings.
 */
export function overIndices(
  shape: readonly number[],
  body: (point: readonly Value[]) => readonly Statement[],
  inVectors = true,
  name = 'i',
): readonly Statement[] {
  if (shape.includes(0)) return [];
  const counters = shape.map((_, axis) => index(`${name}${axis}`));
  const point = shape.map((size, axis): Value => (size === 1 ? i32(0) : counters[axis]!));
  const innermost = shape.findLastIndex((size) => size !== 1);
  return shape.reduceRight<readonly Statement[]>(
    (inner, size, axis) =>
      size === 1
        ? inner
        : [
            forLoop(counters[axis]!, i32(0), i32(size), inner, {
              vector: inVectors && axis === innermost,
            }),
          ],
    body(point),
  );
}

/** to = from, element by element; views of one shape and dtype. */
export function copied(from: StridedView, to: StridedView): readonly Statement[] {
  return overElements([from, to], ([source, target]) => [
    store(to.buffer, target!, load(from.buffer, source!)),
  ]);
}

/** A view repeated along axes, so that it has `shape`. */
export function broadcastView(view: StridedView, shape: readonly number[]): StridedView {
  const added = shape.length - view.shape.length;
  const strides = shape.map((_, axis) =>
    view.shape[axis - added] === 1 ? 0 : (view.strides[axis - added] ?? 0),
  );
  return { ...view, shape, strides };
}

function positionIn(base: Value, at: Value): Value {
  return { kind: 'binary', op: 'add', x: base, y: at };
}

/** The shape with axes joined where every view allows it, and the strides of each view for it. */
function merged(views: readonly StridedView[]): {
  readonly sizes: readonly number[];
  readonly strides: readonly (readonly number[])[];
} {
  const sizes: number[] = [];
  const strides: number[][] = views.map(() => []);
  views[0]!.shape.forEach((size, axis) => {
    if (size === 1) return;
    const isEven = views.every(
      (view, k) => strides[k]!.at(-1) === view.strides[axis]! * size && sizes.length > 0,
    );
    if (isEven) sizes.push(sizes.pop()! * size);
    else sizes.push(size);
    views.forEach((view, k) => {
      if (isEven) strides[k]!.pop();
      strides[k]!.push(view.strides[axis]!);
    });
  });
  return { sizes, strides };
}
