import type { FloatDType, Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp, zero } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { neg } from '../elementwise/arithmetic.ts';
import { emptyStack, pairingOf, stackOf, tensorOf } from '../kernels/stack.ts';
import { solveTriangleInPlace, zeroOnDiagonal } from '../kernels/triangular.ts';
import { expandDims, matrixTranspose, squeeze } from '../shape/transpose.ts';
import { tril, triu } from './diagonal.ts';
import {
  alignedPair,
  floatDTypeOf,
  floatType,
  overStack,
  singular,
  solutionShape,
} from './matrices.ts';
import { lowerSolveTriangular } from './lower/triangular.ts';
import { refusingNaN } from './lower/refuse.ts';
import { matmul } from './matmul.ts';

type TriangleAttrs = {
  readonly lower: boolean;
  readonly trans: boolean;
  readonly unitDiagonal: boolean;
};

/**
 * Y = T⁻¹ B, T a triangle of A (`trans`: its transpose).  B̄ = T⁻ᵀ Ȳ,  T̄ = −B̄ Yᵀ on that triangle (`trans`: its transpose);
 * Ẏ = T⁻¹ (Ḃ − Ṫ Y).  Giles (2008), An extended collection of matrix derivative results, section 2.3.1.
 */
export const solveTriangularOp: OpFunction<2, 1, TriangleAttrs> = defineOp<2, 1, TriangleAttrs>(
  'solveTriangular',
  { inputs: 2, outputs: 1 },
  {
    infer: ([a, b]) => [floatType([a, b], solutionShape(a.shape, b.shape, 'solveTriangular'))],
    pushforward: [
      (aDot, { inputs: [a], outputs: [y], attrs }) => {
        const change = triangleOf(aDot, attrs);
        const moved = matmul(attrs.trans ? matrixTranspose(change) : change, y);
        return neg(solveTriangularOp(a, moved, attrs));
      },
      (bDot, { inputs: [a], attrs }) => solveTriangularOp(a, bDot, attrs),
    ],
    pullback: ([yBar], { inputs: [a, b], outputs: [y], attrs, needs }) => {
      const term = solveTriangularOp(a, yBar, { ...attrs, trans: !attrs.trans });
      return [
        needs[0] ? overStack(triangleOf(negativeProduct(term, y, attrs), attrs), a, b) : zero,
        needs[1] ? overStack(term, b, a) : zero,
      ];
    },
    batch: (entries, { node, attrs }) => {
      const [a, b] = alignedPair(entries, node.outputs[0]!);
      return [batched(solveTriangularOp(a, b, attrs))];
    },
    eval: ([a, b], attrs, [type]) => [solution(a, b, attrs, floatDTypeOf(type))],
    lower: refusingNaN(lowerSolveTriangular, (rows, { lower, trans }) =>
      lower === trans ? 0 : rows - 1,
    ),
    samples: [
      {
        inputs: [
          [
            [2, 7, -3],
            [-1, 1.5, 5],
            [0.5, 2, -3],
          ],
          [
            [1, -2],
            [0.5, 3],
            [2, 1],
          ],
        ],
        attrs: { lower: true, trans: false, unitDiagonal: false },
      },
      {
        name: 'upper, transposed',
        inputs: [
          [
            [2, 0.5],
            [-1, 1.5],
          ],
          [[1], [0.5]],
        ],
        attrs: { lower: false, trans: true, unitDiagonal: false },
      },
      {
        name: 'unit diagonal, stacks broadcast',
        inputs: [
          [
            [
              [2, 0.5],
              [-1, 1.5],
            ],
          ],
          [
            [[1], [0.5]],
            [[-2], [3]],
          ],
        ],
        attrs: { lower: true, trans: true, unitDiagonal: true },
      },
      {
        name: 'one matrix for a stack',
        inputs: [
          [
            [2, 0.5],
            [-1, 1.5],
          ],
          [
            [[1], [0.5]],
            [[-2], [3]],
          ],
        ],
        attrs: { lower: false, trans: false, unitDiagonal: false },
      },
      { inputs: [[[4]], [[2, 6]]], attrs: { lower: true, trans: false, unitDiagonal: false } },
    ],
  },
);

/** Options of {@link solveTriangular}. */
export interface SolveTriangularOptions {
  /** The lower triangle is read, else the upper one. Default true. */
  readonly lower?: boolean | undefined;
  /** The transpose of that triangle is solved with. Default false. */
  readonly trans?: boolean | undefined;
  /** The diagonal is taken to be 1 and not read. Default false. */
  readonly unitDiagonal?: boolean | undefined;
}

