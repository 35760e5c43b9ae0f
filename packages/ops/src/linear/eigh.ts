import { isFloat } from '@cotangent/tensor';
import type { FloatDType, Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp } from '@cotangent/graph';
import type { Callable, OpFunction, OpSample, Operand, Shape, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { add, div, mul, sub } from '../elementwise/arithmetic.ts';
import { le } from '../elementwise/comparison.ts';
import { where } from '../elementwise/selection.ts';
import { abs } from '../elementwise/sign.ts';
import { symmetricEigen } from '../kernels/eigh.ts';
import { stackOf, tensorOf } from '../kernels/stack.ts';
import { max } from '../reduce/extremum.ts';
import { shapeAt } from '../shape/size.ts';
import { expandDims, matrixTranspose } from '../shape/transpose.ts';
import { diagonal } from './diagonal.ts';
import { halfTriangle } from './half-triangle.ts';
import { matmul } from './matmul.ts';
import { floatDTypeOf, floatType, squareShape } from './matrices.ts';

const samples: readonly OpSample[] = [
  {
    inputs: [
      [
        [4, 9, 9],
        [1, 3, 9],
        [-2, 0.5, 5],
      ],
    ],
  },
  {
    name: 'a stack',
    inputs: [
      [
        [
          [4, 0],
          [1, 3],
        ],
        [
          [2, 5],
          [-1, -1.5],
        ],
      ],
    ],
  },
  { name: 'one entry', inputs: [[[-4]]] },
  {
    name: 'repeated eigenvalues',
    inputs: [
      [
        [2, 0],
        [0, 2],
      ],
    ],
    edge: true,
  },
];

/**
 * A V = V diag w, a function of the lower triangle of A.  With P = Vᵀ Ȧ V and F_ij = 1/(w_j − w_i), 0 for close pairs:
 * ẇ = diag P,  V̇ = V (F ∘ P);  K = V (diag w̄ + F ∘ (Vᵀ V̄)) Vᵀ,  Ā = Φ(K + Kᵀ), Φ the lower triangle with its diagonal
 * halved.  Giles (2008), section 3.1.
 */
const eighOp: OpFunction<1, 2> = defineOp<1, 2>(
  'eigh',
  { inputs: 1, outputs: 2 },
  {
    infer: ([a]) => {
      const shape = squareShape(a.shape, 'eigh');
      return [floatType([a], valuesShape(shape)), floatType([a], shape)];
    },
    pushforward: ([aDot], { outputs: [w, v] }) => {
      const p = matmul(matmul(matrixTranspose(v), mirrored(aDot)), v);
      return [diagonalOf(p), matmul(v, mul(inverseGaps(w), p))];
    },
    pullback: ([wBar, vBar], { outputs: [w, v] }) => {
      const turned = mul(inverseGaps(w), matmul(matrixTranspose(v), vBar));
      // V (diag w̄ + …) Vᵀ = (V ∘ w̄) Vᵀ + V … Vᵀ, each entry of w̄ times its column
      const left = add(mul(v, expandDims(wBar, -2)), matmul(v, turned));
      return [folded(matmul(left, matrixTranspose(v)))];
    },
    batch: ([{ value }]) => {
      const [w, v] = eighOp(value);
      return [batched(w), batched(v)];
    },
    eval: ([a], _, [type]) => decomposition(a, floatDTypeOf(type)),
    samples,
  },
);

/** The eigenvalues alone.  ẇ = diag(Vᵀ Ȧ V),  Ā = Φ(K + Kᵀ), K = V diag w̄ Vᵀ. */
const eigvalshOp: OpFunction<1, 1> = defineOp<1, 1>(
  'eigvalsh',
  { inputs: 1, outputs: 1 },
  {
    infer: ([a]) => [floatType([a], valuesShape(squareShape(a.shape, 'eigvalsh')))],
    pushforward: ([aDot], { inputs: [a] }) => {
      const [, v] = eighOp(a);
      return [diagonalOf(matmul(matmul(matrixTranspose(v), mirrored(aDot)), v))];
    },
    pullback: ([wBar], { inputs: [a] }) => {
      const [, v] = eighOp(a);
      return [folded(matmul(mul(v, expandDims(wBar, -2)), matrixTranspose(v)))];
    },
    batch: ([{ value }]) => [batched(eigvalshOp(value))],
    eval: ([a], _, [type]) => [decomposition(a, floatDTypeOf(type))[0]],
    samples,
  },
);

/** Options of {@link eigh} and {@link eigvalsh}. */
export interface EighOptions {
  /** The lower triangle is read, else the upper one. Default true. */
  readonly lower?: boolean | undefined;
  /** Takes (A + Aᵀ)/2 first, so that both triangles are read and the gradient is symmetric. Default false. */
  readonly symmetrizeInput?: boolean | undefined;
}

/**
 * Eigenvalues, ascending, and orthonormal eigenvectors, as columns, of symmetric matrices: `[values, vectors]`. It is a
 * function of the triangle that is read: tangents are taken from there, and the gradient lands there. float32 is computed
 * in float64 and rounded once; integers and booleans as floats. An entry that is not finite gives NaN.
 *
 * The entry of largest magnitude of each vector is positive; a cost should not depend on that choice. A pair of
 * eigenvalues closer than n ε max|w| counts as repeated: what its vectors would contribute to a derivative is left out. That
 * is right for costs of the eigenvalues that are symmetric in them and of the space that the vectors span together, but
 * not for functions of the matrix put together as V f(w) Vᵀ.
 *
 * @param a - `[…, n, n]`.
 * @throws ShapeError `OP_RANK`, `OP_NOT_SQUARE`, at run time where sizes are not known before.
 * @example const [values, vectors] = eigh([[2, 1], [1, 2]]); // values [1, 3]
 * @see Giles (2008), An extended collection of matrix derivative results for forward and reverse mode AD, section 3.1.
 */
export const eigh: Callable<
  (a: Operand, options?: EighOptions) => readonly [values: Variable, vectors: Variable]
> = callable(
  eighOp.op,
  (a: Operand, options: EighOptions = {}): readonly [values: Variable, vectors: Variable] =>
    eighOp(asRead(a, options, 'eigh')),
);

/**
 * The eigenvalues of symmetric matrices, ascending. Its gradient needs no gaps, so it is right also at repeated
 * eigenvalues for costs that are symmetric in them.
 *
 * @param a - `[…, n, n]`.
 * @throws as {@link eigh}.
 * @example eigvalsh([[2, 1], [1, 2]]) // [1, 3]
 */
export const eigvalsh: Callable<(a: Operand, options?: EighOptions) => Variable> = callable(
  eigvalshOp.op,
  (a: Operand, options: EighOptions = {}): Variable => eigvalshOp(asRead(a, options, 'eigvalsh')),
);

function asRead(a: Operand, options: EighOptions, op: string): Variable {
  const matrix = asVariable(a, op);
  squareShape(matrix.shape, op);
  if (options.symmetrizeInput === true) return mul(0.5, add(matrix, matrixTranspose(matrix)));
  return (options.lower ?? true) ? matrix : matrixTranspose(matrix);
}

/** 1/(x_j − x_i), 0 on the diagonal and for pairs that count as equal. */
function inverseGaps(w: Variable): Variable {
  const gaps = sub(expandDims(w, -2), expandDims(w, -1));
  const isClose = le(abs(gaps), expandDims(roundingOf(w), -1));
  return where(isClose, 0, div(1, where(isClose, 1, gaps)));
}

/** n ε max|x| over the last axis, which stays with size 1: what rounding alone makes of values that are equal. */
export function roundingOf(x: Variable): Variable {
  const largest = max(abs(x), { axis: -1, keepDims: true, initial: 0 });
  return mul(largest, mul(shapeAt(x, -1), epsilonOf(x)));
}

export function epsilonOf({ dtype }: Variable): number {
  return isFloat(dtype) && dtype === 'float32' ? 2 ** -23 : Number.EPSILON;
}

export function diagonalOf(x: Variable): Variable {
  return diagonal(x, { axis1: -2, axis2: -1 });
}

/** The symmetric matrix of which the lower triangle is given. */
function mirrored(x: Variable): Variable {
  const half = halfTriangle(x);
  return add(half, matrixTranspose(half));
}

/** Φ(K + Kᵀ): what the entries of the lower triangle collect for both halves. */
function folded(k: Variable): Variable {
  return halfTriangle(add(k, matrixTranspose(k)));
}

function valuesShape(shape: Shape): Shape {
  return shape.slice(0, -1);
}

function decomposition(a: Tensor, dtype: FloatDType): readonly [Tensor, Tensor] {
  const shape = squareShape(a.shape, 'eigh').map(Number);
  const { data, count, rows: n } = stackOf(a);
  const values = new Float64Array(count * n);
  const vectors = new Float64Array(count * n * n);
  for (let q = 0; q < count; q++) {
    const found = symmetricEigen(data, q * n * n, n);
    values.set(found.values, q * n);
    for (let i = 0; i < n; i++)
      for (let k = 0; k < n; k++) vectors[q * n * n + i * n + k] = found.vectors[k * n + i]!;
  }
  return [tensorOf(values, shape.slice(0, -1), dtype), tensorOf(vectors, shape, dtype)];
}
