import {
  addressIn,
  assign,
  binary,
  block,
  compare,
  constantOf,
  elementAt,
  forLoop,
  i32,
  ifThen,
  index,
  letIn,
  load,
  local,
  plus,
  registerType,
  select,
  store,
  subview,
  times,
} from '@cotangent/loops';
import type {
  Index,
  LoweringContext,
  Statement,
  StridedView,
  Value,
  ValueType,
} from '@cotangent/loops';
import type { PoolAxis } from '../kernels/pool.ts';
import { zeroed } from './columns.ts';
import type { PoolAttrs } from './pool-geometry.ts';

type Context = LoweringContext<PoolAttrs>;
type Measure = (shape: readonly number[], attrs: PoolAttrs) => readonly PoolAxis[];

/** Windows of at most so many entries are written out. */
const longestList = 25;

/** y = max over the window. */
export function lowerMax(context: Context, measure: Measure): readonly Statement[] | undefined {
  const { inputs, outputs } = context;
  const [x, y] = [inputs[0]!, outputs[0]!];
  const type = registerType[x.buffer.dtype];
  const axes = measure(x.shape, context.attrs);
  if (type === 'i32') return undefined; // of no entries the least integer, which the loops do not know
  const best = local('best', type);
  return overWindows(x, y, axes, (entries, at) => [
    letIn(best, constantOf(type, -Infinity)),
    ...entries((place) => [assign(best, binary('max', best, load(x.buffer, place)))]),
    store(y.buffer, at, best),
  ]);
}

/** y = the place in its plane of the greatest entry of the window. */
export function lowerIndices(context: Context, measure: Measure): readonly Statement[] | undefined {
  const { inputs, outputs } = context;
  const [x, y] = [inputs[0]!, outputs[0]!];
  const type = registerType[x.buffer.dtype];
  const axes = measure(x.shape, context.attrs);
  const [best, where, entry] = [local('best', type), local('where', 'i32'), local('entry', type)];
  return overWindows(x, y, axes, (entries, at) => [
    letIn(best, constantOf(type, 0)),
    letIn(where, i32(-1)),
    ...entries((place, position) => [
      letIn(entry, load(x.buffer, place)),
      ...takeGreater(type, entry, best, where, position),
    ]),
    store(y.buffer, at, where),
  ]);
}

/** A later entry takes over if it is greater, or the first NaN; the first does in any case. */
function takeGreater(
  type: ValueType,
  entry: Value,
  best: ReturnType<typeof local>,
  where: ReturnType<typeof local>,
  position: Value,
): readonly Statement[] {
  const isFirst = compare('lt', where, i32(0));
  const greater = compare('gt', entry, best);
  const isNan = (x: Value): Value => (type === 'i32' ? i32(0) : compare('ne', x, x));
  const becomesNan = binary('and', isNan(entry), compare('eq', isNan(best), i32(0)));
  const wins = local('wins', 'i32');
  return [
    letIn(wins, binary('or', isFirst, binary('or', greater, becomesNan))),
    assign(where, select(wins, position, where)),
    assign(best, select(wins, entry, best)),
  ];
}

/** y = Σ over the window, floats only: integers are exact in `eval`. */
export function lowerSum(context: Context, measure: Measure): readonly Statement[] | undefined {
  const { inputs, outputs } = context;
  const [x, y] = [inputs[0]!, outputs[0]!];
  const type = registerType[x.buffer.dtype];
  if (x.buffer.dtype !== y.buffer.dtype) return undefined;
  const sum = local('sum', type);
  return overWindows(x, y, measure(x.shape, context.attrs), (entries, at) => [
    letIn(sum, constantOf(type, 0)),
    ...entries((place) => [assign(sum, binary('add', sum, load(x.buffer, place)))]),
    store(y.buffer, at, sum),
  ]);
}

/** x = Σ of the y whose window it is in. */
export function lowerSumInput(
  context: Context,
  measure: Measure,
): readonly Statement[] | undefined {
  const { inputs, outputs } = context;
  const [y, x] = [inputs[0]!, outputs[0]!];
  const given = local('given', registerType[y.buffer.dtype]);
  const loops = overWindows(
    x,
    y,
    measure(x.shape, context.attrs),
    (entries, at) => [
      letIn(given, load(y.buffer, at)),
      ...entries((place) => [store(x.buffer, place, binary('add', load(x.buffer, place), given))]),
    ],
    false,
  );
  return [zeroed(x), ...loops];
}

/** y = x at the places. */
export function lowerGather({
  inputs,
  outputs,
  attrs,
}: LoweringContext<{ readonly axes: number }>): readonly Statement[] | undefined {
  const [x, indices] = [inputs[0]!, inputs[1]!];
  const y = outputs[0]!;
  const leading = x.shape.length - attrs.axes;
  if (!isDense(x, leading)) return undefined;
  const zero = constantOf(registerType[x.buffer.dtype], 0);
  return overPlanes(x, leading, indices, (start, place, point) => [
    store(
      y.buffer,
      addressIn(y, point),
      select(
        compare('lt', place, i32(0)),
        zero,
        load(x.buffer, binary('add', start, binary('max', place, i32(0)))),
      ),
    ),
  ]);
}