/**
 * The solution y of T y = b, where T is a triangle of `a`; the rest of `a` is not read, and gets no gradient. Leading
 * axes broadcast. Integers and booleans are computed as floats; float32 is computed in float64 and rounded once.
 *
 * @param a - `[…, n, n]`.
 * @param b - `[…, n, k]`, or a vector `[n]`.
 * @throws ShapeError `OP_RANK`, `OP_NOT_SQUARE`, `OP_SOLVE_SHAPES`, `SHAPE_BROADCAST`, at run time where sizes are not
 *   known before; ValueError `OP_SINGULAR_MATRIX` at run time for a zero on the diagonal.
 * @example solveTriangular([[2, 0], [1, 4]], [2, 9]) // [1, 2]
 * @see Giles (2008), An extended collection of matrix derivative results for forward and reverse mode AD, section 2.3.1.
 */
export const solveTriangular: Callable<
  (a: Operand, b: Operand, options?: SolveTriangularOptions) => Variable
> = callable(
  solveTriangularOp.op,
  (a: Operand, b: Operand, options: SolveTriangularOptions = {}): Variable =>
    withVector(asVariable(b, 'solveTriangular', 1), (columns) =>
      solveTriangularOp(asVariable(a, 'solveTriangular', 0), columns, {
        lower: options.lower ?? true,
        trans: options.trans ?? false,
        unitDiagonal: options.unitDiagonal ?? false,
      }),
    ),
);

/**
 * The solution y of A y = b from the Cholesky factor C of A: of C Cᵀ y = b, or with `lower: false` of Cᵀ C y = b. Of
 * `factor` one triangle is read.
 *
 * @param factor - `[…, n, n]`, as {@link cholesky} gives it.
 * @param b - `[…, n, k]`, or a vector `[n]`.
 * @param options.lower - the factor is the lower triangle, else the upper one. Default true.
 * @throws as {@link solveTriangular}.
 * @example choSolve([[2, 0], [1, 3]], [4, 20]) // of [[4, 2], [2, 10]]: [0, 2]
 */
export function choSolve(
  factor: Operand,
  b: Operand,
  options: { readonly lower?: boolean | undefined } = {},
): Variable {
  const triangle = asVariable(factor, 'choSolve', 0);
  const lower = options.lower ?? true;
  const halfway = solveTriangular(triangle, b, { lower, trans: !lower });
  return solveTriangular(triangle, halfway, { lower, trans: lower });
}

/** A right-hand side that is a vector is solved for as one column; nothing else is. */
export function withVector(b: Variable, solve: (columns: Variable) => Variable): Variable {
  return b.rank === 1 ? squeeze(solve(expandDims(b, 1)), -1) : solve(b);
}

/** −B̄ Yᵀ, or its transpose −Y B̄ᵀ where the transposed triangle was solved with. */
function negativeProduct(bBar: Variable, y: Variable, { trans }: TriangleAttrs): Variable {
  const [left, right] = trans ? [y, bBar] : [bBar, y];
  return matmul(neg(left), matrixTranspose(right));
}

/** The entries that are read. */
function triangleOf(x: Variable, { lower, unitDiagonal }: TriangleAttrs): Variable {
  return lower ? tril(x, { k: unitDiagonal ? -1 : 0 }) : triu(x, { k: unitDiagonal ? 1 : 0 });
}

function solution(a: Tensor, b: Tensor, attrs: TriangleAttrs, dtype: FloatDType): Tensor {
  const shape = solutionShape(a.shape, b.shape, 'solveTriangular').map(Number);
  const { left, right } = pairingOf(a, b);
  const [ts, bs] = [stackOf(a), stackOf(b)];
  const [n, columns] = [bs.rows, bs.columns];
  const { data } = emptyStack(left.length, n, columns);
  if (!attrs.unitDiagonal) checkDiagonals(ts.data, ts.count, n);
  for (let q = 0; q < left.length; q++) {
    const [from, to] = [right[q]! * n * columns, q * n * columns];
    data.set(bs.data.subarray(from, from + n * columns), to);
    solveTriangleInPlace(ts.data, left[q]! * n * n, n, data, to, columns, attrs);
  }
  return tensorOf(data, shape, dtype);
}

function checkDiagonals(data: Float64Array, count: number, n: number): void {
  for (let q = 0; q < count; q++) {
    const pivot = zeroOnDiagonal(data, q * n * n, n);
    if (pivot >= 0) throw singular('solveTriangular', q, pivot);
  }
}
