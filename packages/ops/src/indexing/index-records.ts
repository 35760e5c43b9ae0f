import {
  ShapeError,
  Tensor,
  allocate,
  denseData,
  denseTensor,
  rowMajorStrides,
  views,
} from '@cotangent/tensor';
import {
  broadcastStatic,
  constant,
  defineOp,
  disconnected,
  formatShape,
  provablySameShape,
} from '@cotangent/graph';
import type {
  BatchEntry,
  OpFunction,
  OpSample,
  Shape,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { batchOf, batched, shiftAxis, unbatched } from '../batch.ts';
import { where } from '../elementwise/selection.ts';
import { broadcastLike, sumLike } from '../shape/broadcast.ts';
import { withUnitAxes } from '../shape/transpose.ts';
import { aligned, whole } from '../shape/whole.ts';
import {
  batchInFront,
  batchedIndices,
  batchedUpdate,
  elementRank,
  someBatched,
} from './index-batch.ts';
import { lowerAddIndex, lowerIndex, lowerLastWrites, lowerSetIndex } from './index-lower.ts';
import { checkIndexTypes, indexedFirst, positionsOf, rowsAlong } from './positions.ts';

/** The axes that the index inputs choose along, ascending: one each. */
export type IndexAttrs = { readonly axes: readonly number[] };
type IndexOp = OpFunction<number, 1, IndexAttrs>;

const matrix = [
  [1.5, -2, 3],
  [4, 5, -6.5],
];
const repeated = { value: [2, 0, 2, -1], dtype: 'int32' } as const;
const rows = { value: [[1], [0]], dtype: 'int32' } as const;
const columns = { value: [0, -1], dtype: 'int32' } as const;

/** y[b, r] = x[i₁[b], i₂[b], …; r]: axes of the indices' common shape first, then those not indexed.  Adjoint of addIndex. */
export const indexOp: IndexOp = defineOp<number, 1, IndexAttrs>(
  'index',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: ([x, ...indices], { axes }) => [
      { ...x!, shape: indexedShape(x!, indices, axes, 'index') },
    ],
    connectionPattern: ({ inputs }) => inputs.map((_, i) => [i === 0]),
    pushforward: ([xDot], { inputs, attrs }) => [indexOp([xDot!, ...inputs.slice(1)], attrs)],
    pullback: ([yBar], { inputs: [x, ...indices], attrs }) => [
      addIndexOp([zerosOf(yBar!, x!), yBar!, ...indices], attrs),
      ...indices.map(() => disconnected),
    ],
    batch: ([x, ...indices], { attrs }) => [batched(indexedBatch(x!, indices, attrs))],
    eval: ([x, ...indices], { axes }) => {
      const { data, length, shape } = rowsAlong(x!, axes, false);
      const places = positionsOf(indices, x!, axes, 'index');
      const out = allocate(x!.dtype, places.rows.length * length);
      places.rows.forEach((row, b) => {
        for (let r = 0; r < length; r++) out[b * length + r] = data[row * length + r]!;
      });
      return [denseTensor(out, [...places.shape, ...shape.slice(axes.length)], x!.dtype)];
    },
    lower: lowerIndex,
    samples: [
      { inputs: [matrix, repeated], attrs: { axes: [1] } },
      { name: 'pairs', inputs: [matrix, rows, columns], attrs: { axes: [0, 1] } },
      { name: 'one index', inputs: [matrix, { value: -1, dtype: 'int32' }], attrs: { axes: [0] } },
      {
        name: 'uint8',
        inputs: [[1.5, -2], { value: [1, 1, 0], dtype: 'uint8' }],
        attrs: { axes: [0] },
      },
      { name: 'none', inputs: [matrix, { value: [], dtype: 'int32' }], attrs: { axes: [0] } },
    ],
  },
);

