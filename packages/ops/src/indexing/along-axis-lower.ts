import { addressIn, binary, compare, denseView, elementAt, load, store } from '@cotangent/loops';
import type { LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import { copied, overIndices } from '../loops-over.ts';
import type { AlongAttrs, PutAttrs } from './along-axis.ts';
import { refuseOutside, wrapped } from './index-lower.ts';

/** y[…, k, …] = x[…, i[…, k, …], …]. */
export function lowerTakeAlong({
  inputs: [x, i],
  outputs: [y],
  attrs: { axis },
}: LoweringContext<AlongAttrs>): readonly Statement[] {
  return overPlaces(x!, i!, axis, true, (place, point) =>
    store(y!.buffer, addressIn(y!, point), elementAt(x!, place)),
  );
}

/** y[…, i[…, k, …], …] = v[…, k, …], or v added there. */
export function lowerPutAlong({
  inputs: [x, i, v],
  outputs: [y],
  attrs: { axis, mode },
}: LoweringContext<PutAttrs>): readonly Statement[] | undefined {
  const { dtype } = y!.buffer;
  if (x!.buffer.dtype !== dtype || v!.buffer.dtype !== dtype) return undefined;
  const write = overPlaces(y!, i!, axis, false, (place, point) => {
    const at = addressIn(y!, place);
    const given = elementAt(v!, point);
    return store(y!.buffer, at, mode === 'set' ? given : binary('add', load(y!.buffer, at), given));
  });
  return [...copied(x!, y!), ...write];
}

/** w[…, k, …] = whether the number of the last write to its place is k. */
export function lowerLastAlong({
  inputs: [x, i],
  outputs: [stays],
  attrs: { axis },
  scratch,
}: LoweringContext<AlongAttrs>): readonly Statement[] {
  const { shape } = x!;
  const size = shape.reduce((n, length) => n * length, 1);
  const last = denseView(scratch('int32', Math.max(size, 1)), shape);
  const note = overPlaces(x!, i!, axis, false, (place, point) =>
    store(last.buffer, addressIn(last, place), point[axis]!),
  );
  const compareAll = overPlaces(x!, i!, axis, true, (place, point) =>
    store(
      stays!.buffer,
      addressIn(stays!, point),
      compare('eq', elementAt(last, place), point[axis]!),
    ),
  );
  return [...note, ...compareAll];
}

/** Loops over the entries of `i`: `body` gets the place in `x` that one names, and where it stands itself. */
function overPlaces(
  x: StridedView,
  i: StridedView,
  axis: number,
  isFree: boolean,
  body: (place: readonly Value[], point: readonly Value[]) => Statement,
): readonly Statement[] {
  const size = x.shape[axis]!;
  const loops = overIndices(
    i.shape,
    (point) => [body(point.with(axis, wrapped(elementAt(i, point), size)), point)],
    isFree,
  );
  return [...refuseOutside(i, size, 0), ...loops];
}
