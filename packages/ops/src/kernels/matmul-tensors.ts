import {
  Tensor,
  ValueError,
  allocate,
  denseTensor,
  forEachRow,
  loopNest,
  rowMajorStrides,
  sizeOf,
  unravel,
  views,
} from '@cotangent/tensor';
import type { DType, TypedArray } from '@cotangent/tensor';
import { matmulInto, matmulScratch } from './matmul.ts';
import type { MatrixView } from './matmul.ts';

/**
 * Products of stacked matrices: a [...batch, m, k] times b [...batch, k, n], the batch shapes broadcast to `batch`. Floats
 * are summed in float64 and rounded once; integers are exact.
 *
 * @throws ValueError `OP_INTEGER_OVERFLOW` if an integer result does not fit an int32.
 */
export function matmulTensors(
  a: Tensor,
  b: Tensor,
  batch: readonly number[],
  dtype: DType,
  op: string,
): Tensor {
  const [m, k] = [a.shape.at(-2)!, a.shape.at(-1)!];
  const n = b.shape.at(-1)!;
  const shape = [...batch, m, n];
  if (dtype === 'int32' && mayRound(a, b, k)) return exactProduct(a, b, shape, op);
  const product = new Float64Array(sizeOf(shape));
  const flat = b.shape.length === 2 && a.shape.length > 2 ? oneMatrix(a, k) : undefined;
  if (flat === undefined) multiplyStack(product, a, b, shape);
  else multiplyStack(product, flat, b, [flat.shape[0]!, n]);
  return stored(product, shape, dtype, op);
}

/** A stack of matrices that meets one matrix is itself one matrix, if its storage allows. */
function oneMatrix(a: Tensor, k: number): Tensor | undefined {
  return views.reshape(a, [sizeOf(a.shape.slice(0, -1)), k]);
}

function multiplyStack(out: Float64Array, a: Tensor, b: Tensor, shape: readonly number[]): void {
  const batch = shape.slice(0, -2);
  const [m, n] = [shape.at(-2)!, shape.at(-1)!];
  const k = a.shape.at(-1)!;
  const [as, bs] = [stacked(a, batch), stacked(b, batch)];
  const nest = loopNest(batch, [as.stride.slice(0, -2), bs.stride.slice(0, -2)]);
  const inner = nest.shape.length - 1;
  const [stepA, stepB] = nest.strides.map((stride) => stride[inner]!);
  const scratch = matmulScratch(k, n);
  let start = 0;
  forEachRow(nest, [a.offset, b.offset], ([atA, atB]) => {
    for (let q = 0; q < nest.shape[inner]!; q++, start += m * n) {
      const viewA = matrixAt(as, atA! + q * stepA!);
      const viewB = matrixAt(bs, atB! + q * stepB!);
      matmulInto(out, start, viewA, viewB, m, k, n, scratch);
    }
  });
}

function stacked(x: Tensor, batch: readonly number[]): Tensor {
  return views.broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
}

function matrixAt(x: Tensor, start: number): MatrixView {
  return { data: x.data, start, rowStep: x.stride.at(-2)!, columnStep: x.stride.at(-1)! };
}

function stored(product: Float64Array, shape: readonly number[], dtype: DType, op: string): Tensor {
  if (dtype === 'float64') return denseTensor(product, shape, 'float64');
  const data: TypedArray = allocate(dtype, product.length);
  for (let i = 0; i < product.length; i++) {
    const value = product[i]!;
    if (dtype === 'int32' && Math.abs(value + 0.5) > 2147483648) throw overflow(value, op);
    data[i] = dtype === 'bool' ? Number(value !== 0) : value;
  }
  return new Tensor(data, shape, rowMajorStrides(shape), 0, dtype);
}

/** Whether a sum of k products could pass 2⁵³, up to which float64 holds every integer. */
function mayRound(a: Tensor, b: Tensor, k: number): boolean {
  return k * magnitude(a.data) * magnitude(b.data) > Number.MAX_SAFE_INTEGER;
}

function magnitude(data: TypedArray): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    const value = Math.abs(data[i]!);
    if (value > largest) largest = value;
  }
  return largest;
}

/** Element by element in whole numbers of any size: slow, and only for integers of more than 26 bits or so. */
function exactProduct(a: Tensor, b: Tensor, shape: readonly number[], op: string): Tensor {
  const batch = shape.slice(0, -2);
  const [m, n] = [shape.at(-2)!, shape.at(-1)!];
  const as = stacked(a, batch);
  const bs = stacked(b, batch);
  const out = new Int32Array(sizeOf(shape));
  for (let i = 0; i < out.length; i++) {
    const index = [...unravel(Math.floor(i / (m * n)), batch), Math.floor(i / n) % m, i % n];
    out[i] = exactEntry(as, bs, index, op);
  }
  return denseTensor(out, shape, 'int32');
}

function exactEntry(a: Tensor, b: Tensor, index: readonly number[], op: string): number {
  const outer = index.slice(0, -2);
  const [row, column] = [index.at(-2)!, index.at(-1)!];
  let sum = 0n;
  for (let p = 0; p < a.shape.at(-1)!; p++) {
    sum += BigInt(a.get(...outer, row, p)) * BigInt(b.get(...outer, p, column));
  }
  if (BigInt.asIntN(32, sum) !== sum) throw overflow(sum, op);
  return Number(sum);
}

function overflow(value: number | bigint, op: string): ValueError {
  return new ValueError(`${op}: the result ${value} does not fit an int32`, {
    code: 'OP_INTEGER_OVERFLOW',
    hint: "cast the inputs to 'float64' first",
    data: { op, value },
  });
}
