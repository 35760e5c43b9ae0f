import ops from 'ndarray-ops';
import { ShapeError } from '../errors.ts';
import { unravel } from '../iterate.ts';
import { resultType, strongDType } from '../promotion.ts';
import { reshapeCopy } from '../reshape.ts';
import { broadcastShapes, formatShape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { doubles, stretch, toNdArray, toTensor, type Strided } from './arrays.ts';

/**
 * Matrix product over the last two axes, as NumPy's `matmul`: leading axes broadcast; a vector on the left is a row, on
 * the right a column, and that axis is dropped from the result.
 *
 * @throws ShapeError `MATMUL_SHAPES` if the inner lengths differ or an operand is a scalar.
 */
export function matmul(x: Tensor, y: Tensor): Tensor {
  const a = toNdArray(x.dimension === 1 ? reshapeCopy(x, [1, ...x.shape]) : x);
  const b = toNdArray(y.dimension === 1 ? reshapeCopy(y, [...y.shape, 1]) : y);
  if (x.dimension === 0 || y.dimension === 0 || a.shape.at(-1) !== b.shape.at(-2)) {
    throw mismatch(x, y);
  }
  const batch = broadcastShapes([a.shape.slice(0, -2), b.shape.slice(0, -2)], 'matmul');
  const [rows, inner, columns] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const left = stretch(a, [...batch, rows, inner]);
  const right = stretch(b, [...batch, inner, columns]);
  const out = doubles([...batch, rows, columns]);
  for (let k = 0; k < sizeOf(batch); k++) {
    const at = unravel(k, batch);
    multiply(
      out.pick(...at, null, null),
      left.pick(...at, null, null),
      right.pick(...at, null, null),
    );
  }
  const kept = [...(x.dimension === 1 ? [] : [rows]), ...(y.dimension === 1 ? [] : [columns])];
  const dtype = strongDType(resultType([x.dtype, y.dtype]));
  return reshapeCopy(toTensor(out, dtype), [...batch, ...kept]);
}

/** out[i, j] = Σ_k a[i, k] · b[k, j], a dot product of rows and columns. */
function multiply(out: Strided, a: Strided, b: Strided): void {
  const products = doubles([a.shape[1]!]);
  for (let i = 0; i < out.shape[0]!; i++) {
    for (let j = 0; j < out.shape[1]!; j++) {
      ops.mul(products, a.pick(i, null), b.pick(null, j));
      out.set(i, j, ops.sum(products));
    }
  }
}

function mismatch(x: Tensor, y: Tensor): ShapeError {
  return new ShapeError(
    `matmul: cannot multiply ${formatShape(x.shape)} by ${formatShape(y.shape)}`,
    {
      code: 'MATMUL_SHAPES',
      hint: 'the last axis of the first must be as long as the last but one of the second',
      data: { shapes: [x.shape, y.shape] },
    },
  );
}
