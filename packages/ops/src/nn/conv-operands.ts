import { addressIn, denseView, i32, times } from '@cotangent/loops';
import type {
  Buffer,
  LoweringContext,
  MatrixView,
  Statement,
  StridedView,
  Value,
} from '@cotangent/loops';
import type { ConvGeometry } from '../kernels/conv.ts';
import { copied, rowOf, windowOf } from './columns.ts';
import type { Strip } from './columns.ts';

/** What the three lowerings have in common. */
export interface Plan {
  readonly g: ConvGeometry;
  readonly scratch: LoweringContext['scratch'];
  readonly columns: Buffer;
}

/** A view that is row-major, and what must be done to have it. */
export interface Dense {
  readonly view: StridedView;
  readonly before: readonly Statement[];
}

/** A view, copied if it is not row-major; the last `flips` axes reversed. */
export function dense(x: StridedView, plan: Plan, flips = 0): Dense {
  if (flips === 0 && isDense(x)) return { view: x, before: [] };
  const view = denseView(scratchLike(x, plan), x.shape);
  return { view, before: [copied(x, view, flips)] };
}

/** The kernels as rows, entries of a window one after the other; reversed if they are to be flipped. */
export function denseKernels(w: StridedView, plan: Plan): Dense {
  const { flipKernel, axes } = plan.g;
  return dense(w, plan, flipKernel ? axes.length : 0);
}

/** Room for as many elements. */
export function scratchLike(w: StridedView, { scratch }: Plan): Buffer {
  const size = w.shape.reduce((n, length) => n * length, 1);
  return scratch(w.buffer.dtype, size);
}

/** The filters of one group at the outputs of one strip. */
export function resultRows(
  y: StridedView,
  n: Value,
  group: Value,
  { first }: Strip,
  { g }: Plan,
): MatrixView {
  const rowStride = g.axes[0]!.output * rowOf(g);
  const offset = addressIn({ ...y, strides: [...y.strides.slice(0, 2), rowOf(g)] }, [
    n,
    times(group, g.filters),
    first,
  ]);
  return { buffer: y.buffer, offset, rowStride, columnStride: 1 };
}

/** The kernels of one group: a row for each filter. */
export function kernelRows(w: StridedView, group: Value, { g }: Plan): MatrixView {
  const offset = addressIn({ ...w, strides: [windowOf(g)] }, [times(group, g.filters)]);
  return { buffer: w.buffer, offset, rowStride: windowOf(g), columnStride: 1 };
}

/** The windows of one strip: a column for each output. */
export function columnRows({ columns, g }: Plan, { height }: Strip): MatrixView {
  return { buffer: columns, offset: i32(0), rowStride: height * rowOf(g), columnStride: 1 };
}

/** The same elements with rows and columns exchanged. */
export function transposed(m: MatrixView): MatrixView {
  return { ...m, rowStride: m.columnStride, columnStride: m.rowStride };
}

function isDense({ shape, strides }: StridedView): boolean {
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== stride) return false;
    stride *= shape[axis]!;
  }
  return true;
}
