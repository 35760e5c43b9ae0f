import { ValueError } from '@cotangent/tensor';
import type { FloatDType, Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp, zero } from '@cotangent/graph';
import type { Callable, OpFunction, OpSample, Operand, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { div, neg } from '../elementwise/arithmetic.ts';
import { luInPlace, luSolveInto } from '../kernels/lu.ts';
import { emptyStack, pairingOf, stackOf, tensorOf } from '../kernels/stack.ts';
import { zeroOnDiagonal } from '../kernels/triangular.ts';
import { expandDims, matrixTranspose } from '../shape/transpose.ts';
import { cholesky } from './cholesky.ts';
import { diagonal } from './diagonal.ts';
import {
  alignedPair,
  floatDTypeOf,
  floatType,
  overStack,
  singular,
  solutionShape,
} from './matrices.ts';
import { lowerSolve } from './lower/lu.ts';
import { refusingNaN } from './lower/refuse.ts';
import { matmul } from './matmul.ts';
import { choSolve, solveTriangular, withVector } from './solve-triangular.ts';

type SolveAttrs = { readonly trans: boolean };

const matrix = [
  [2, 7, -3],
  [-1, 1.5, 5],
  [0.5, 2, -3],
];
const samples: readonly OpSample<SolveAttrs>[] = [
  {
    inputs: [
      matrix,
      [
        [1, -2],
        [0.5, 3],
        [2, 1],
      ],
    ],
    attrs: { trans: false },
  },
  { name: 'transposed', inputs: [matrix, [[1], [0.5], [2]]], attrs: { trans: true } },
  {
    name: 'a zero pivot',
    inputs: [
      [
        [0, 2],
        [-1, 1],
      ],
      [[1], [0.5]],
    ],
    attrs: { trans: false },
  },
  {
    name: 'stacks broadcast',
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
    attrs: { trans: false },
  },
  { name: 'one entry', inputs: [[[4]], [[2, 6]]], attrs: { trans: false } },
];

/**
 * Y = A⁻¹ B (`trans`: A⁻ᵀ B).  B̄ = A⁻ᵀ Ȳ,  Ā = −B̄ Yᵀ (`trans`: its transpose);  Ẏ = A⁻¹ (Ḃ − Ȧ Y).
 * Giles (2008), An extended collection of matrix derivative results, section 2.3.1.
 */
export const solveOp: OpFunction<2, 1, SolveAttrs> = defineOp<2, 1, SolveAttrs>(
  'solve',
  { inputs: 2, outputs: 1 },
  {
    infer: ([a, b]) => [floatType([a, b], solutionShape(a.shape, b.shape, 'solve'))],
    pushforward: [
      (aDot, { inputs: [a], outputs: [y], attrs }) =>
        neg(solveOp(a, matmul(attrs.trans ? matrixTranspose(aDot) : aDot, y), attrs)),
      (bDot, { inputs: [a], attrs }) => solveOp(a, bDot, attrs),
    ],
    pullback: ([yBar], { inputs: [a, b], outputs: [y], attrs: { trans }, needs }) => {
      const bBar = solveOp(a, yBar, { trans: !trans });
      const [left, right] = trans ? [y, bBar] : [bBar, y];
      return [
        needs[0] ? overStack(matmul(neg(left), matrixTranspose(right)), a, b) : zero,
        needs[1] ? overStack(bBar, b, a) : zero,
      ];
    },
    batch: (entries, { node, attrs }) => {
      const [a, b] = alignedPair(entries, node.outputs[0]!);
      return [batched(solveOp(a, b, attrs))];
    },
    eval: ([a, b], { trans }, [type]) => [solution(a, b, trans, floatDTypeOf(type))],
    lower: refusingNaN(lowerSolve, () => 0),
    samples,
  },
);

/** What may be promised of a matrix, so that a cheaper method serves. */
export type MatrixStructure = 'gen' | 'sym' | 'her' | 'pos' | 'diag' | 'tri';

/** Options of {@link solve}. */
export interface SolveOptions {
  /**
   * A promise about the matrix: `'gen'` none, `'sym'` (also `'her'`) symmetric, `'pos'` symmetric positive definite,
   * `'diag'` diagonal, `'tri'` triangular. A promise about changes of the matrix too: the gradient need be right only
   * along changes of that structure. Of `'pos'`, `'diag'` and `'tri'` only the triangle or the diagonal is read, and gets
   * a gradient. Default `'gen'`.
   */
  readonly assume?: MatrixStructure | undefined;
  /** Which triangle, with `assume: 'tri'` or `'pos'`, is read. Default true: the lower one. */
  readonly lower?: boolean | undefined;
  /** The transposed matrix is solved with. Default false. */
  readonly trans?: boolean | undefined;
}

/**
 * The solution y of A y = b. Leading axes broadcast. LU with partial pivoting, or what `assume` allows. Integers and
 * booleans are computed as floats; float32 is computed in float64 and rounded once.
 *
 * @param a - `[…, n, n]`.
 * @param b - `[…, n, k]`; a vector only if it has one axis, `[n]`, as in NumPy 2.
 * @throws ShapeError `OP_RANK`, `OP_NOT_SQUARE`, `OP_SOLVE_SHAPES`, `SHAPE_BROADCAST`, at run time where sizes are not
 *   known before; ValueError `OP_SINGULAR_MATRIX` at run time if a pivot is exactly zero, `OP_UNKNOWN_STRUCTURE`; with
 *   `assume: 'pos'` also `OP_NOT_POSITIVE_DEFINITE`.
 * @example solve([[2, 1], [1, 3]], [3, 5]) // [0.8, 1.4]
 * @see Giles (2008), An extended collection of matrix derivative results for forward and reverse mode AD, section 2.3.1.
 */
export const solve: Callable<(a: Operand, b: Operand, options?: SolveOptions) => Variable> =
  callable(solveOp.op, (a: Operand, b: Operand, options: SolveOptions = {}): Variable => {
    const left = asVariable(a, 'solve', 0);
    return withVector(asVariable(b, 'solve', 1), (columns) => {
      solutionShape(left.shape, columns.shape, 'solve');
      return solveAssuming(left, columns, options);
    });
  });

function solveAssuming(a: Variable, b: Variable, options: SolveOptions): Variable {
  const { assume = 'gen', lower = true, trans = false } = options;
  switch (assume) {
    case 'gen':
    case 'sym':
    case 'her':
      return solveOp(a, b, { trans });
    case 'pos':
      return choSolve(cholesky(a, { lower }), b, { lower });
    case 'diag':
      return div(b, expandDims(diagonal(a, { axis1: -2, axis2: -1 }), -1));
    case 'tri':
      return solveTriangular(a, b, { lower, trans });
    default:
      throw unknownStructure(assume satisfies never);
  }
}

function unknownStructure(assume: unknown): ValueError {
  return new ValueError(`solve: assume is ${String(assume)}`, {
    code: 'OP_UNKNOWN_STRUCTURE',
    hint: "it is one of 'gen', 'sym', 'her', 'pos', 'diag', 'tri'",
    data: { op: 'solve', assume },
  });
}

function solution(a: Tensor, b: Tensor, trans: boolean, dtype: FloatDType): Tensor {
  const shape = solutionShape(a.shape, b.shape, 'solve').map(Number);
  const { left, right } = pairingOf(a, b);
  const [as, bs] = [stackOf(a), stackOf(b)];
  const [n, columns] = [bs.rows, bs.columns];
  const { data } = emptyStack(left.length, n, columns);
  const permutations = Array.from({ length: as.count }, (_, q) => {
    const permutation = luInPlace(as.data, q * n * n, n);
    const pivot = zeroOnDiagonal(as.data, q * n * n, n);
    if (pivot >= 0) throw singular('solve', q, pivot);
    return permutation;
  });
  for (let q = 0; q < left.length; q++) {
    const [p, from] = [left[q]!, right[q]! * n * columns];
    const to = q * n * columns;
    const rows = permutations[p]!;
    luSolveInto(data, to, as.data, p * n * n, rows, bs.data, from, columns, trans);
  }
  return tensorOf(data, shape, dtype);
}
