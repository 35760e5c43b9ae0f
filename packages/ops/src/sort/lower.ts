import {
  addressIn,
  assign,
  binary,
  block,
  compare,
  denseView,
  elementAt,
  forLoop,
  i32,
  index,
  letIn,
  load,
  local,
  plus,
  select,
  store,
  subview,
} from '@cotangent/loops';
import type { Buffer, LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import { overIndices } from '../loops-over.ts';

/** Values and the places where they stood, side by side. */
interface Keyed {
  readonly values: Buffer;
  readonly places: Buffer;
}

/** y = the places of the entries along an axis in ascending order: runs of 1, 2, 4, … are merged, from one room to another. */
export function lowerArgsort({
  inputs,
  outputs,
  attrs: { axis },
  scratch,
}: LoweringContext<{ readonly axis: number }>): readonly Statement[] {
  const [x, y] = [axisLast(inputs[0]!, axis), axisLast(outputs[0]!, axis)];
  const n = x.shape.at(-1)!;
  const room = (): Keyed => ({
    values: scratch(x.buffer.dtype, Math.max(n, 1)),
    places: scratch('int32', Math.max(n, 1)),
  });
  const [a, b] = [room(), room()];
  return overIndices(
    x.shape.slice(0, -1),
    (point) => [block(sortedRow(subview(x, point), subview(y, point), n, a, b))],
    false,
  );
}

function axisLast(view: StridedView, axis: number): StridedView {
  const order = [...view.shape.keys()].filter((k) => k !== axis).concat(axis);
  return {
    ...view,
    shape: order.map((k) => view.shape[k]!),
    strides: order.map((k) => view.strides[k]!),
  };
}

function sortedRow(
  x: StridedView,
  y: StridedView,
  n: number,
  first: Keyed,
  second: Keyed,
): readonly Statement[] {
  const k = index('k');
  const begin = forLoop(k, i32(0), i32(n), [
    store(first.values, k, elementAt(x, [k])),
    store(first.places, k, k),
  ]);
  const passes: Statement[] = [];
  let [from, to] = [first, second];
  for (let width = 1; width < n; width *= 2) {
    passes.push(pass(from, to, width, n));
    [from, to] = [to, from];
  }
  const end = forLoop(k, i32(0), i32(n), [
    store(y.buffer, addressIn(y, [k]), elementAt(denseView(from.places, [n]), [k])),
  ]);
  return [begin, ...passes, end];
}

/** Merges neighbouring runs of `width`. */
function pass(from: Keyed, to: Keyed, width: number, n: number): Statement {
  const run = index('run');
  const [lo, mid, hi] = [local('lo', 'i32'), local('mid', 'i32'), local('hi', 'i32')];
  const [i, j, k] = [local('i', 'i32'), local('j', 'i32'), index('k')];
  const atMost = (x: Value): Value => binary('min', x, i32(n));
  return forLoop(run, i32(0), i32(Math.ceil(n / (2 * width))), [
    block([
      letIn(lo, binary('mul', run, i32(2 * width))),
      letIn(mid, atMost(plus(lo, width))),
      letIn(hi, atMost(plus(lo, 2 * width))),
      letIn(i, lo),
      letIn(j, mid),
      forLoop(k, lo, hi, step(from, to, { i, j, k, mid, hi }, n)),
    ]),
  ]);
}

type Local = ReturnType<typeof local>;

/** Takes the next entry of the right run if the left one is used up or its next entry is greater. */
function step(
  from: Keyed,
  to: Keyed,
  { i, j, k, mid, hi }: { i: Local; j: Local; k: Value; mid: Local; hi: Local },
  n: number,
): readonly Statement[] {
  const within = (at: Value): Value => binary('min', at, i32(n - 1));
  const [left, right] = [load(from.values, within(i)), load(from.values, within(j))];
  const isNan = (x: Value): Value => compare('ne', x, x);
  const isNumber = (x: Value): Value => compare('eq', x, x);
  const isBefore = binary(
    'or',
    compare('lt', right, left),
    binary('and', isNan(left), isNumber(right)),
  );
  const takes = binary('and', compare('lt', j, hi), binary('or', compare('ge', i, mid), isBefore));
  const [takesRight, source] = [local('takesRight', 'i32'), local('source', 'i32')];
  return [
    letIn(takesRight, takes),
    letIn(source, select(takesRight, j, i)),
    store(to.values, k, load(from.values, source)),
    store(to.places, k, load(from.places, source)),
    assign(j, binary('add', j, takesRight)),
    assign(i, binary('add', i, binary('sub', i32(1), takesRight))),
  ];
}
