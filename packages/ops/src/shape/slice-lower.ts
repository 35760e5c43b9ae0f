import {
  binary,
  compare,
  elementAt,
  i32,
  ifThen,
  letIn,
  load,
  local,
  refuse,
  select,
  store,
  times,
} from '@cotangent/loops';
import type { LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import { resolveRange } from '@cotangent/tensor';
import { broadcastView, copied, overElements } from '../loops-over.ts';
import type { SliceAttrs, SliceItem } from './slice-items.ts';

type Context = LoweringContext<SliceAttrs>;

/** The part of a view that a slice names, and what must run before it is used. */
interface Part {
  readonly view: StridedView;
  readonly before: readonly Statement[];
}

/** y = x[items]. */
export function lowerSlice({ inputs, outputs, attrs }: Context): readonly Statement[] | undefined {
  const [x, ...bounds] = inputs;
  const part = partOf(x!, attrs.items, bounds);
  return part && [...part.before, ...copied(part.view, outputs[0]!)];
}

/** y = x with y[items] = v. */
export function lowerSetSlice(context: Context): readonly Statement[] | undefined {
  return lowerUpdate(context, (_, given) => given);
}

/** y = x with v added to y[items]. */
export function lowerAddSlice(context: Context): readonly Statement[] | undefined {
  return lowerUpdate(context, (old, given) => binary('add', old, given));
}

function lowerUpdate(
  { inputs, outputs, attrs }: Context,
  update: (old: Value, given: Value) => Value,
): readonly Statement[] | undefined {
  const [x, v, ...bounds] = inputs;
  const y = outputs[0]!;
  const { dtype } = y.buffer;
  if (x!.buffer.dtype !== dtype || v!.buffer.dtype !== dtype) return undefined;
  const part = partOf(y, attrs.items, bounds);
  if (part === undefined) return undefined;
  const views = [part.view, broadcastView(v!, part.view.shape)];
  const write = overElements(views, ([at, from]) => [
    store(y.buffer, at!, update(load(y.buffer, at!), load(v!.buffer, from!))),
  ]);
  return [...part.before, ...copied(x!, y), ...write];
}

/** `undefined` where a range has a bound from the graph: its length is not known. */
function partOf(
  view: StridedView,
  items: readonly SliceItem[],
  bounds: readonly StridedView[],
): Part | undefined {
  const [shape, strides]: [number[], number[]] = [[], []];
  const before: Statement[] = [];
  let { offset, base } = view;
  let [axis, next] = [0, 0];
  for (const item of items) {
    if (item.kind === 'newaxis') {
      shape.push(1);
      strides.push(0);
      continue;
    }
    const [size, stride] = [view.shape[axis]!, view.strides[axis]!];
    axis++;
    if (item.kind === 'range') {
      const { start, stop, step } = item;
      if (start === 'input' || stop === 'input' || step === 'input') return undefined;
      const given = [start, stop, step].map((bound) => bound ?? undefined);
      const range = resolveRange({ start: given[0], stop: given[1], step: given[2] }, size);
      shape.push(range.count);
      strides.push(range.step * stride);
      if (range.count > 0) offset += range.start * stride;
    } else if (item.at === 'input') {
      const at = local(`at${next}`, 'i32');
      before.push(...positionAlong(at, bounds[next++]!, size));
      base = base === undefined ? times(at, stride) : binary('add', base, times(at, stride));
    } else {
      offset += (item.at < 0 ? item.at + size : item.at) * stride;
    }
  }
  return { view: { buffer: view.buffer, shape, strides, offset, base }, before };
}

/** An index from the graph, counted from the end if it is negative; refused outside of the axis. */
function positionAlong(
  at: ReturnType<typeof local>,
  bound: StridedView,
  size: number,
): readonly Statement[] {
  const given = elementAt(bound, []);
  const counted = select(compare('lt', given, i32(0)), binary('add', given, i32(size)), given);
  return [
    letIn(at, counted),
    ifThen(compare('eq', compare('ltU', at, i32(size)), i32(0)), [refuse()]),
  ];
}
