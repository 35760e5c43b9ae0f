import {
  addressIn,
  assign,
  binary,
  block,
  constantOf,
  convert,
  denseView,
  elementAt,
  forLoop,
  i32,
  index,
  letIn,
  load,
  local,
  registerType,
  store,
  subview,
} from '@cotangent/loops';
import type { LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import { overElements, overIndices } from '../loops-over.ts';
import type { ScanAttrs } from './affine-scan.ts';

/** The first value of a scan from the entries of the inputs there, and each further one from the last and its entries. */
interface Recurrence {
  readonly first: (xs: readonly Value[]) => Value;
  readonly next: (last: Value, xs: readonly Value[]) => Value;
}

/** Values along one axis, each from the one before; in float64, rounded as they are stored. Floats only: integers are checked. */
export function lowerScan(
  { inputs, outputs, attrs: { axis, reverse }, scratch }: LoweringContext<ScanAttrs>,
  recurrence: Recurrence,
): readonly Statement[] | undefined {
  const y = outputs[0]!;
  if (registerType[y.buffer.dtype] === 'i32') return undefined;
  const n = y.shape[axis]!;
  const lines = [...inputs, y].map((view) => (reverse ? reversed(view, axis) : view));
  const inner = y.shape.slice(axis + 1).reduce((count, size) => count * size, 1);
  if (n === 0 || inner === 0) return [];
  const line = inner === 1 ? inRegister : inRoom(denseView(scratch('float64', inner), [inner]));
  return overIndices(
    y.shape.slice(0, axis),
    (outer) => [
      block(
        line(
          lines.map((view) => subview(view, outer)),
          n,
          recurrence,
        ),
      ),
    ],
    false,
    'o',
  );
}

/** y_k = x_{k − by} along one axis, `fill` where that is outside. */
export function lowerShift({
  inputs,
  outputs,
  attrs: { axis, by, fill },
}: LoweringContext<{
  readonly axis: number;
  readonly by: 1 | -1;
  readonly fill: number;
}>): readonly Statement[] {
  const [x, y] = [inputs[0]!, outputs[0]!];
  const n = y.shape[axis]!;
  if (n === 0) return [];
  const [from, to] = by === 1 ? [0, 1] : [1, 0];
  const parts = [narrowed(x, axis, from, n - 1), narrowed(y, axis, to, n - 1)];
  const end = narrowed(y, axis, by === 1 ? 0 : n - 1, 1);
  const value = constantOf(registerType[y.buffer.dtype], fill);
  return [
    ...overElements([end], ([at]) => [store(y.buffer, at!, value)]),
    ...overElements(parts, ([source, at]) => [store(y.buffer, at!, load(x.buffer, source!))]),
  ];
}

/** Along views of which the last is written: one number at a time. */
function inRegister(
  views: readonly StridedView[],
  n: number,
  { first, next }: Recurrence,
): readonly Statement[] {
  const [last, k] = [local('last', 'f64'), index('k')];
  const y = views.at(-1)!;
  const point = (at: Value): readonly Value[] =>
    y.shape.map((_, axis) => (axis === 0 ? at : i32(0)));
  const entries = (at: Value): readonly Value[] =>
    views.slice(0, -1).map((view) => convert('f64', elementAt(view, point(at))));
  const write = (at: Value): Statement =>
    store(y.buffer, addressIn(y, point(at)), rounded(last, y));
  return [
    letIn(last, first(entries(i32(0)))),
    write(i32(0)),
    forLoop(k, i32(1), i32(n), [assign(last, next(last, entries(k))), write(k)]),
  ];
}

/** The same for all lines side by side, with the last values in a room of their own. */
function inRoom(room: StridedView): typeof inRegister {
  return (views, n, { first, next }) => {
    const k = index('k');
    const y = views.at(-1)!;
    const step = (at: Value, value: (last: Value, xs: readonly Value[]) => Value) => {
      const rows = views.map((view) => subview(view, [at]));
      const shape = rows.at(-1)!.shape;
      const kept = { ...denseView(room.buffer, shape) };
      const made = local('made', 'f64');
      return overElements([kept, ...rows], ([place, ...positions]) => {
        const xs = views
          .slice(0, -1)
          .map((view, j) => convert('f64', load(view.buffer, positions[j]!)));
        return [
          letIn(made, value(load(room.buffer, place!), xs)),
          store(room.buffer, place!, made),
          store(y.buffer, positions.at(-1)!, rounded(made, y)),
        ];
      });
    };
    return [
      ...step(i32(0), (_, xs) => first(xs)),
      forLoop(k, i32(1), i32(n), [block(step(k, next))]),
    ];
  };
}

/** y_k = x_0 + … + x_k. */
export const runningSums: Recurrence = {
  first: ([x]) => x!,
  next: (last, [x]) => binary('add', last, x!),
};

/** y_k = x_0 · … · x_k. */
export const runningProducts: Recurrence = {
  first: ([x]) => x!,
  next: (last, [x]) => binary('mul', last, x!),
};

/** r_k = a_k · r_{k−1} + b_k, 0 before. */
export const affineSteps: Recurrence = {
  first: ([, b]) => b!,
  next: (last, [a, b]) => binary('add', binary('mul', a!, last), b!),
};

function rounded(value: Value, y: StridedView): Value {
  return convert(registerType[y.buffer.dtype], value);
}

/** The view with an axis from its end. */
function reversed(view: StridedView, axis: number): StridedView {
  const [n, stride] = [view.shape[axis]!, view.strides[axis]!];
  const offset = view.offset + Math.max(n - 1, 0) * stride;
  return { ...view, offset, strides: view.strides.with(axis, -stride) };
}

/** `count` entries of an axis, from `start` on. */
function narrowed(view: StridedView, axis: number, start: number, count: number): StridedView {
  const offset = view.offset + start * view.strides[axis]!;
  return { ...view, offset, shape: view.shape.with(axis, count) };
}