const updateSamples: readonly OpSample<IndexAttrs>[] = [
  {
    inputs: [[1.5, -2, 3], [4, 5, -6.5, 0.5], repeated],
    attrs: { axes: [0] },
  },
  {
    name: 'rows',
    inputs: [matrix, [0.5, 1, 2], { value: [1, 1], dtype: 'int32' }],
    attrs: { axes: [0] },
  },
  {
    name: 'columns',
    inputs: [matrix, 2.5, { value: [2, 0], dtype: 'int32' }],
    attrs: { axes: [1] },
  },
  {
    name: 'pairs',
    inputs: [matrix, [[7, 8]], rows, columns],
    attrs: { axes: [0, 1] },
  },
];

/** y = x with y[i₁[b], …; r] = v[b, r]; of several writes to one place the last stays.  x̄ = ȳ, 0 there; v̄ = ȳ[i] of the writes that stay. */
export const setIndexOp: IndexOp = defineOp<number, 1, IndexAttrs>(
  'setIndex',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: (types, { axes }) => [updatedType(types, axes, 'setIndex')],
    connectionPattern: ({ inputs }) => inputs.map((_, i) => [i < 2]),
    pushforward: ([xDot, vDot], { inputs, attrs }) => [
      setIndexOp([xDot!, vDot!, ...inputs.slice(2)], attrs),
    ],
    pullback: ([yBar], { inputs: [x, v, ...indices], attrs }) => {
      const stays = lastWrites([x!, ...indices], attrs);
      const read = indexOp([yBar!, ...indices], attrs);
      const taken = where(withUnitAxes(stays, stays.rank, read.rank - stays.rank), read, 0);
      return [
        setIndexOp([yBar!, constant(0, { dtype: yBar!.dtype }), ...indices], attrs),
        provablySameShape(taken, v!) ? taken : sumLike(taken, v!),
        ...indices.map(() => disconnected),
      ];
    },
    batch: (entries, { attrs }) => [batched(batchedUpdate(setIndexOp, entries, attrs))],
    eval: (xs, { axes }) => [updated(xs, axes, 'setIndex')],
    lower: lowerSetIndex,
    shapeLike: ([x]) => x,
    samples: updateSamples,
  },
);

/** y = x with v[b, r] added to x[i₁[b], …; r], as often as the place is named.  x̄ = ȳ, v̄ = ȳ[i]. */
export const addIndexOp: IndexOp = defineOp<number, 1, IndexAttrs>(
  'addIndex',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: (types, { axes }) => [updatedType(types, axes, 'addIndex')],
    connectionPattern: ({ inputs }) => inputs.map((_, i) => [i < 2]),
    pushforward: ([xDot, vDot], { inputs, attrs }) => [
      addIndexOp([xDot!, vDot!, ...inputs.slice(2)], attrs),
    ],
    pullback: ([yBar], { inputs: [, v, ...indices], attrs }) => {
      const read = indexOp([yBar!, ...indices], attrs);
      return [
        yBar!,
        provablySameShape(read, v!) ? read : sumLike(read, v!),
        ...indices.map(() => disconnected),
      ];
    },
    batch: (entries, { attrs }) => [batched(batchedUpdate(addIndexOp, entries, attrs))],
    eval: (xs, { axes }) => [updated(xs, axes, 'addIndex')],
    lower: lowerAddIndex,
    shapeLike: ([x]) => x,
    samples: updateSamples,
  },
);

