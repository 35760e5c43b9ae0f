import type { FloatDType, Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { add, neg, sub } from '../elementwise/arithmetic.ts';
import { stackOf, tensorOf } from '../kernels/stack.ts';
import { singularValues } from '../kernels/svd.ts';
import { matrixTranspose } from '../shape/transpose.ts';
import { matmul } from './matmul.ts';
import { floatDTypeOf, floatType, matrixShape } from './matrices.ts';
import { withVector } from './solve-triangular.ts';

type PinvAttrs = { readonly rtol: number | null };

/**
 * Y = A⁺, of constant rank.  Ẏ = −Y Ȧ Y + Y Yᵀ Ȧᵀ (I − A Y) + (I − Y A) Ȧᵀ Yᵀ Y;  with G = Ȳ,
 * Āᵀ = −Y Gᵀ Y + Y Yᵀ G (I − A Y) + (I − Y A) G Yᵀ Y.  Golub & Pereyra (1973), The differentiation of pseudo-inverses.
 */
const pinvOp: OpFunction<1, 1, PinvAttrs> = defineOp<1, 1, PinvAttrs>(
  'pinv',
  { inputs: 1, outputs: 1 },
  {
    infer: ([a]) => {
      const shape = matrixShape(a.shape, 'pinv');
      return [floatType([a], [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!])];
    },
    pushforward: ([aDot], { inputs: [a], outputs: [y] }) => [
      changeOf(a, y, aDot, matrixTranspose(aDot)),
    ],
    pullback: ([yBar], { inputs: [a], outputs: [y] }) => [
      matrixTranspose(changeOf(a, y, matrixTranspose(yBar), yBar)),
    ],
    batch: ([{ value }], { attrs }) => [batched(pinvOp(value, attrs))],
    eval: ([a], { rtol }, [type]) => [pseudoInverse(a, rtol, floatDTypeOf(type))],
    samples: [
      {
        name: 'tall',
        inputs: [
          [
            [2, -1],
            [0.5, 3],
            [-1, 1.5],
          ],
        ],
        attrs: { rtol: null },
      },
      { name: 'wide, a stack', inputs: [[[[2, -1]], [[0.5, 3]]]], attrs: { rtol: null } },
      {
        name: 'rank deficient',
        inputs: [
          [
            [1, 2],
            [2, 4],
          ],
        ],
        attrs: { rtol: null },
        edge: true,
      },
    ],
  },
);

/** Options of {@link pinv} and {@link lstsq}. */
export interface PinvOptions {
  /** Singular values up to this times the largest count as zero. Default max(m, n) times the machine epsilon. */
  readonly rtol?: number | undefined;
}

/**
 * The Moore–Penrose pseudo-inverse of matrices. Its derivative is that along changes that keep the rank. float32 is
 * computed in float64 and rounded once; integers and booleans as floats.
 *
 * @param a - `[…, m, n]`.
 * @throws ShapeError `OP_RANK`.
 * @example pinv([[3], [4]]) // [[0.12, 0.16]]
 * @see Golub & Pereyra (1973), The differentiation of pseudo-inverses and nonlinear least squares problems whose
 *   variables separate.
 */
export const pinv: Callable<(a: Operand, options?: PinvOptions) => Variable> = callable(
  pinvOp.op,
  (a: Operand, { rtol }: PinvOptions = {}): Variable => pinvOp(a, { rtol: rtol ?? null }),
);

/**
 * The shortest y of those that minimise ‖A y − b‖₂, by the pseudo-inverse. Leading axes broadcast.
 *
 * @param a - `[…, m, n]`.
 * @param b - `[…, m, k]`, or a vector `[m]`.
 * @throws ShapeError `OP_RANK`, `OP_MATMUL_SHAPES`, `SHAPE_BROADCAST`, at run time where sizes are not known before.
 * @example lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]) // [1, 2]
 */
export function lstsq(a: Operand, b: Operand, options: PinvOptions = {}): Variable {
  const inverse = pinv(asVariable(a, 'lstsq', 0), options);
  return withVector(asVariable(b, 'lstsq', 1), (columns) => matmul(inverse, columns));
}

/** −Y E Y + Y Yᵀ Eᵀ (I − A Y) + (I − Y A) Eᵀ Yᵀ Y, for a change E of A. */
function changeOf(a: Variable, y: Variable, e: Variable, transposed: Variable): Variable {
  const yT = matrixTranspose(y);
  const left = matmul(matmul(y, yT), transposed);
  const right = matmul(transposed, matmul(yT, y));
  return add(
    neg(matmul(matmul(y, e), y)),
    add(sub(left, matmul(matmul(left, a), y)), sub(right, matmul(y, matmul(a, right)))),
  );
}

function pseudoInverse(a: Tensor, rtol: number | null, dtype: FloatDType): Tensor {
  const stack = matrixShape(a.shape, 'pinv').slice(0, -2).map(Number);
  const { data, count, rows: m, columns: n } = stackOf(a);
  const epsilon = a.dtype === 'float32' ? 2 ** -23 : Number.EPSILON;
  const y = new Float64Array(count * n * m);
  for (let q = 0; q < count; q++) {
    const { values, left, right } = singularValues(data, q * m * n, m, n);
    const least = (rtol ?? Math.max(m, n) * epsilon) * (values[0] ?? 0);
    values.forEach((s, k) => {
      if (s <= least) return;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++)
          y[q * n * m + i * m + j]! += (right[k * n + i]! / s) * left[k * m + j]!;
    });
  }
  return tensorOf(y, [...stack, n, m], dtype);
}
