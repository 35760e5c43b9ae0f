import { ShapeError, ValueError } from '@cotangent/tensor';
import type { FloatDType, Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp, formatShape, shapesConflict } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, Variable } from '@cotangent/graph';
import { batchOf, batched } from '../batch.ts';
import { add, mul } from '../elementwise/arithmetic.ts';
import { identity } from '../elementwise/selection.ts';
import { choleskyAdjointInPlace, choleskyInPlace } from '../kernels/cholesky.ts';
import { stackOf, tensorOf } from '../kernels/stack.ts';
import { matrixTranspose } from '../shape/transpose.ts';
import { whole } from '../shape/whole.ts';
import { tril } from './diagonal.ts';
import { halfTriangle } from './half-triangle.ts';
import { lowerCholeskyAdjoint } from './lower/cholesky-adjoint.ts';
import { lowerCholesky } from './lower/cholesky.ts';
import { refusingNaN } from './lower/refuse.ts';
import { matmul } from './matmul.ts';
import { floatDTypeOf, floatType, squareShape } from './matrices.ts';
import { solveTriangularOp } from './solve-triangular.ts';

type CholeskyAttrs = { readonly onFailure: 'throw' | 'nan' };

/**
 * L Lᵀ = A, a function of the lower triangle of A.  With Φ(X) = the lower triangle of X, its diagonal halved:
 * L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ);  S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹,  Ā = Φ(S + Sᵀ), which holds what both halves of a symmetric Ȧ collect.
 * Murray (2016), Differentiation of the Cholesky decomposition, sections 2 and 3.1.
 */
const choleskyOp: OpFunction<1, 1, CholeskyAttrs> = defineOp<1, 1, CholeskyAttrs>(
  'cholesky',
  { inputs: 1, outputs: 1 },
  {
    infer: ([a]) => [floatType([a], squareShape(a.shape, 'cholesky'))],
    pushforward: ([aDot], { outputs: [l] }) => {
      const half = halfTriangle(aDot);
      const moved = solved(l, add(half, matrixTranspose(half)), false);
      return [matmul(l, halfTriangle(solved(l, matrixTranspose(moved), false)))];
    },
    pullback: ([lBar], { outputs: [l] }) => [choleskyAdjointOp(l, lBar)],
    batch: ([{ value }], { attrs }) => [batched(choleskyOp(value, attrs))],
    eval: ([a], { onFailure }, [type]) => [factor(a, onFailure, floatDTypeOf(type))],
    lower: refusingNaN<CholeskyAttrs>(lowerCholesky, (n, { onFailure }) =>
      onFailure === 'throw' ? n - 1 : undefined,
    ),
    shapeLike: ([a]) => a,
    samples: [
      {
        inputs: [
          [
            [4, 9, 9],
            [1, 3, 9],
            [-2, 0.5, 5],
          ],
        ],
        attrs: { onFailure: 'throw' },
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
              [-1, 1],
            ],
          ],
        ],
        attrs: { onFailure: 'nan' },
      },
      { name: 'one entry', inputs: [[[9]]], attrs: { onFailure: 'throw' } },
      {
        name: 'not positive definite',
        inputs: [
          [
            [1, 2],
            [2, 1],
          ],
        ],
        attrs: { onFailure: 'nan' },
        edge: true,
      },
    ],
  },
);

/**
 * Ā = Φ(S + Sᵀ), S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, a function of the lower triangles of L and L̄: the pullback of the factorisation
 * as one op, for a sixth of the operations. Its own rules are those of the formula.
 */
export const choleskyAdjointOp: OpFunction<2, 1> = defineOp<2, 1>(
  'choleskyAdjoint',
  { inputs: 2, outputs: 1 },
  {
    infer: ([l, lBar]) => [floatType([l, lBar], adjointShape(l.shape, lBar.shape))],
    // l̄ may depend on L: the formula is that of variables of their own, so that only its own paths count.
    pushforward: [
      (lDot, { inputs: [l, lBar], engine }) => {
        const own = identity(l);
        return engine.pushforward([adjointFormula(own, lBar)], [own], [lDot])[0]!;
      },
      (lBarDot, { inputs: [l] }) => choleskyAdjointOp(l, lBarDot),
    ],
    pullback: ([yBar], { inputs: [l, lBar], engine }) => {
      const wrt = [identity(l), identity(lBar)] as const;
      const [lTerm, lBarTerm] = engine.pullback([adjointFormula(...wrt)], [yBar], wrt);
      return [lTerm!, lBarTerm!];
    },
    batch: (entries) => {
      const [l, lBar] = entries;
      const like = batchOf(entries);
      return [batched(choleskyAdjointOp(whole(l, like), whole(lBar, like)))];
    },
    eval: ([l, lBar], _, [type]) => [adjoint(l, lBar, floatDTypeOf(type))],
    lower: lowerCholeskyAdjoint,
    shapeLike: ([l]) => l,
    samples: [
      {
        inputs: [
          [
            [2, 9, 9],
            [1, 3, 9],
            [-2, 0.5, 1.5],
          ],
          [
            [1, 5, 5],
            [-1, 0.5, 5],
            [2, 3, -1],
          ],
        ],
      },
      {
        name: 'a stack',
        inputs: [
          [[[4]], [[2]]],
          [[[1]], [[-3]]],
        ],
      },
    ],
  },
);