/** w[b] = whether no later write than b goes to the same place of x.  Nothing flows back. */
export const lastWrites: IndexOp = defineOp<number, 1, IndexAttrs>(
  'lastWrites',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: ([, ...indices]) => {
      checkIndexTypes(indices, 'lastWrites');
      const shape = broadcastStatic(
        indices.map((index) => index.shape),
        'lastWrites',
      );
      return [{ kind: 'tensor', dtype: 'bool', shape }];
    },
    connectionPattern: ({ inputs }) => inputs.map(() => [false]),
    pushforward: () => [disconnected],
    pullback: (_, { inputs }) => inputs.map(() => disconnected),
    batch: ([x, ...indices], { attrs: { axes } }) => {
      const shifted = axes.map(shiftAxis);
      if (someBatched(indices)) {
        const like = whole(x!, batchOf(indices));
        return [batched(lastWrites([like, ...batchedIndices(indices)], { axes: [0, ...shifted] }))];
      }
      const values = indices.map(({ value }) => value);
      return [unbatched(lastWrites([x!.value, ...values], { axes: shifted }))];
    },
    eval: ([x, ...indices], { axes }) => {
      const { rows: places, shape } = positionsOf(indices, x!, axes, 'setIndex');
      const last = new Map<number, number>();
      places.forEach((row, b) => last.set(row, b));
      const out = Uint8Array.from(places, (row, b) => Number(last.get(row) === b));
      return [denseTensor(out, shape, 'bool')];
    },
    lower: lowerLastWrites,
    samples: [
      { inputs: [matrix, repeated], attrs: { axes: [1] } },
      { name: 'pairs', inputs: [matrix, rows, columns], attrs: { axes: [0, 1] }, edge: true },
    ],
  },
);

function indexedBatch(
  x: BatchEntry,
  indices: readonly BatchEntry[],
  { axes }: IndexAttrs,
): Variable {
  const values = indices.map(({ value }) => value);
  const rank = elementRank(indices);
  if (!x.isBatched) {
    return indexOp([x.value, ...indices.map((index) => aligned(index, rank))], { axes });
  }
  const shifted = axes.map(shiftAxis);
  return someBatched(indices)
    ? indexOp([x.value, ...batchedIndices(indices)], { axes: [0, ...shifted] })
    : batchInFront(indexOp([x.value, ...values], { axes: shifted }), rank);
}

function indexedShape(
  x: TensorType,
  indices: readonly TensorType[],
  axes: readonly number[],
  op: string,
): Shape {
  checkIndexTypes(indices, op);
  const shapes = indices.map((index) => index.shape);
  return [...broadcastStatic(shapes, op), ...x.shape.filter((_, axis) => !axes.includes(axis))];
}

function updatedType(
  [x, v, ...indices]: readonly TensorType[],
  axes: readonly number[],
  op: string,
): TensorType {
  checkFits(indexedShape(x!, indices, axes, op), v!.shape, op);
  return x!;
}

/** @throws ShapeError `SHAPE_BROADCAST` if a value does not broadcast to the part. */
function checkFits(part: Shape, v: Shape, op: string): void {
  const joint = broadcastStatic([part, v], op);
  const grows =
    joint.length > part.length ||
    joint.some((n, k) => n !== null && n !== part[k] && part[k] !== null); // null may be 1 at run time
  if (!grows) return;
  throw new ShapeError(
    `${op}: cannot broadcast ${formatShape(v)} to the part ${formatShape(part)}`,
    {
      code: 'SHAPE_BROADCAST',
      hint: 'sizes of the value must match those of the part or be 1, axis by axis from the right',
      data: { op, shapes: [v, part] },
    },
  );
}

function zerosOf(g: Variable, like: Variable): Variable {
  return broadcastLike(constant(0, { dtype: g.dtype }), like);
}

/** x with values written or added row by row, in row-major order of the indices. */
function updated(
  [x, v, ...indices]: readonly Tensor[],
  axes: readonly number[],
  op: 'setIndex' | 'addIndex',
): Tensor {
  const { data, length, shape } = rowsAlong(x!, axes, true);
  const places = positionsOf(indices, x!, axes, op);
  const part = [...places.shape, ...shape.slice(axes.length)];
  checkFits(part, v!.shape, op);
  const given = denseData(views.broadcastTo(v!, part));
  places.rows.forEach((row, b) => {
    for (let r = 0; r < length; r++) {
      const value = given[b * length + r]!;
      if (op === 'setIndex') data[row * length + r] = value;
      else data[row * length + r]! += value;
    }
  });
  const order = indexedFirst(shape.length, axes);
  const dense = new Tensor(data, shape, rowMajorStrides(shape), 0, x!.dtype);
  return views.transpose(
    dense,
    order.map((_, axis) => order.indexOf(axis)),
  );
}
