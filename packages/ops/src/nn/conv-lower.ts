import {
  block,
  denseView,
  forLoop,
  i32,
  index,
  load,
  binary,
  matrixProduct,
  store,
  subview,
} from '@cotangent/loops';
import type { LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import type { ConvGeometry } from '../kernels/conv.ts';
import {
  columnsRoom,
  copied,
  forCovered,
  forStrips,
  forWindows,
  groupOf,
  isCropped,
  needsNoBorder,
  paddedRoom,
  rowOf,
  windowOf,
  zeroed,
} from './columns.ts';
import type { Strip } from './columns.ts';
import {
  columnRows,
  dense,
  denseKernels,
  kernelRows,
  resultRows,
  scratchLike,
  transposed,
} from './conv-operands.ts';
import type { Plan } from './conv-operands.ts';
import type { ConvAttrs } from './geometry.ts';

type Context = LoweringContext<ConvAttrs>;
type Measure = (x: readonly number[], w: readonly number[], attrs: ConvAttrs) => ConvGeometry;

/** The statements of one convolution for every place of a stack of them. */
export function lowerStack(
  lower: (context: Context, measure: Measure) => readonly Statement[] | undefined,
  context: Context,
  measure: Measure,
): readonly Statement[] | undefined {
  const { stacked } = context.attrs;
  if (stacked === 0) return lower(context, measure);
  const counters = Array.from({ length: stacked }, (_, k) => index(`q${k}`));
  const at = (view: StridedView): StridedView => subview(view, counters);
  const inputs = [...context.inputs.slice(0, 2).map(at), ...context.inputs.slice(2)];
  const attrs = { ...context.attrs, stacked: 0 };
  const one = lower({ ...context, inputs, outputs: context.outputs.map(at), attrs }, measure);
  if (one === undefined) return undefined;
  const { shape } = context.outputs[0]!;
  return counters.reduceRight<readonly Statement[]>(
    (body, counter, k) => [forLoop(counter, i32(0), i32(shape[k]!), [block(body)])],
    one,
  );
}

/** Y = W · windows of x, strip by strip. */
export function lowerConv(context: Context, measure: Measure): readonly Statement[] | undefined {
  const [x, w] = context.inputs;
  const y = context.outputs[0]!;
  const plan = planOf(context, x!, w!, measure);
  if (plan === undefined) return undefined;
  const { g } = plan;
  const kernels = denseKernels(w!, plan);
  const padded = bordered(x!, plan);
  const each = inStrips(plan, ({ n, group, strip }) => [
    windows(plan, strip, padded.at(n, group)),
    matrixProduct(
      resultRows(y, n, group, strip, plan),
      kernelRows(kernels.view, group, plan),
      columnRows(plan, strip),
      { rows: g.filters, inner: windowOf(g), columns: strip.height * rowOf(g) },
    ),
  ]);
  return [
    ...kernels.before,
    ...padded.before,
    overBatch(g, (n) => [...padded.each(n), ...each(n)]),
  ];
}

/** The adjoint in x: windows of cotangents Wᵀ · Ȳ, added where they were read. */
export function lowerConvInput(
  context: Context,
  measure: Measure,
): readonly Statement[] | undefined {
  const [y, w] = context.inputs;
  const x = context.outputs[0]!;
  const plan = planOf(context, x, w!, measure);
  if (plan === undefined) return undefined;
  const { g } = plan;
  const cotangents = dense(y!, plan);
  const kernels = denseKernels(w!, plan);
  const direct = needsNoBorder(g);
  const room = direct ? undefined : paddedRoom(g, x.buffer.dtype, plan.scratch);
  const target = (n: Value): StridedView => room ?? subview(x, [n]);
  const each = inStrips(plan, ({ n, group, strip }) => [
    matrixProduct(
      columnRows(plan, strip),
      transposed(kernelRows(kernels.view, group, plan)),
      resultRows(cotangents.view, n, group, strip, plan),
      { rows: windowOf(g), inner: g.filters, columns: strip.height * rowOf(g) },
    ),
    scattered(plan, strip, groupOf(target(n), group, g.channels)),
  ]);
  const clear = room !== undefined && g.axes.some(isCropped) ? [zeroed(x)] : [];
  return [
    ...cotangents.before,
    ...kernels.before,
    ...clear,
    overBatch(g, (n) => [zeroed(target(n)), ...each(n), ...collected(plan, x, n, room)]),
  ];
}

/** The adjoint in w: W̄ = Σ Ȳ · windowsᵀ over batch and strips. */
export function lowerConvKernel(
  context: Context,
  measure: Measure,
): readonly Statement[] | undefined {
  const [x, y] = context.inputs;
  const w = context.outputs[0]!;
  const plan = planOf(context, x!, w, measure);
  if (plan === undefined) return undefined;
  const { g } = plan;
  const cotangents = dense(y!, plan);
  const sums = g.flipKernel ? denseView(scratchLike(w, plan), w.shape) : w;
  const padded = bordered(x!, plan);
  const each = inStrips(plan, ({ n, group, strip }) => [
    windows(plan, strip, padded.at(n, group)),
    matrixProduct(
      kernelRows(sums, group, plan),
      resultRows(cotangents.view, n, group, strip, plan),
      transposed(columnRows(plan, strip)),
      { rows: g.filters, inner: strip.height * rowOf(g), columns: windowOf(g) },
      { accumulate: true },
    ),
  ]);
  return [
    ...cotangents.before,
    zeroed(sums),
    ...padded.before,
    overBatch(g, (n) => [...padded.each(n), ...each(n)]),
    ...(g.flipKernel ? [copied(sums, w, g.axes.length)] : []),
  ];
}

function planOf(
  { inputs, attrs, scratch, outputs }: Context,
  x: StridedView,
  w: StridedView,
  measure: Measure,
): Plan | undefined {
  const dtype = outputs[0]!.buffer.dtype;
  const isUniform = [inputs[0]!, inputs[1]!].every(({ buffer }) => buffer.dtype === dtype);
  const sizes = [...inputs.slice(0, 2), ...outputs].flatMap(({ shape }) => shape);
  if (!isUniform || sizes.some((n) => n === 0)) return undefined;
  const g = measure(x.shape, w.shape, attrs);
  return { g, scratch, columns: columnsRoom(g, dtype, scratch) };
}

/** Where in the batch, in which group and strip a product is. */
interface Place {
  readonly n: Value;
  readonly group: Value;
  readonly strip: Strip;
}

function inStrips(
  { g }: Plan,
  body: (place: Place) => readonly Statement[],
): (n: Value) => readonly Statement[] {
  return (n) => {
    if (g.groups === 1) return forStrips(g, (strip) => body({ n, group: i32(0), strip }));
    const group = index('g');
    const strips = forStrips(g, (strip) => body({ n, group, strip }));
    return [forLoop(group, i32(0), i32(g.groups), [block(strips)])];
  };
}

function overBatch(g: ConvGeometry, body: (n: Value) => readonly Statement[]): Statement {
  const n = index('n');
  return forLoop(n, i32(0), i32(g.batch), [block(body(n))]);
}

/** The input of one member and group as windows are read from it. */
interface Bordered {
  readonly before: readonly Statement[];
  readonly each: (n: Value) => readonly Statement[];
  readonly at: (n: Value, group: Value) => StridedView;
}

function bordered(x: StridedView, { g, scratch }: Plan): Bordered {
  if (needsNoBorder(g)) {
    const at = (n: Value, group: Value): StridedView => groupOf(subview(x, [n]), group, g.channels);
    return { before: [], each: () => [], at };
  }
  const room = paddedRoom(g, x.buffer.dtype, scratch);
  const fill = (n: Value): Statement =>
    forCovered(g, subview(x, [n]), room, (xAt, paddedAt) => [
      store(room.buffer, paddedAt, load(x.buffer, xAt)),
    ]);
  return {
    before: [zeroed(room)],
    each: (n) => [fill(n)],
    at: (_, group) => groupOf(room, group, g.channels),
  };
}

function windows({ g, columns }: Plan, strip: Strip, padded: StridedView): Statement {
  return forWindows(g, strip, columns, padded, (columnAt, paddedAt) => [
    store(columns, columnAt, load(padded.buffer, paddedAt)),
  ]);
}

function scattered({ g, columns }: Plan, strip: Strip, padded: StridedView): Statement {
  return forWindows(g, strip, columns, padded, (columnAt, paddedAt) => [
    store(
      padded.buffer,
      paddedAt,
      binary('add', load(padded.buffer, paddedAt), load(columns, columnAt)),
    ),
  ]);
}

/** What was added up in a room with borders, as the entries of x. */
function collected(
  { g }: Plan,
  x: StridedView,
  n: Value,
  room: StridedView | undefined,
): readonly Statement[] {
  if (room === undefined) return [];
  const entry = forCovered(g, subview(x, [n]), room, (xAt, paddedAt) => [
    store(x.buffer, xAt, load(room.buffer, paddedAt)),
  ]);
  return [entry];
}
