import { ShapeError, allocate, normalizeAxis, resultType } from '@cotangent/tensor';
import type { DType, Tensor, TypedArray } from '@cotangent/tensor';
import {
  asPromotedVariables,
  callable,
  defineOp,
  formatShape,
  promotableOf,
  promotableType,
  shapesConflict,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, Variable } from '@cotangent/graph';
import { batchOf, batched, shiftAxis } from '../batch.ts';
import { castTo } from '../cast.ts';
import { add, mul } from '../elementwise/arithmetic.ts';
import { fromRows, mapRows, rowsOf } from '../kernels/rows.ts';
import { affineRow } from '../kernels/scan.ts';
import { addSlice, slice } from '../shape/slice.ts';
import { expandDims } from '../shape/transpose.ts';
import { whole } from '../shape/whole.ts';
import { affineSteps, lowerScan, lowerShift } from './scan-lower.ts';

/** Along which axis a scan runs, and whether from its end. */
export type ScanAttrs = { readonly axis: number; readonly reverse: boolean };
type ShiftAttrs = { readonly axis: number; readonly by: 1 | -1; readonly fill: number };

/** y_k = x_{k − by} along one axis, `fill` where that is outside.  Affine; the adjoint shifts back, filling with 0. */
export const shiftOp: OpFunction<1, 1, ShiftAttrs> = defineOp<1, 1, ShiftAttrs>(
  'shift',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [x],
    pushforward: ([xDot], { attrs }) => [shiftOp(xDot, { ...attrs, fill: 0 })],
    pullback: ([yBar], { attrs: { axis, by } }) => [
      shiftOp(yBar, { axis, by: by === 1 ? -1 : 1, fill: 0 }),
    ],
    batch: ([{ value }], { attrs }) => [batched(shiftOp(value, shiftedScan(attrs)))],
    eval: ([x], { axis, by, fill }) => [
      mapRows(x, [axis], x.dtype, (data, start, n, out, outStart) => {
        for (let k = 0; k < n; k++) {
          const from = k - by;
          out[outStart + k] = from < 0 || from >= n ? fill : data[start + from]!;
        }
      }),
    ],
    lower: lowerShift,
    shapeLike: ([x]) => x,
    samples: [
      { inputs: [[1.5, -2, 3]], attrs: { axis: 0, by: 1, fill: 1 } },
      { name: 'back', inputs: [[[1.5, -2, 3]]], attrs: { axis: 1, by: -1, fill: 0 } },
      { name: 'empty', inputs: [[]], attrs: { axis: 0, by: 1, fill: 1 } },
    ],
  },
);

/** r_k = a_k · r_{k−1} + b_k along one axis, 0 before it (or from the end).  Solved backwards by λ_k = g_k + a_{k+1} λ_{k+1}. */
export const affineScanOp: OpFunction<2, 1, ScanAttrs> = defineOp<2, 1, ScanAttrs>(
  'affineScan',
  { inputs: 2, outputs: 1 },
  {
    infer: ([a, b]) => [
      promotableType(
        resultType([a, b].map(promotableOf)),
        jointShape(a.shape, b.shape, 'affineScan'),
      ),
    ],
    pushforward: [
      (aDot, { inputs: [a], outputs: [r], attrs }) =>
        affineScanOp(a, mul(aDot, before(r, attrs, 0)), attrs),
      (bDot, { inputs: [a], attrs }) => affineScanOp(a, bDot, attrs),
    ],
    pullback: ([rBar], { inputs: [a], outputs: [r], attrs }) => {
      const bBar = affineAdjoint(a, rBar, attrs);
      return [mul(bBar, before(r, attrs, 0)), bBar];
    },
    batch: (entries, { attrs }) => {
      const like = batchOf(entries);
      const [a, b] = entries;
      return [batched(affineScanOp(whole(a, like), whole(b, like), shiftedScan(attrs)))];
    },
    eval: ([a, b], attrs, [type]) => [affine(a, b, attrs, type.dtype)],
    lower: (context) => lowerScan(context, affineSteps),
    shapeLike: ([a]) => a,
    samples: [
      {
        inputs: [
          [0.5, -2, 3],
          [1.5, 2, -1],
        ],
        attrs: { axis: 0, reverse: false },
      },
      {
        name: 'reverse',
        inputs: [
          [0.5, -2, 0],
          [1.5, 2, -1],
        ],
        attrs: { axis: 0, reverse: true },
      },
    ],
  },
);

