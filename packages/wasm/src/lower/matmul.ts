import { addressOf, forLoop, i32, index, matrixProduct } from '@cotangent/loops';
import type { Buffer, MatrixView, Statement, Value } from '@cotangent/loops';
import { rowMajorStrides } from '@cotangent/tensor';
import type { BufferView, Lazy } from './lazy.ts';
import { broadcast } from './structural.ts';

/** Y = A B on the last two axes; the others are loops around the product. Operands may be strided. */
export function lowerMatmul(
  a: Lazy,
  b: Lazy,
  out: Buffer,
  shape: readonly number[],
): readonly Statement[] {
  const batch = shape.slice(0, -2);
  const sizes = { rows: shape.at(-2)!, inner: a.shape.at(-1)!, columns: shape.at(-1)! };
  const batched: Batched = {
    batch,
    ...sizes,
    a: stridesOf(broadcast(a, [...batch, sizes.rows, sizes.inner])),
    b: stridesOf(broadcast(b, [...batch, sizes.inner, sizes.columns])),
    out: { buffer: out, offset: 0, strides: rowMajorStrides(shape) },
  };
  return productsOf(merged(batched));
}

/** Products of stacks of matrices, all operands strided. */
interface Batched {
  readonly batch: readonly number[];
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly a: BufferView;
  readonly b: BufferView;
  readonly out: BufferView;
}

function stridesOf({ view }: Lazy): BufferView {
  return view!; // operands are asked for in memory
}

/**
 * Innermost axes of the stack become rows or columns where one operand is the same for all of them: A times
 * many vectors is A times a matrix.
 */
function merged(s: Batched): Batched {
  const axis = s.batch.length - 1;
  const count = s.batch[axis];
  if (count === undefined) return s;
  const [p, q, r] = [s.a.strides, s.b.strides, s.out.strides];
  /** Axis `to` from the end takes the stack's place: it had one element, or continues it. */
  const without = (strides: readonly number[], size: number, to: 1 | 2): readonly number[] => {
    const matrix = strides.slice(-2);
    if (size === 1) matrix[2 - to] = strides[axis]!;
    return [...strides.slice(0, axis), ...matrix];
  };
  const fits = (strides: readonly number[], size: number, to: 1 | 2): boolean =>
    size === 1 || strides[axis] === strides.at(-to)! * size;
  const rest = { batch: s.batch.slice(0, axis), inner: s.inner };
  const view = (from: BufferView, strides: readonly number[]): BufferView => ({ ...from, strides });
  if (q[axis] === 0 && fits(p, s.rows, 2) && fits(r, s.rows, 2))
    return merged({
      ...rest,
      rows: s.rows * count,
      columns: s.columns,
      a: view(s.a, without(p, s.rows, 2)),
      b: view(s.b, without(q, 0, 2)),
      out: view(s.out, without(r, s.rows, 2)),
    });
  if (p[axis] === 0 && fits(q, s.columns, 1) && fits(r, s.columns, 1))
    return merged({
      ...rest,
      rows: s.rows,
      columns: s.columns * count,
      a: view(s.a, without(p, 0, 1)),
      b: view(s.b, without(q, s.columns, 1)),
      out: view(s.out, without(r, s.columns, 1)),
    });
  return s;
}

/** One product for each matrix of the stack. */
function productsOf({ batch, rows, inner, columns, a, b, out }: Batched): readonly Statement[] {
  const indices = batch.map((_, axis) => index(`b${axis}`));
  const point = batch.map((size, axis): Value => (size === 1 ? i32(0) : indices[axis]!));
  const product = matrixProduct(matrixAt(out, point), matrixAt(a, point), matrixAt(b, point), {
    rows,
    inner,
    columns,
  });
  return batch.reduceRight<readonly Statement[]>(
    (body, size, axis) => (size === 1 ? body : [forLoop(indices[axis]!, i32(0), i32(size), body)]),
    [product],
  );
}

function matrixAt({ buffer, offset, strides }: BufferView, point: readonly Value[]): MatrixView {
  return {
    buffer,
    offset: addressOf(point, strides.slice(0, -2), offset),
    rowStride: strides.at(-2)!,
    columnStride: strides.at(-1)!,
  };
}
