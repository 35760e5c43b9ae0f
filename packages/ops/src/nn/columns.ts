import {
  addressIn,
  block,
  constantOf,
  denseView,
  elementAt,
  forLoop,
  i32,
  index,
  plus,
  registerType,
  store,
  subview,
  times,
  binary,
} from '@cotangent/loops';
import type {
  Buffer,
  Index,
  LoweringContext,
  Statement,
  StridedView,
  Value,
} from '@cotangent/loops';
import type { ConvGeometry } from '../kernels/conv.ts';
import type { Axis } from './geometry.ts';

// A convolution as a matrix product: the columns of a matrix are the windows of the input, so the product with the
// kernels is the result (Chellapilla, Puri & Simard 2006). The matrix is made and used in strips of rows of the output,
// so that it stays in the cache.

/** Elements of a strip of windows: half of a typical second-level cache in float32. */
const stripElements = 65_536;

/** The scratch of a context. */
type Scratch = LoweringContext['scratch'];

/** Entries of the padded input that windows reach, along an axis. */
function reachOf({ output, stride, kernel, kernelDilation }: Axis): number {
  return (output - 1) * stride + (kernel - 1) * kernelDilation + 1;
}

/** Whether windows lie inside an axis as it is. */
function isBare(axis: Axis): boolean {
  return axis.low === 0 && axis.inputDilation === 1 && reachOf(axis) <= axis.input;
}

/** Whether some entries of the input lie outside of every window. */
export function isCropped(axis: Axis): boolean {
  const [from, to] = coveredBy(axis);
  return from > 0 || to < axis.input;
}

/** The entries of an axis that have a place in the padded input. */
function coveredBy(axis: Axis): readonly [from: number, to: number] {
  const { low, inputDilation, input } = axis;
  const from = Math.min(input, Math.max(0, Math.ceil(-low / inputDilation)));
  const to = Math.floor((reachOf(axis) - 1 - low) / inputDilation) + 1;
  return [from, Math.max(from, Math.min(input, to))];
}

/** Whether windows can be read from the input as it is. */
export function needsNoBorder({ axes }: ConvGeometry): boolean {
  return axes.every(isBare);
}

/** Room for one padded member of the batch, with `channels` of all groups. */
export function paddedRoom(g: ConvGeometry, dtype: Buffer['dtype'], scratch: Scratch): StridedView {
  const shape = [g.groups * g.channels, ...g.axes.map(reachOf)];
  return denseView(
    scratch(
      dtype,
      shape.reduce((n, size) => n * size, 1),
    ),
    shape,
  );
}

/** Fills a view with zeros. */
export function zeroed(view: StridedView): Statement {
  const k = index('k');
  const count = view.shape.reduce((n, size) => n * size, 1);
  const zero = constantOf(registerType[view.buffer.dtype], 0);
  const position = addressIn({ ...view, shape: [count], strides: [1] }, [k]);
  return forLoop(k, i32(0), i32(count), [store(view.buffer, position, zero)], { vector: true });
}

/** Loops over every entry that input and padded input have in common: body of both positions. */
export function forCovered(
  g: ConvGeometry,
  x: StridedView,
  padded: StridedView,
  body: (xAt: Value, paddedAt: Value) => readonly Statement[],
): Statement {
  const spans = [[0, g.groups * g.channels] as const, ...g.axes.map(coveredBy)];
  const counters = spans.map((_, k) => index(`p${k}`));
  const place = (k: Index, axis: Axis): Value => plus(times(k, axis.inputDilation), axis.low);
  const there = counters.map((k, axis) => (axis === 0 ? k : place(k, g.axes[axis - 1]!)));
  return nest(counters, spans, body(addressIn(x, counters), addressIn(padded, there)));
}