/**
 * r_k = a_k · r_{k−1} + b_k along an axis: a first-order linear recurrence.
 *
 * @param a - factors, of the shape of `b`.
 * @param b - what is added.
 * @param r0 - the value before the first, of that shape without the axis; default 0.
 * @param options.axis - default 0.
 * @param options.reverse - run from the end of the axis. Default false.
 * @throws ShapeError `OP_SCAN_SHAPES` if the shapes differ, at run time where sizes are not known before; ValueError
 *   `AXIS_OUT_OF_RANGE`.
 * @example affineScan([1, 2, 3], [1, 1, 1], 1) // [2, 5, 16]
 */
export const affineScan: Callable<
  (
    a: Operand,
    b: Operand,
    r0?: Operand,
    options?: { readonly axis?: number | undefined; readonly reverse?: boolean | undefined },
  ) => Variable
> = callable(
  affineScanOp.op,
  (
    a: Operand,
    b: Operand,
    r0?: Operand,
    options: { readonly axis?: number | undefined; readonly reverse?: boolean | undefined } = {},
  ): Variable => {
    const [factors, terms] = asPromotedVariables([a, b], 'affineScan');
    const axis = normalizeAxis(options.axis ?? 0, terms!.rank, 'affineScan');
    const attrs = { axis, reverse: options.reverse ?? false };
    if (r0 === undefined) return affineScanOp(factors!, terms!, attrs);
    const first = [...terms!.shape.slice(0, axis).map(() => ({})), firstEntry(attrs)];
    const start = mul(slice(factors!, first), expandDims(r0, axis));
    const dtype = add(terms!, start).dtype;
    return affineScanOp(factors!, addSlice(castTo(terms!, dtype), start, first), attrs);
  },
);

/** The first entry along the scan, as a range: none of an empty axis. */
function firstEntry({ reverse }: ScanAttrs): { readonly start?: number; readonly stop?: number } {
  return reverse ? { start: -1 } : { stop: 1 };
}

/** y_{k−1} in the direction of the scan, `fill` at its first entry. */
export function before(y: Variable, { axis, reverse }: ScanAttrs, fill: number): Variable {
  return shiftOp(y, { axis, by: reverse ? -1 : 1, fill });
}

/** λ_k = g_k + a_{k+1} λ_{k+1}: the scan run backwards, each factor one place on. */
export function affineAdjoint(a: Variable, g: Variable, attrs: ScanAttrs): Variable {
  const back = opposite(attrs);
  return affineScanOp(before(a, back, 0), g, back);
}

/** Attributes whose `axis` is one of an element, for the batch. */
export function shiftedScan<A extends { readonly axis: number }>(attrs: A): A {
  return { ...attrs, axis: shiftAxis(attrs.axis) };
}

/** The same axis from the other end. */
export function opposite({ axis, reverse }: ScanAttrs): ScanAttrs {
  return { axis, reverse: !reverse };
}

function affine(a: Tensor, b: Tensor, { axis, reverse }: ScanAttrs, dtype: DType): Tensor {
  jointShape(a.shape, b.shape, 'affineScan');
  const factors = rowsOf(a, [axis]);
  const terms = rowsOf(b, [axis]);
  const n = terms.length;
  const out: TypedArray = allocate(dtype, terms.count * n);
  for (let i = 0; i < terms.count; i++) {
    const [aStart, bStart] = [factors.start + i * n, terms.start + i * n];
    affineRow(factors.data, aStart, terms.data, bStart, n, out, i * n, reverse);
  }
  return fromRows(terms, out, dtype);
}

function jointShape(a: Shape, b: Shape, op: string): Shape {
  if (!shapesConflict(a, b)) return a.map((n, axis) => n ?? b[axis] ?? null);
  throw new ShapeError(`${op}: shapes ${formatShape(a)} and ${formatShape(b)} differ`, {
    code: 'OP_SCAN_SHAPES',
    hint: 'broadcastTo gives both the same shape',
    data: { op, shapes: [a, b] },
  });
}
