import { ShapeError, assign, copy, mapInto, views } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  asVariable,
  broadcastStatic,
  callable,
  constant,
  defineOp,
  disconnected,
  formatShape,
  provablySameShape,
} from '@cotangent/graph';
import type {
  Apply,
  BatchEntry,
  Callable,
  OpFunction,
  Operand,
  OpSample,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { batchOf, batched } from '../batch.ts';
import { broadcastLike, sumLike } from './broadcast.ts';
import { fitting } from './fitting.ts';
import { concreteEntries, normalizeSlice, slicedShape, withKnownBounds } from './slice-items.ts';
import type { SliceAttrs, SliceItem, SliceSpec } from './slice-items.ts';
import { lowerAddSlice, lowerSetSlice, lowerSlice } from './slice-lower.ts';
import { aligned, whole } from './whole.ts';

const all: SliceItem = { kind: 'range', start: null, stop: null, step: null };
const everyOther: SliceItem = { kind: 'range', start: 1, stop: null, step: -1 };
const fromInput: SliceItem = { kind: 'range', start: 'input', stop: null, step: null };

/** y = x[items].  Inputs: x, then the symbolic bounds.  Linear; adjoint of addSlice into zeros. */
const sliceOp: OpFunction<number, 1, SliceAttrs> = defineOp<number, 1, SliceAttrs>(
  'slice',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: (types, { items }) => [
      { ...types[0]!, shape: slicedShape(types[0]!.shape, items, 'slice') },
    ],
    connectionPattern: ({ inputs }) => inputs.map((_, i) => [i === 0]),
    pushforward: ([xDot], { inputs, attrs }) => [sliceOp([xDot!, ...inputs.slice(1)], attrs)],
    pullback: ([yBar], { inputs: [x, ...bounds], attrs }) => [
      addSliceOp([zerosOf(yBar!, x!), yBar!, ...bounds], attrs),
      ...bounds.map(() => disconnected),
    ],
    batch: ([x, ...bounds], { attrs }) =>
      bounds.some(({ isBatched }) => isBatched)
        ? undefined
        : [batched(sliceOp([x!.value, ...bounds.map(({ value }) => value)], ofBatch(attrs)))],
    simplify: { node: (node) => settled(sliceOp, 1, node) },
    eval: ([x, ...bounds], { items }) => [views.slice(x!, concreteEntries(items, bounds))],
    lower: lowerSlice,
    samples: [
      { inputs: [[[1.5, -2, 3]]], attrs: { items: [{ kind: 'index', at: 0 }, everyOther] } },
      { name: 'new axis', inputs: [[1.5, -2]], attrs: { items: [{ kind: 'newaxis' }, all] } },
      {
        name: 'symbolic bound',
        inputs: [[1.5, -2, 3], { value: 1, dtype: 'int32' }],
        attrs: { items: [fromInput] },
      },
      { name: 'empty', inputs: [[]], attrs: { items: [everyOther] } },
    ],
  },
);

const updateSamples: readonly OpSample<SliceAttrs>[] = [
  {
    inputs: [
      [
        [1.5, -2, 3],
        [4, 5, 6],
      ],
      [7, -8.5],
    ],
    attrs: { items: [{ kind: 'index', at: -1 }, everyOther] },
  },
  { name: 'broadcasts', inputs: [[[1.5, -2, 3]], 0.5], attrs: { items: [all, everyOther] } },
  {
    name: 'symbolic bound',
    inputs: [[1.5, -2, 3], [4, 5], { value: 1, dtype: 'int32' }],
    attrs: { items: [fromInput] },
  },
];