/** x = Σ of the y whose place it is. */
export function lowerScatter({
  inputs,
  outputs,
  attrs,
}: LoweringContext<{ readonly axes: number }>): readonly Statement[] | undefined {
  const [y, indices] = [inputs[0]!, inputs[1]!];
  const x = outputs[0]!;
  const at = local('at', 'i32');
  const loops = overPlanes(x, x.shape.length - attrs.axes, indices, (start, place, point) => [
    ifThen(compare('ge', place, i32(0)), [
      letIn(at, binary('add', start, place)),
      store(x.buffer, at, binary('add', load(x.buffer, at), elementAt(y, point))),
    ]),
  ]);
  return [zeroed(x), ...loops];
}

/** Loops over every place of every plane: body of where the plane starts, the place, and its indices. */
function overPlanes(
  x: StridedView,
  leading: number,
  indices: StridedView,
  body: (start: Value, place: Value, point: readonly Value[]) => readonly Statement[],
): readonly Statement[] {
  const counters = indices.shape.map((_, k) => index(`i${k}`));
  const start = addressIn(x, counters.slice(0, leading));
  const place = local('place', 'i32');
  const inner = [letIn(place, elementAt(indices, counters)), ...body(start, place, counters)];
  return loops(counters, indices.shape, inner);
}

/** Visits the entries of one window: their address, and their place in the plane. */
type Entries = (
  visit: (address: Value, position: Value) => readonly Statement[],
) => readonly Statement[];

/** Loops over every window of every plane: body of its entries and of the address of its result. */
function overWindows(
  x: StridedView,
  y: StridedView,
  axes: readonly PoolAxis[],
  body: (entries: Entries, at: Value) => readonly Statement[],
  vector = true,
): readonly Statement[] {
  const leading = x.shape.length - axes.length;
  const counters = y.shape.map((_, k) => index(`i${k}`));
  const plane = subview(x, counters.slice(0, leading));
  const windows = counters.slice(leading);
  const count = axes.reduce((n, axis) => n * axis.window, 1);
  const isWhole = axes.every(holdsWholeWindows) && count <= longestList;
  const entries: Entries = (visit) =>
    isWhole ? listed(plane, axes, windows, visit) : bounded(plane, axes, windows, visit);
  return loops(counters, y.shape, body(entries, addressIn(y, counters)), vector && isWhole);
}

/** Every window lies within the entries. */
function holdsWholeWindows({ output, stride, window, low, input }: PoolAxis): boolean {
  return low === 0 && (output - 1) * stride + window <= input;
}

/** The entries of a whole window, written out. */
function listed(
  plane: StridedView,
  axes: readonly PoolAxis[],
  windows: readonly Index[],
  visit: (address: Value, position: Value) => readonly Statement[],
): readonly Statement[] {
  let points: readonly (readonly Value[])[] = [[]];
  axes.forEach(({ window, stride }, k) => {
    const places = Array.from({ length: window }, (_, offset) =>
      plus(times(windows[k]!, stride), offset),
    );
    points = points.flatMap((point) => places.map((place) => [...point, place]));
  });
  return points.flatMap((point) => visit(addressIn(plane, point), positionOf(point, axes)));
}

/** The entries of a window that the borders may cut, in loops. */
function bounded(
  plane: StridedView,
  axes: readonly PoolAxis[],
  windows: readonly Index[],
  visit: (address: Value, position: Value) => readonly Statement[],
): readonly Statement[] {
  const entries = axes.map((_, k) => index(`e${k}`));
  const body = visit(addressIn(plane, entries), positionOf(entries, axes));
  return axes.reduceRight<readonly Statement[]>((inner, axis, k) => {
    const start = plus(times(windows[k]!, axis.stride), -axis.low);
    const from = binary('min', i32(axis.input), binary('max', i32(0), start));
    const to = binary('min', i32(axis.input), plus(start, axis.window));
    return [forLoop(entries[k]!, from, to, inner)];
  }, body);
}

/** Where a point is in its plane, in row-major order. */
function positionOf(point: readonly Value[], axes: readonly PoolAxis[]): Value {
  return point.reduce<Value>(
    (position, place, k) => binary('add', times(position, axes[k]!.input), place),
    i32(0),
  );
}

function loops(
  counters: readonly Index[],
  shape: readonly number[],
  body: readonly Statement[],
  vector = false,
): readonly Statement[] {
  return counters.reduceRight<readonly Statement[]>((inner, counter, k) => {
    const isLast = k === counters.length - 1;
    const made = k === 0 && !isLast ? [block(inner)] : inner;
    return [forLoop(counter, i32(0), i32(shape[k]!), made, { vector: vector && isLast })];
  }, body);
}

/** The axes from `first` on are row-major. */
function isDense({ shape, strides }: StridedView, first: number): boolean {
  let stride = 1;
  for (let axis = shape.length - 1; axis >= first; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== stride) return false;
    stride *= shape[axis]!;
  }
  return true;
}
