import type { TypedArray } from '@cotangent/tensor';
import type { MatrixView } from './matmul.ts';

/**
 * c[cStart + i] += Σ_p A[i, p] · x_p in float64: A [m, k] anywhere in storage, x_p = `x[xStart + p·xStep]`. Walks A in
 * the direction in which its storage is denser; nothing is packed, as every element is used once.
 */
export function matvecInto(
  c: Float64Array,
  cStart: number,
  { data, start, rowStep, columnStep }: MatrixView,
  x: TypedArray,
  xStart: number,
  xStep: number,
  m: number,
  k: number,
): void {
  if (Math.abs(columnStep) <= Math.abs(rowStep)) {
    for (let i = 0; i < m; i++) {
      c[cStart + i]! += dotOf(data, start + i * rowStep, columnStep, x, xStart, xStep, k);
    }
    return;
  }
  for (let p = 0; p < k; p++) {
    addScaled(c, cStart, data, start + p * columnStep, rowStep, x[xStart + p * xStep]!, m);
  }
}

/** Σ_p a_p · b_p in four sums, which are added at the end. */
function dotOf(
  a: TypedArray,
  aStart: number,
  aStep: number,
  b: TypedArray,
  bStart: number,
  bStep: number,
  n: number,
): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let ia = aStart;
  let ib = bStart;
  const whole = n - (n % 4);
  for (let p = 0; p < whole; p += 4, ia += 4 * aStep, ib += 4 * bStep) {
    s0 += a[ia]! * b[ib]!;
    s1 += a[ia + aStep]! * b[ib + bStep]!;
    s2 += a[ia + 2 * aStep]! * b[ib + 2 * bStep]!;
    s3 += a[ia + 3 * aStep]! * b[ib + 3 * bStep]!;
  }
  for (let p = whole; p < n; p++, ia += aStep, ib += bStep) s0 += a[ia]! * b[ib]!;
  return s0 + s1 + (s2 + s3);
}

/** c_i += a_i · factor. */
function addScaled(
  c: Float64Array,
  cStart: number,
  a: TypedArray,
  aStart: number,
  aStep: number,
  factor: number,
  m: number,
): void {
  let ia = aStart;
  for (let i = cStart; i < cStart + m; i++, ia += aStep) c[i]! += a[ia]! * factor;
}