/** A loop nest over ranges, the innermost in lanes. */
export function nest(
  counters: readonly Index[],
  spans: readonly (readonly [number, number])[],
  body: readonly Statement[],
): Statement {
  const made = counters.reduceRight<readonly Statement[]>((inner, k, axis) => {
    const [from, to] = spans[axis]!;
    const vector = axis === counters.length - 1;
    return [forLoop(k, i32(from), i32(to), inner, { vector })];
  }, body);
  return made[0]!;
}

/** A part of the output: `height` rows of its first axis, from row `first`. */
export interface Strip {
  readonly first: Value;
  readonly height: number;
}

/** The strips of the output: a loop over whole ones, and what is left. */
export function forStrips(
  g: ConvGeometry,
  body: (strip: Strip) => readonly Statement[],
): readonly Statement[] {
  const rows = g.axes[0]!.output;
  const height = stripHeight(g);
  const whole = Math.floor(rows / height);
  const left = rows - whole * height;
  const s = index('s');
  const first = times(s, height);
  const strips = forLoop(s, i32(0), i32(whole), [block(body({ first, height }))]);
  const last = left === 0 ? [] : body({ first: i32(whole * height), height: left });
  return [strips, ...last];
}

/** Rows of the output in a strip. */
function stripHeight(g: ConvGeometry): number {
  const fitting = Math.floor(stripElements / (windowOf(g) * rowOf(g)));
  return Math.min(g.axes[0]!.output, Math.max(1, fitting));
}

/** Entries of one window, in all channels of a group. */
export function windowOf(g: ConvGeometry): number {
  return g.axes.reduce((n, axis) => n * axis.kernel, g.channels);
}

/** Elements in one row of the output's first axis. */
export function rowOf(g: ConvGeometry): number {
  return g.axes.slice(1).reduce((n, axis) => n * axis.output, 1);
}

/** Room for the windows of one strip of one group. */
export function columnsRoom(g: ConvGeometry, dtype: Buffer['dtype'], scratch: Scratch): Buffer {
  return scratch(dtype, windowOf(g) * stripHeight(g) * rowOf(g));
}

/**
 * Loops over every entry of every window of a strip: body of its positions in the columns, [channel, …kernel, …output],
 * and in the padded input.
 */
export function forWindows(
  g: ConvGeometry,
  strip: Strip,
  columns: Buffer,
  padded: StridedView,
  body: (columnAt: Value, paddedAt: Value) => readonly Statement[],
): Statement {
  const outputs = g.axes.map(({ output }, k) => (k === 0 ? strip.height : output));
  const shape = [g.channels, ...g.axes.map(({ kernel }) => kernel), ...outputs];
  const counters = shape.map((_, k) => index(`w${k}`));
  const there = g.axes.map((axis, k): Value => {
    const entry = counters[1 + k]!;
    const output = counters[1 + g.axes.length + k]!;
    const row = k === 0 ? binary('add', output, strip.first) : output;
    return binary('add', times(row, axis.stride), times(entry, axis.kernelDilation));
  });
  return nest(
    counters,
    shape.map((size) => [0, size] as const),
    body(
      addressIn(denseView(columns, shape), counters),
      addressIn(padded, [counters[0]!, ...there]),
    ),
  );
}

/** The part of a view that holds the channels of one group. */
export function groupOf(view: StridedView, group: Value, channels: number): StridedView {
  const part = subview(view, [times(group, channels)]);
  return {
    ...part,
    shape: [channels, ...part.shape],
    strides: [view.strides[0]!, ...part.strides],
  };
}

/** Copies `from` to `to`, both of one shape. */
export function copied(from: StridedView, to: StridedView, flips = 0): Statement {
  const counters = from.shape.map((_, k) => index(`c${k}`));
  const there = counters.map((k, axis): Value =>
    axis < from.shape.length - flips ? k : binary('sub', i32(from.shape[axis]! - 1), k),
  );
  const statement = store(to.buffer, addressIn(to, there), elementAt(from, counters));
  return nest(
    counters,
    from.shape.map((size) => [0, size] as const),
    [statement],
  );
}
