import { checkDType, type DType, type TypedArray } from './dtype.ts';
import { broadcastTo } from './broadcast.ts';
import { checkWritable, withoutAliasing } from './convert.ts';
import { forEachRow, loopNest, type LoopNest, type RowVisitor } from './iterate.ts';
import { broadcastShapes } from './shape.ts';
import { zerosTensor } from './dense.ts';
import type { Tensor } from './tensor.ts';

/** A function of as many numbers as there are inputs. */
export type Scalars = (...xs: number[]) => number;

/**
 * Applies `fn` elementwise to inputs broadcast against each other.
 *
 * @param fn - called once per element of the result, in row-major order.
 * @param inputs - any number of tensors of any dtype; `bool` elements arrive as 0 and 1.
 * @param dtype - of the result; values are converted as `storeValue` does.
 * @returns a new dense tensor.
 * @throws ShapeError `SHAPE_BROADCAST_MISMATCH` if the shapes do not fit; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { mapTensors, tensorFrom } from '@cotangent/tensor';
 * const x = tensorFrom([[1], [2]]), y = tensorFrom([10, 20]);
 * mapTensors((a, b) => a + b, [x, y], 'float64').toArray(); // [[11, 21], [12, 22]]
 * ```
 */
export function mapTensors<D extends DType>(
  fn: Scalars,
  inputs: readonly Tensor[],
  dtype: D,
): Tensor<D> {
  checkDType(dtype, 'mapTensors');
  const shape = broadcastShapes(
    inputs.map((x) => x.shape),
    'mapTensors',
  );
  const out = zerosTensor(shape, dtype);
  run(
    fn,
    inputs.map((x) => broadcastTo(x, shape)),
    out,
  );
  return out;
}

/**
 * {@link mapTensors} into an existing tensor, which may be a strided view and may be one of the inputs.
 *
 * @throws ShapeError `SHAPE_BROADCAST_MISMATCH` if an input does not broadcast to `out`'s shape.
 * @throws ShapeError `OUTPUT_OVERLAPS_ITSELF` if `out` is a broadcast view (an axis longer than 1 with stride 0).
 */
export function mapInto(fn: Scalars, inputs: readonly Tensor[], out: Tensor): void {
  checkWritable(out, 'mapInto');
  const operands = inputs.map((x) => withoutAliasing(broadcastTo(x, out.shape, 'mapInto'), out));
  run(fn, operands, out);
}

function run(fn: Scalars, inputs: readonly Tensor[], out: Tensor): void {
  const operands = [out, ...inputs];
  const nest = loopNest(
    out.shape,
    operands.map((t) => t.stride),
  );
  const data: readonly TypedArray[] = operands.map((t) => t.data);
  const stored = out.dtype === 'bool' ? truthOf(fn, inputs.length) : fn;
  forEachRow(
    nest,
    operands.map((t) => t.offset),
    rowLoop(stored, data, nest),
  );
}

/** `fn` with results 0 and 1, as `bool` stores them; of fixed arity because rest parameters allocate. */
function truthOf(fn: Scalars, arity: number): Scalars {
  switch (arity) {
    case 1:
      return (a) => (fn(a) !== 0 ? 1 : 0);
    case 2:
      return (a, b) => (fn(a, b) !== 0 ? 1 : 0);
    case 3:
      return (a, b, c) => (fn(a, b, c) !== 0 ? 1 : 0);
    default:
      return (...xs) => (fn(...xs) !== 0 ? 1 : 0);
  }
}

function rowLoop(fn: Scalars, data: readonly TypedArray[], nest: LoopNest): RowVisitor {
  const inner = nest.shape.length - 1;
  const n = nest.shape[inner]!;
  const steps = nest.strides.map((s) => s[inner]!);
  switch (data.length - 1) {
    case 1:
      return unaryRow(fn, data, steps, n);
    case 2:
      return binaryRow(fn, data, steps, n);
    case 3:
      return ternaryRow(fn, data, steps, n);
    default:
      return anyRow(fn, data, steps, n);
  }
}

type Arrays = readonly TypedArray[];

function unaryRow(fn: Scalars, data: Arrays, steps: readonly number[], n: number): RowVisitor {
  const [y, a] = [data[0]!, data[1]!];
  const [sy, sa] = [steps[0]!, steps[1]!];
  return (start) => {
    let iy = start[0]!;
    let ia = start[1]!;
    for (let k = 0; k < n; k++, iy += sy, ia += sa) y[iy] = fn(a[ia]!);
  };
}

function binaryRow(fn: Scalars, data: Arrays, steps: readonly number[], n: number): RowVisitor {
  const [y, a, b] = [data[0]!, data[1]!, data[2]!];
  const [sy, sa, sb] = [steps[0]!, steps[1]!, steps[2]!];
  return (start) => {
    let iy = start[0]!;
    let ia = start[1]!;
    let ib = start[2]!;
    for (let k = 0; k < n; k++, iy += sy, ia += sa, ib += sb) y[iy] = fn(a[ia]!, b[ib]!);
  };
}

function ternaryRow(fn: Scalars, data: Arrays, steps: readonly number[], n: number): RowVisitor {
  const [y, a, b, c] = [data[0]!, data[1]!, data[2]!, data[3]!];
  const [sy, sa, sb, sc] = [steps[0]!, steps[1]!, steps[2]!, steps[3]!];
  return (start) => {
    let iy = start[0]!;
    let ia = start[1]!;
    let ib = start[2]!;
    let ic = start[3]!;
    for (let k = 0; k < n; k++, iy += sy, ia += sa, ib += sb, ic += sc) {
      y[iy] = fn(a[ia]!, b[ib]!, c[ic]!);
    }
  };
}

function anyRow(fn: Scalars, data: Arrays, steps: readonly number[], n: number): RowVisitor {
  const arity = data.length - 1;
  const xs: number[] = Array.from({ length: arity }, () => 0);
  return (start) => {
    for (let k = 0; k < n; k++) {
      for (let j = 1; j <= arity; j++) xs[j - 1] = data[j]![start[j]! + k * steps[j]!]!;
      data[0]![start[0]! + k * steps[0]!] = fn(...xs);
    }
  };
}