/** y = x with y[items] = v, v broadcast.  x̄ = ȳ with x̄[items] = 0, v̄ = ȳ[items]. */
const setSliceOp: OpFunction<number, 1, SliceAttrs> = defineOp<number, 1, SliceAttrs>(
  'setSlice',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: (types, { items }) => [inferUpdate(types, items, 'setSlice')],
    connectionPattern: ({ inputs }) => inputs.map((_, i) => [i < 2]),
    pushforward: ([xDot, vDot], { inputs, attrs }) => [
      setSliceOp([xDot!, vDot!, ...inputs.slice(2)], attrs),
    ],
    pullback: ([yBar], { inputs: [, v, ...bounds], attrs }) => [
      setSliceOp([yBar!, constant(0, { dtype: yBar!.dtype }), ...bounds], attrs),
      updateTerm(yBar!, v!, bounds, attrs),
      ...bounds.map(() => disconnected),
    ],
    batch: (entries, { attrs }) => updateBatch(setSliceOp, entries, attrs),
    simplify: { node: (node) => settled(setSliceOp, 2, node) },
    eval: ([x, v, ...bounds], { items }) => {
      const y = copy(x!);
      assign(views.slice(y, concreteEntries(items, bounds)), v!);
      return [y];
    },
    lower: lowerSetSlice,
    shapeLike: ([x]) => x,
    samples: updateSamples,
  },
);

/** y = x with v, broadcast, added to x[items].  x̄ = ȳ, v̄ = ȳ[items]. */
const addSliceOp: OpFunction<number, 1, SliceAttrs> = defineOp<number, 1, SliceAttrs>(
  'addSlice',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: (types, { items }) => [inferUpdate(types, items, 'addSlice')],
    connectionPattern: ({ inputs }) => inputs.map((_, i) => [i < 2]),
    pushforward: ([xDot, vDot], { inputs, attrs }) => [
      addSliceOp([xDot!, vDot!, ...inputs.slice(2)], attrs),
    ],
    pullback: ([yBar], { inputs: [, v, ...bounds], attrs }) => [
      yBar!,
      updateTerm(yBar!, v!, bounds, attrs),
      ...bounds.map(() => disconnected),
    ],
    batch: (entries, { attrs }) => updateBatch(addSliceOp, entries, attrs),
    simplify: { node: (node) => settled(addSliceOp, 2, node) },
    eval: ([x, v, ...bounds], { items }) => [added(x!, v!, items, bounds)],
    lower: lowerAddSlice,
    shapeLike: ([x]) => x,
    samples: updateSamples,
  },
);

/**
 * A part of `x`, by NumPy's basic indexing: whole numbers drop an axis, ranges keep entries `start` up to but not
 * including `stop` in steps of `step` (bounds outside the axis are clamped), negative numbers count from the end.
 *
 * @param spec - `[1, { start: 2, step: -1 }, 'newaxis', 'ellipsis']`, or in NumPy's notation `'1, 2::-1, newaxis, ...'`.
 *   Numbers may be integer scalars of the graph.
 * @throws ValueError `INDEX_OUT_OF_RANGE`, at run time where sizes are not known before; `STEP_INVALID`, `SLICE_SYNTAX`,
 *   `SLICE_ELLIPSIS`; ShapeError `SLICE_TOO_MANY`; ArgumentTypeError `SLICE_ENTRY`, `SLICE_NOT_INTEGER`; DTypeError
 *   `SLICE_BOUND_TYPE`.
 * @example slice([[1, 2, 3], [4, 5, 6]], ':, ::-1') // [[3, 2, 1], [6, 5, 4]]
 */
export const slice: Callable<(x: Operand, spec: SliceSpec) => Variable> = callable(
  sliceOp.op,
  (x: Operand, spec: SliceSpec): Variable => {
    const variable = asVariable(x, 'slice');
    const { items, bounds } = normalizeSlice(spec, variable.rank, 'slice');
    return items.every(isFull) ? variable : sliceOp([variable, ...bounds], { items });
  },
);

/**
 * A copy of `x` in which the part that `spec` names is replaced by `v`, broadcast to that part.
 *
 * @param spec - as for {@link slice}.
 * @throws DTypeError `OP_DTYPE_NARROWING` if `v` does not fit the dtype of `x`; ShapeError `SHAPE_BROADCAST` if it does
 *   not broadcast to the part; else as {@link slice}.
 * @example setSlice([1, 2, 3], 0, '1:') // [1, 0, 0]
 */
export const setSlice: Callable<(x: Operand, v: Operand, spec: SliceSpec) => Variable> = callable(
  setSliceOp.op,
  (x: Operand, v: Operand, spec: SliceSpec): Variable => update(setSliceOp, x, v, spec),
);

