import { ValueError } from '@cotangent/tensor';
import type { FloatDType, Tensor } from '@cotangent/tensor';
import { callable, defineOp, undefinedAt } from '@cotangent/graph';
import type { Callable, OpFunction, OpSample, Operand, Shape, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { add, sub } from '../elementwise/arithmetic.ts';
import { qrInPlace } from '../kernels/qr.ts';
import { emptyStack, stackOf, tensorOf } from '../kernels/stack.ts';
import { concatenate } from '../shape/concatenate.ts';
import { shapeAt } from '../shape/size.ts';
import { slice } from '../shape/slice.ts';
import { matrixTranspose } from '../shape/transpose.ts';
import { tril } from './diagonal.ts';
import { matmul } from './matmul.ts';
import { floatDTypeOf, floatType, matrixShape } from './matrices.ts';
import { solveTriangularOp } from './solve-triangular.ts';

type QrAttrs = { readonly mode: 'reduced' | 'complete' };

const samples: readonly OpSample<QrAttrs>[] = [
  {
    name: 'tall',
    inputs: [
      [
        [2, -1],
        [0.5, 3],
        [-1, 1.5],
      ],
    ],
    attrs: { mode: 'reduced' },
  },
  {
    name: 'square, a stack',
    inputs: [
      [
        [
          [2, -1],
          [0.5, 3],
        ],
        [
          [-1, 1.5],
          [4, 0.25],
        ],
      ],
    ],
    attrs: { mode: 'complete' },
  },
  {
    name: 'wide',
    inputs: [
      [
        [2, -1, 4],
        [0.5, 3, -2],
      ],
    ],
    attrs: { mode: 'reduced' },
  },
  { name: 'one row', inputs: [[[2, -1]]], attrs: { mode: 'reduced' } },
  { name: 'no columns', inputs: [[[], []]], attrs: { mode: 'reduced' }, edge: true },
];

/**
 * Q R = A, Q with orthonormal columns, R upper triangular. With A₁ the first k = min(m, n) columns, R₁ those of R:
 * C = Ȧ₁ R₁⁻¹,  Ω = tril(Qᵀ C, −1) − its transpose,  Q̇ = C + Q (Ω − Qᵀ C),  Ṙ = Q̇ᵀ A + Qᵀ Ȧ;
 * M = R₁ R̄₁ᵀ − Q̄ᵀ Q,  Ā₁ = (Q̄ + Q cl M) R₁⁻ᵀ,  cl M = tril M + tril(M, −1)ᵀ; of the columns beyond, R₂ = Qᵀ A₂.
 * Walter & Lehmann (2018), Algorithmic differentiation of linear algebra functions with application in optimum
 * experimental design, section 3; Roberts & Roberts (2020), QR and LQ decomposition matrix backpropagation algorithms.
 */
const qrOp: OpFunction<1, 2, QrAttrs> = defineOp<1, 2, QrAttrs>(
  'qr',
  { inputs: 1, outputs: 2 },
  {
    infer: ([a], { mode }) => {
      const [q, r] = factorShapes(matrixShape(a.shape, 'qr'), mode);
      return [floatType([a], q), floatType([a], r)];
    },
    pushforward: ([aDot], { inputs: [a], outputs: [q, r], attrs }) => {
      if (isUndefined(a.shape, attrs)) return [undefinedFull(), undefinedFull()];
      const parts = splitAt(r);
      const c = overR(parts.left(r), parts.left(aDot));
      const qc = matmul(matrixTranspose(q), c);
      const below = tril(qc, { k: -1 });
      const omega = sub(below, matrixTranspose(below));
      const qDot = add(c, matmul(q, sub(omega, qc)));
      const rDot = matmul(sub(qc, omega), parts.left(r));
      if (!parts.isWide) return [qDot, rDot];
      const rest = add(
        matmul(matrixTranspose(qDot), parts.right(a)),
        matmul(matrixTranspose(q), parts.right(aDot)),
      );
      return [qDot, concatenate([rDot, rest], { axis: -1 })];
    },
    pullback: ([qBar, rBar], { inputs: [a], outputs: [q, r], attrs }) => {
      if (isUndefined(a.shape, attrs)) return [undefinedFull()];
      const parts = splitAt(r);
      const [r1, r1Bar] = [parts.left(r), parts.left(rBar)];
      if (!parts.isWide) return [leftTerm(q, r1, qBar, r1Bar)];
      const r2Bar = parts.right(rBar);
      const total = add(qBar, matmul(parts.right(a), matrixTranspose(r2Bar)));
      return [concatenate([leftTerm(q, r1, total, r1Bar), matmul(q, r2Bar)], { axis: -1 })];
    },
    batch: ([{ value }], { attrs }) => {
      const [q, r] = qrOp(value, attrs);
      return [batched(q), batched(r)];
    },
    eval: ([a], { mode }, [type]) => factors(a, mode, floatDTypeOf(type)),
    samples,
  },
);

/** Options of {@link qr}. */
export interface QrOptions {
  /**
   * `'reduced'`: Q `[…, m, k]` and R `[…, k, n]` with k = min(m, n); `'complete'`: Q `[…, m, m]` and R `[…, m, n]`, which has
   * no derivative where m > n, as the added columns are any basis. Default `'reduced'`.
   */
  readonly mode?: 'reduced' | 'complete' | undefined;
}

/**
 * QR factors of matrices, `[Q, R]`: A = Q R, the columns of Q orthonormal, R upper triangular with LAPACK's signs. By
 * Householder reflections; float32 is computed in float64 and rounded once, integers and booleans as floats.
 * Derivatives need the first min(m, n) columns to be linearly independent.
 *
 * @param a - `[…, m, n]`.
 * @throws ShapeError `OP_RANK`; ValueError `OP_QR_MODE`. Derivatives at linearly dependent columns: ValueError
 *   `OP_SINGULAR_MATRIX` if a diagonal entry of R is exactly zero.
 * @example const [q, r] = qr([[3], [4]]); // [[-0.6], [-0.8]], [[-5]]
 * @see Walter & Lehmann (2018), Algorithmic differentiation of linear algebra functions, section 3.
 */
export const qr: Callable<
  (a: Operand, options?: QrOptions) => readonly [q: Variable, r: Variable]
> = callable(
  qrOp.op,
  (a: Operand, { mode = 'reduced' }: QrOptions = {}): readonly [q: Variable, r: Variable] => {
    if (mode === 'reduced' || mode === 'complete') return qrOp(a, { mode });
    throw new ValueError(`qr: mode ${String(mode)}`, {
      code: 'OP_QR_MODE',
      hint: "it is 'reduced' or 'complete'",
      data: { op: 'qr', mode },
    });
  },
);

/** (Q̄ + Q cl(R R̄ᵀ − Q̄ᵀ Q)) R⁻ᵀ. */
function leftTerm(q: Variable, r: Variable, qBar: Variable, rBar: Variable): Variable {
  const m = sub(matmul(r, matrixTranspose(rBar)), matmul(matrixTranspose(qBar), q));
  const closed = add(tril(m), matrixTranspose(tril(m, { k: -1 })));
  return overRTransposed(r, add(qBar, matmul(q, closed)));
}

/** X R⁻¹ = (R⁻ᵀ Xᵀ)ᵀ. */
function overR(r: Variable, x: Variable): Variable {
  const attrs = { lower: false, trans: true, unitDiagonal: false };
  return matrixTranspose(solveTriangularOp(r, matrixTranspose(x), attrs));
}

/** X R⁻ᵀ = (R⁻¹ Xᵀ)ᵀ. */
function overRTransposed(r: Variable, x: Variable): Variable {
  const attrs = { lower: false, trans: false, unitDiagonal: false };
  return matrixTranspose(solveTriangularOp(r, matrixTranspose(x), attrs));
}

/** Cuts columns after the k = min(m, n) first ones, k being the number of rows of R, if there may be others. */
function splitAt(r: Variable): {
  readonly isWide: boolean;
  readonly left: (x: Variable) => Variable;
  readonly right: (x: Variable) => Variable;
} {
  const [k, n] = r.shape.slice(-2);
  const isWide = k === null || n === null || k !== n;
  const cut = shapeAt(r, -2);
  return {
    isWide,
    left: (x) => (isWide ? slice(x, ['ellipsis', { stop: cut }]) : x),
    right: (x) => slice(x, ['ellipsis', { start: cut }]),
  };
}

/** Whether the complete factors have, or may have, columns that are any basis. */
function isUndefined(shape: Shape, { mode }: QrAttrs): boolean {
  const [m, n] = shape.slice(-2);
  return mode === 'complete' && !(typeof m === 'number' && typeof n === 'number' && m <= n);
}

function undefinedFull(): ReturnType<typeof undefinedAt> {
  return undefinedAt(
    "qr in mode 'complete' has columns of Q that are any basis unless m ≤ n is known; use 'reduced'",
  );
}

function factorShapes(shape: Shape, mode: QrAttrs['mode']): readonly [Shape, Shape] {
  const stack = shape.slice(0, -2);
  const [m = null, n = null] = shape.slice(-2);
  const k = mode === 'complete' ? m : leastOf(m, n);
  return [
    [...stack, m, k],
    [...stack, k, n],
  ];
}

function leastOf(m: number | null, n: number | null): number | null {
  if (m === 0 || n === 0) return 0;
  return m === null || n === null ? null : Math.min(m, n);
}

function factors(a: Tensor, mode: QrAttrs['mode'], dtype: FloatDType): readonly [Tensor, Tensor] {
  const [qShape, rShape] = factorShapes(matrixShape(a.shape, 'qr'), mode);
  const { data, count, rows: m, columns: n } = stackOf(a);
  const k = Number(qShape.at(-1));
  const q = emptyStack(count, m, k);
  const r = emptyStack(count, k, n);
  for (let p = 0; p < count; p++) {
    qrInPlace(data, p * m * n, m, n, q.data, p * m * k, k);
    r.data.set(data.subarray(p * m * n, p * m * n + k * n), p * k * n);
  }
  return [tensorOf(q.data, qShape.map(Number), dtype), tensorOf(r.data, rShape.map(Number), dtype)];
}