/** Options of {@link cholesky}. */
export interface CholeskyOptions {
  /** The lower triangle is read and L with A = L Lᵀ given; else the upper one, and U with A = Uᵀ U. Default true. */
  readonly lower?: boolean | undefined;
  /** Takes (A + Aᵀ)/2 first, so that both triangles are read and the gradient is symmetric. Default false. */
  readonly symmetrizeInput?: boolean | undefined;
  /** What a matrix that is not positive definite does: an error, or a result filled with NaN. Default `'throw'`. */
  readonly onFailure?: 'throw' | 'nan' | undefined;
}

/**
 * The Cholesky factor of symmetric positive definite matrices. It is a function of the triangle that is read: tangents
 * are taken from there, and the gradient lands there, with zeros in the other. float32 is computed in float64 and
 * rounded once; integers and booleans as floats.
 *
 * @param a - `[…, n, n]`.
 * @throws ShapeError `OP_RANK`, `OP_NOT_SQUARE`, at run time where sizes are not known before; ValueError
 *   `OP_NOT_POSITIVE_DEFINITE` at run time, with the place of the matrix in the stack and of the pivot.
 * @example cholesky([[4, 2], [2, 10]]) // [[2, 0], [1, 3]]
 * @see Murray (2016), Differentiation of the Cholesky decomposition, arXiv:1602.07527.
 */
export const cholesky: Callable<(a: Operand, options?: CholeskyOptions) => Variable> = callable(
  choleskyOp.op,
  (a: Operand, options: CholeskyOptions = {}): Variable => {
    const matrix = asVariable(a, 'cholesky');
    squareShape(matrix.shape, 'cholesky');
    const attrs = { onFailure: options.onFailure ?? 'throw' };
    const full =
      options.symmetrizeInput === true ? mul(0.5, add(matrix, matrixTranspose(matrix))) : matrix;
    if (options.lower ?? true) return choleskyOp(full, attrs);
    return matrixTranspose(choleskyOp(matrixTranspose(full), attrs));
  },
);

function adjointFormula(l: Variable, lBar: Variable): Variable {
  const p = halfTriangle(matmul(matrixTranspose(tril(l)), tril(lBar)));
  const s = solved(l, matrixTranspose(solved(l, p, true)), true); // Sᵀ
  return halfTriangle(add(s, matrixTranspose(s)));
}

function adjointShape(l: Shape, lBar: Shape): Shape {
  const shape = squareShape(l, 'choleskyAdjoint');
  if (!shapesConflict(shape, lBar)) return shape.map((n, axis) => n ?? lBar[axis] ?? null);
  throw new ShapeError(
    `choleskyAdjoint: ${formatShape(l)} and its cotangent ${formatShape(lBar)} differ`,
    {
      code: 'OP_SOLVE_SHAPES',
      hint: 'a cotangent has the shape of its variable',
      data: { op: 'choleskyAdjoint', shapes: [l, lBar] },
    },
  );
}

function adjoint(l: Tensor, lBar: Tensor, dtype: FloatDType): Tensor {
  const shape = adjointShape(l.shape, lBar.shape).map(Number);
  const { data, count, rows: n } = stackOf(l);
  const out = stackOf(lBar).data;
  for (let q = 0; q < count; q++) choleskyAdjointInPlace(data, out, q * n * n, n);
  return tensorOf(out, shape, dtype);
}

function solved(l: Variable, b: Variable, trans: boolean): Variable {
  return solveTriangularOp(l, b, { lower: true, trans, unitDiagonal: false });
}

function factor(a: Tensor, onFailure: CholeskyAttrs['onFailure'], dtype: FloatDType): Tensor {
  const shape = squareShape(a.shape, 'cholesky').map(Number);
  const { data, count, rows } = stackOf(a);
  const size = rows * rows;
  for (let q = 0; q < count; q++) {
    const pivot = choleskyInPlace(data, q * size, rows);
    if (pivot < 0) continue;
    if (onFailure === 'throw') throw notPositive(q, pivot);
    data.fill(NaN, q * size, (q + 1) * size);
  }
  return tensorOf(data, shape, dtype);
}

function notPositive(matrix: number, pivot: number): ValueError {
  return new ValueError(
    `cholesky: the matrix is not positive definite (pivot ${pivot} of matrix ${matrix})`,
    {
      code: 'OP_NOT_POSITIVE_DEFINITE',
      hint: "add a small multiple of the identity, or ask for NaN by { onFailure: 'nan' }",
      data: { op: 'cholesky', matrix, pivot },
    },
  );
}
