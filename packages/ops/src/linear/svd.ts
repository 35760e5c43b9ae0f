import { callable, defineOp, undefinedAt } from '@cotangent/graph';
import type {
  Callable,
  OpFunction,
  OpSample,
  Operand,
  Shape,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { batched } from '../batch.ts';
import { add, div, mul, sub } from '../elementwise/arithmetic.ts';
import { le } from '../elementwise/comparison.ts';
import { where } from '../elementwise/selection.ts';
import { abs } from '../elementwise/sign.ts';
import { shapeAt } from '../shape/size.ts';
import { maximum } from '../elementwise/selection.ts';
import { max } from '../reduce/extremum.ts';
import { expandDims, matrixTranspose } from '../shape/transpose.ts';
import { diagonalOf, epsilonOf } from './eigh.ts';
import { matmul } from './matmul.ts';
import { floatDTypeOf, floatType, matrixShape } from './matrices.ts';
import { singularValuesOf, svdTensors } from './svd-tensors.ts';

type SvdAttrs = { readonly fullMatrices: boolean };

const samples: readonly OpSample<SvdAttrs>[] = [
  {
    name: 'tall',
    inputs: [
      [
        [2, -1],
        [0.5, 3],
        [-1, 1.5],
      ],
    ],
    attrs: { fullMatrices: false },
  },
  {
    name: 'wide, a stack',
    inputs: [
      [
        [
          [2, -1, 4],
          [0.5, 3, -2],
        ],
      ],
    ],
    attrs: { fullMatrices: false },
  },
  {
    name: 'square',
    inputs: [
      [
        [2, -1],
        [0.5, 3],
      ],
    ],
    attrs: { fullMatrices: false },
  },
  {
    name: 'full',
    inputs: [[[3], [4]]],
    attrs: { fullMatrices: true },
    edge: true,
  },
  {
    name: 'repeated',
    inputs: [
      [
        [0, 2],
        [-2, 0],
      ],
    ],
    attrs: { fullMatrices: false },
    edge: true,
  },
];

/**
 * U diag(s) Vᵀ = A.  With F_ij = 1/(s_j² − s_i²), 0 for close pairs, S⁻¹ with 0 for s = 0, and P = Uᵀ Ȧ V:
 * ṡ = diag P,  U̇ = U (F ∘ (P S + S Pᵀ)) + (I − U Uᵀ) Ȧ V S⁻¹,  V̇ = V (F ∘ (S P + Pᵀ S)) + (I − V Vᵀ) Ȧᵀ U S⁻¹;
 * J = F ∘ (Uᵀ Ū), K = F ∘ (Vᵀ V̄),
 * Ā = U ((J + Jᵀ) S + S (K + Kᵀ) + diag s̄) Vᵀ + (I − U Uᵀ) Ū S⁻¹ Vᵀ + U S⁻¹ V̄ᵀ (I − V Vᵀ).
 * Townsend (2016), Differentiating the singular value decomposition; Giles (2008), section 3.2.
 */
const svdOp: OpFunction<1, 3, SvdAttrs> = defineOp<1, 3, SvdAttrs>(
  'svd',
  { inputs: 1, outputs: 3 },
  {
    infer: ([a], attrs) => factorTypes(a, attrs),
    pushforward: ([aDot], { inputs: [a], outputs: [u, s, vh], attrs }) => {
      if (attrs.fullMatrices) return [undefinedFull(), undefinedFull(), undefinedFull()];
      const v = matrixTranspose(vh);
      const weights = svdWeights(s, a);
      const p = matmul(matmul(matrixTranspose(u), aDot), v);
      const scaled = byColumn(p, s); // P S
      const left = mul(weights.pairs, add(scaled, matrixTranspose(scaled)));
      const other = byColumn(matrixTranspose(p), s); // Pᵀ S
      const right = mul(weights.pairs, add(matrixTranspose(other), other));
      const uDot = add(matmul(u, left), beside(u, byColumn(matmul(aDot, v), weights.inverse)));
      const fromRight = byColumn(matmul(matrixTranspose(aDot), u), weights.inverse);
      const vDot = add(matmul(v, right), beside(v, fromRight));
      return [uDot, diagonalOf(p), matrixTranspose(vDot)];
    },
    pullback: ([uBar, sBar, vhBar], { inputs: [a], outputs: [u, s, vh], attrs }) => {
      if (attrs.fullMatrices) return [undefinedFull()];
      const [v, vBar] = [matrixTranspose(vh), matrixTranspose(vhBar)];
      const weights = svdWeights(s, a);
      const j = mul(weights.pairs, matmul(matrixTranspose(u), uBar));
      const k = mul(weights.pairs, matmul(matrixTranspose(v), vBar));
      const fromLeft = byColumn(add(j, matrixTranspose(j)), s); // (J + Jᵀ) S
      const fromRight = byColumn(add(k, matrixTranspose(k)), s); // (K + Kᵀ) S, the transpose of S (K + Kᵀ)
      const core = add(fromLeft, matrixTranspose(fromRight));
      const left = add(
        add(matmul(u, core), byColumn(u, sBar)),
        beside(u, byColumn(uBar, weights.inverse)),
      );
      const right = beside(v, byColumn(vBar, weights.inverse));
      return [add(matmul(left, vh), matmul(u, matrixTranspose(right)))];
    },
    batch: ([{ value }], { attrs }) => {
      const [u, s, vh] = svdOp(value, attrs);
      return [batched(u), batched(s), batched(vh)];
    },
    eval: ([a], { fullMatrices }, [type]) => svdTensors(a, fullMatrices, floatDTypeOf(type)),
    samples,
  },
);

/** The singular values alone.  ṡ = diag(Uᵀ Ȧ V),  Ā = U diag(s̄) Vᵀ. */
const svdvalsOp: OpFunction<1, 1> = defineOp<1, 1>(
  'svdvals',
  { inputs: 1, outputs: 1 },
  {
    infer: ([a]) => [factorTypes(a, { fullMatrices: false })[1]],
    pushforward: ([aDot], { inputs: [a] }) => {
      const [u, , vh] = svdOp(a, { fullMatrices: false });
      return [diagonalOf(matmul(matmul(matrixTranspose(u), aDot), matrixTranspose(vh)))];
    },
    pullback: ([sBar], { inputs: [a] }) => {
      const [u, , vh] = svdOp(a, { fullMatrices: false });
      return [matmul(byColumn(u, sBar), vh)];
    },
    batch: ([{ value }]) => [batched(svdvalsOp(value))],
    eval: ([a], _, [type]) => [singularValuesOf(a, floatDTypeOf(type))],
    samples: [
      {
        inputs: [
          [
            [2, -1],
            [0.5, 3],
            [-1, 1.5],
          ],
        ],
      },
      { name: 'wide, a stack', inputs: [[[[2, -1]], [[0.5, 3]]]] },
      {
        name: 'repeated',
        inputs: [
          [
            [0, 2],
            [-2, 0],
          ],
        ],
        edge: true,
      },
    ],
  },
);

/** Options of {@link svd}. */
export interface SvdOptions {
  /** U `[…, m, m]` and Vh `[…, n, n]`, whose added vectors are any basis, so that there are no derivatives. Default false. */
  readonly fullMatrices?: boolean | undefined;
}

/**
 * The singular value decomposition `[U, s, Vh]`: A = U diag(s) Vh with U `[…, m, k]`, s `[…, k]` descending, Vh `[…, k, n]`,
 * k = min(m, n). float32 is computed in float64 and rounded once; integers and booleans as floats. An entry that is not
 * finite gives NaN.
 *
 * The entry of largest magnitude of each column of U is positive; a cost should not depend on that choice. Singular
 * values closer than max(m, n) ε max s count as equal, and below that as zero: what their vectors would contribute to a
 * derivative is left out, which is right for costs of the singular values that are symmetric in them, and of the spaces
 * that the vectors span together.
 *
 * @param a - `[…, m, n]`.
 * @throws ShapeError `OP_RANK`.
 * @example const [u, s, vh] = svd([[3, 0], [0, 4]]); // s is [4, 3]
 * @see Townsend (2016), Differentiating the singular value decomposition.
 */
export const svd: Callable<
  (a: Operand, options?: SvdOptions) => readonly [u: Variable, s: Variable, vh: Variable]
> = callable(
  svdOp.op,
  (
    a: Operand,
    { fullMatrices = false }: SvdOptions = {},
  ): readonly [u: Variable, s: Variable, vh: Variable] => svdOp(a, { fullMatrices }),
);

/**
 * The singular values of matrices, descending. Its gradient needs no gaps.
 *
 * @param a - `[…, m, n]`.
 * @throws ShapeError `OP_RANK`.
 * @example svdvals([[3, 0], [0, 4]]) // [4, 3]
 */
export const svdvals: Callable<(a: Operand) => Variable> = callable(
  svdvalsOp.op,
  (a: Operand): Variable => svdvalsOp(a),
);

/** X diag(s): each column times its entry. */
function byColumn(x: Variable, s: Variable): Variable {
  return mul(x, expandDims(s, -2));
}

/** (I − Q Qᵀ) X; zero, up to rounding, if Q is square. */
function beside(q: Variable, x: Variable): Variable {
  return sub(x, matmul(q, matmul(matrixTranspose(q), x)));
}

/** F and the diagonal of S⁻¹. */
function svdWeights(
  s: Variable,
  a: Variable,
): { readonly pairs: Variable; readonly inverse: Variable } {
  const count = maximum(shapeAt(a, -2), shapeAt(a, -1));
  const largest = max(s, { axis: -1, keepDims: true, initial: 0 });
  const rounding = mul(largest, mul(count, epsilonOf(s)));
  const [sj, si] = [expandDims(s, -2), expandDims(s, -1)];
  const difference = sub(sj, si);
  const isClose = le(abs(difference), expandDims(rounding, -1));
  const isZero = le(s, rounding);
  return {
    pairs: where(isClose, 0, div(1, where(isClose, 1, mul(difference, add(sj, si))))),
    inverse: where(isZero, 0, div(1, where(isZero, 1, s))),
  };
}

function undefinedFull(): ReturnType<typeof undefinedAt> {
  return undefinedAt('svd with fullMatrices has singular vectors that are any basis; leave it out');
}

function factorTypes(
  a: TensorType,
  { fullMatrices }: SvdAttrs,
): readonly [TensorType, TensorType, TensorType] {
  const shape = matrixShape(a.shape, 'svd');
  const stack = shape.slice(0, -2);
  const [m = null, n = null] = shape.slice(-2);
  const k = leastOf(m, n);
  const typeOf = (...sizes: Shape): TensorType => floatType([a], [...stack, ...sizes]);
  if (fullMatrices) return [typeOf(m, m), typeOf(k), typeOf(n, n)];
  return [typeOf(m, k), typeOf(k), typeOf(k, n)];
}

function leastOf(m: number | null, n: number | null): number | null {
  if (m === 0 || n === 0) return 0;
  return m === null || n === null ? null : Math.min(m, n);
}