/**
 * A copy of `x` in which `v`, broadcast, is added to the part that `spec` names.
 *
 * @param spec - as for {@link slice}.
 * @throws as {@link setSlice}.
 * @example addSlice([1, 2, 3], 10, '::2') // [11, 2, 13]
 */
export const addSlice: Callable<(x: Operand, v: Operand, spec: SliceSpec) => Variable> = callable(
  addSliceOp.op,
  (x: Operand, v: Operand, spec: SliceSpec): Variable => update(addSliceOp, x, v, spec),
);

function update(
  make: OpFunction<number, 1, SliceAttrs>,
  x: Operand,
  v: Operand,
  spec: SliceSpec,
): Variable {
  const { name } = make.op;
  const [target, value] = fitting(asVariable(x, name), v, name);
  const { items, bounds } = normalizeSlice(spec, target.rank, name);
  return make([target, value, ...bounds], { items });
}

/** The node with bounds that are constants among its attributes, so that its shape is known. */
function settled(
  make: OpFunction<number, 1, SliceAttrs>,
  operands: number,
  { inputs, attrs }: Apply,
): readonly Variable[] | undefined {
  const { items } = attrs as SliceAttrs; // defineOp made them
  const known = withKnownBounds(items, inputs.slice(operands));
  if (known === undefined) return undefined;
  try {
    return [make([...inputs.slice(0, operands), ...known.bounds], { items: known.items })];
  } catch {
    return undefined; // bounds that do not fit: the error arises where and if the node is evaluated
  }
}

/** The same part of every element. */
function ofBatch({ items }: SliceAttrs): SliceAttrs {
  return { items: [all, ...items] };
}

/** An update of every element at once; not if the bounds differ from element to element. */
function updateBatch(
  make: OpFunction<number, 1, SliceAttrs>,
  entries: readonly BatchEntry[],
  attrs: SliceAttrs,
): readonly [BatchEntry] | undefined {
  const [x, v, ...bounds] = entries;
  if (bounds.some(({ isBatched }) => isBatched)) return undefined;
  const partRank = attrs.items.filter(({ kind }) => kind !== 'index').length;
  const operands = [whole(x!, batchOf(entries)), aligned(v!, partRank)];
  return [batched(make([...operands, ...bounds.map(({ value }) => value)], ofBatch(attrs)))];
}

function isFull(item: SliceItem): boolean {
  return (
    item.kind === 'range' &&
    item.start === null &&
    item.stop === null &&
    (item.step === null || item.step === 1)
  );
}

/** v̄: the cotangent at the part, summed to the shape of v. */
function updateTerm(
  yBar: Variable,
  v: Variable,
  bounds: readonly Variable[],
  attrs: SliceAttrs,
): Variable {
  const part = sliceOp([yBar, ...bounds], attrs);
  return provablySameShape(part, v) ? part : sumLike(part, v);
}

function zerosOf(g: Variable, like: Variable): Variable {
  return broadcastLike(constant(0, { dtype: g.dtype }), like);
}

function inferUpdate(
  [x, v]: readonly TensorType[],
  items: readonly SliceItem[],
  op: string,
): TensorType {
  const part = slicedShape(x!.shape, items, op);
  const joint = broadcastStatic([part, v!.shape], op);
  const grows =
    joint.length > part.length ||
    joint.some((n, k) => n !== null && n !== part[k] && part[k] !== null); // null may be 1 at run time
  if (!grows) return x!;
  throw new ShapeError(
    `${op}: cannot broadcast ${formatShape(v!.shape)} to the part ${formatShape(part)}`,
    {
      code: 'SHAPE_BROADCAST',
      hint: 'sizes of the value must match those of the part or be 1, axis by axis from the right',
      data: { op, shapes: [v!.shape, part] },
    },
  );
}

function added(
  x: Tensor,
  v: Tensor,
  items: readonly SliceItem[],
  bounds: readonly Tensor[],
): Tensor {
  const y = copy(x);
  const part = views.slice(y, concreteEntries(items, bounds));
  mapInto((a, b) => a + b, [part, v], part);
  return y;
}
