import { addressOf, forLoop, i32, index } from '@cotangent/loops';
import type { Buffer, MatrixView, Statement, Value } from '@cotangent/loops';
import { rowMajorStrides } from '@cotangent/tensor';
import type { Lazy } from './lazy.ts';
import { broadcast } from './structural.ts';

/** Y = A B on the last two axes; the others are loops around the product. Operands may be strided. */
export function lowerMatmul(
  a: Lazy,
  b: Lazy,
  out: Buffer,
  shape: readonly number[],
): readonly Statement[] {
  const batch = shape.slice(0, -2);
  const rows = shape.at(-2)!;
  const columns = shape.at(-1)!;
  const inner = a.shape.at(-1)!;
  const left = broadcast(a, [...batch, rows, inner]);
  const right = broadcast(b, [...batch, inner, columns]);
  const indices = batch.map((_, axis) => index(`b${axis}`));
  const point = batch.map((size, axis): Value => (size === 1 ? i32(0) : indices[axis]!));
  const product: Statement = {
    kind: 'matrixProduct',
    out: matrixAt(out, rowMajorStrides(shape), 0, point),
    a: matrixOf(left, point),
    b: matrixOf(right, point),
    rows,
    inner,
    columns,
    accumulate: false,
  };
  return batch.reduceRight<readonly Statement[]>(
    (body, size, axis) => (size === 1 ? body : [forLoop(indices[axis]!, i32(0), i32(size), body)]),
    [product],
  );
}

function matrixOf(x: Lazy, point: readonly Value[]): MatrixView {
  const { buffer, strides, offset } = x.view!; // operands are asked for in memory
  return matrixAt(buffer, strides, offset, point);
}

function matrixAt(
  buffer: Buffer,
  strides: readonly number[],
  offset: number,
  point: readonly Value[],
): MatrixView {
  return {
    buffer,
    offset: addressOf(point, strides.slice(0, -2), offset),
    rowStride: strides.at(-2)!,
    columnStride: strides.at(-1)!,
  };
}
