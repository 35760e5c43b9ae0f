import type { FloatDType, Tensor } from '@cotangent/tensor';
import { emptyStack, stackOf, tensorOf } from '../kernels/stack.ts';
import { complete, singularValues } from '../kernels/svd.ts';
import { matrixShape } from './matrices.ts';

/** [U, s, Vh] of every matrix. */
export function svdTensors(
  a: Tensor,
  fullMatrices: boolean,
  dtype: FloatDType,
): readonly [Tensor, Tensor, Tensor] {
  const stack = matrixShape(a.shape, 'svd').slice(0, -2).map(Number);
  const { data, count, rows: m, columns: n } = stackOf(a);
  const k = Math.min(m, n);
  const [width, height] = fullMatrices ? [m, n] : [k, k];
  const u = emptyStack(count, m, width);
  const s = new Float64Array(count * k);
  const vh = emptyStack(count, height, n);
  for (let q = 0; q < count; q++) {
    const { values, left, right } = singularValues(data, q * m * n, m, n);
    s.set(values, q * k);
    const columns = withAll(left, k, width, m);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < width; j++) u.data[(q * m + i) * width + j] = columns[j * m + i]!;
    vh.data.set(withAll(right, k, height, n), q * height * n);
  }
  return [
    tensorOf(u.data, [...stack, m, width], dtype),
    tensorOf(s, [...stack, k], dtype),
    tensorOf(vh.data, [...stack, height, n], dtype),
  ];
}

/** The `count` rows of length n, completed to `total` orthonormal ones. */
function withAll(rows: Float64Array, count: number, total: number, n: number): Float64Array {
  if (count === total) return rows;
  const all = new Float64Array(total * n);
  all.set(rows);
  complete(all, count, total, n);
  return all;
}

/** The singular values of every matrix. */
export function singularValuesOf(a: Tensor, dtype: FloatDType): Tensor {
  const stack = matrixShape(a.shape, 'svdvals').slice(0, -2).map(Number);
  const { data, count, rows: m, columns: n } = stackOf(a);
  const k = Math.min(m, n);
  const s = new Float64Array(count * k);
  for (let q = 0; q < count; q++) s.set(singularValues(data, q * m * n, m, n).values, q * k);
  return tensorOf(s, [...stack, k], dtype);
}
