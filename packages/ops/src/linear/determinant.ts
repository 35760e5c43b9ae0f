import type { FloatDType, Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp, zero } from '@cotangent/graph';
import type { Callable, OpFunction, OpSample, Operand, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { mul, neg } from '../elementwise/arithmetic.ts';
import { luInPlace, luSolveInto } from '../kernels/lu.ts';
import { stackOf, tensorOf } from '../kernels/stack.ts';
import { zeroOnDiagonal } from '../kernels/triangular.ts';
import { sum } from '../reduce/sum.ts';
import { expandDims, matrixTranspose } from '../shape/transpose.ts';
import { lowerDeterminant, lowerInverse, lowerSlogdet } from './lower/lu.ts';
import { refusingNaN } from './lower/refuse.ts';
import { matmul } from './matmul.ts';
import { floatDTypeOf, floatType, singular, squareShape, stackShape } from './matrices.ts';

const samples: readonly OpSample[] = [
  {
    inputs: [
      [
        [2, 7, -3],
        [-1, 1.5, 5],
        [0.5, 2, -3],
      ],
    ],
  },
  {
    name: 'a stack',
    inputs: [
      [
        [
          [0, 2],
          [-1, 1],
        ],
        [
          [2, 5],
          [-1, 1],
        ],
      ],
    ],
  },
  { name: 'one entry', inputs: [[[-4]]] },
];

/** Y = A⁻¹.  Ẏ = −Y Ȧ Y,  Ā = −Yᵀ Ȳ Yᵀ.  Giles (2008), section 2.2.3. */
const invOp: OpFunction<1, 1> = defineOp<1, 1>(
  'inv',
  { inputs: 1, outputs: 1 },
  {
    infer: ([a]) => [floatType([a], squareShape(a.shape, 'inv'))],
    pushforward: ([aDot], { outputs: [y] }) => [neg(matmul(matmul(y, aDot), y))],
    pullback: ([yBar], { outputs: [y] }) => {
      const transposed = matrixTranspose(y);
      return [neg(matmul(matmul(transposed, yBar), transposed))];
    },
    batch: ([{ value }]) => [batched(invOp(value))],
    eval: ([a], _, [type]) => [inverse(a, floatDTypeOf(type))],
    lower: refusingNaN(lowerInverse, () => 0),
    shapeLike: ([a]) => a,
    samples,
  },
);

/** y = det A.  ẏ = y tr(A⁻¹ Ȧ),  Ā = ȳ y A⁻ᵀ.  Giles (2008), section 2.2.4. */
const detOp: OpFunction<1, 1> = defineOp<1, 1>(
  'det',
  { inputs: 1, outputs: 1 },
  {
    infer: ([a]) => [floatType([a], stackShape(squareShape(a.shape, 'det')))],
    pushforward: ([aDot], { inputs: [a], outputs: [y] }) => [mul(y, traceOfProduct(a, aDot))],
    pullback: ([yBar], { inputs: [a], outputs: [y] }) => [timesInverse(mul(yBar, y), a)],
    batch: ([{ value }]) => [batched(detOp(value))],
    eval: ([a], _, [type]) => [determinant(a, floatDTypeOf(type))],
    lower: lowerDeterminant,
    samples,
  },
);

/** [s, l] = [sign det A, log |det A|].  ṡ = 0,  l̇ = tr(A⁻¹ Ȧ),  Ā = l̄ A⁻ᵀ. */
const slogdetOp: OpFunction<1, 2> = defineOp<1, 2>(
  'slogdet',
  { inputs: 1, outputs: 2 },
  {
    infer: ([a]) => {
      const type = floatType([a], stackShape(squareShape(a.shape, 'slogdet')));
      return [type, type];
    },
    pushforward: ([aDot], { inputs: [a] }) => [zero, traceOfProduct(a, aDot)],
    pullback: ([, logBar], { inputs: [a] }) => [timesInverse(logBar, a)],
    batch: ([{ value }]) => {
      const [sign, log] = slogdetOp(value);
      return [batched(sign), batched(log)];
    },
    foldable: false,
    eval: ([a], _, [type]) => signAndLog(a, floatDTypeOf(type)),
    lower: lowerSlogdet,
    samples,
  },
);

/**
 * The inverse of square matrices. `solve(a, b)` is faster and more accurate than `matmul(inv(a), b)`. Integers and
 * booleans are computed as floats; float32 is computed in float64 and rounded once.
 *
 * @param a - `[…, n, n]`.
 * @throws ShapeError `OP_RANK`, `OP_NOT_SQUARE`, at run time where sizes are not known before; ValueError
 *   `OP_SINGULAR_MATRIX` at run time if a pivot of the LU factors is exactly zero.
 * @example inv([[2, 0], [1, 4]]) // [[0.5, 0], [-0.125, 0.25]]
 */
export const inv: Callable<(a: Operand) => Variable> = callable(invOp.op, (a: Operand): Variable =>
  invOp(a),
);

/**
 * The determinant of square matrices, from LU factors. {@link slogdet} neither over- nor underflows. Of a singular
 * matrix it is 0; its gradient there raises.
 *
 * @param a - `[…, n, n]`; of an empty matrix the determinant is 1.
 * @throws ShapeError `OP_RANK`, `OP_NOT_SQUARE`, at run time where sizes are not known before. The gradient at a singular
 *   matrix: ValueError `OP_SINGULAR_MATRIX`.
 * @example det([[2, 1], [1, 3]]) // 5
 */
export const det: Callable<(a: Operand) => Variable> = callable(detOp.op, (a: Operand): Variable =>
  detOp(a),
);

/**
 * Sign and logarithm of the magnitude of the determinant of square matrices: `[sign, logAbs]`, of a singular matrix
 * `[0, −∞]`. The sign has gradient zero.
 *
 * @param a - `[…, n, n]`.
 * @throws as {@link det}.
 * @example const [sign, logAbs] = slogdet([[2, 1], [1, 3]]); // 1, log 5
 */
export const slogdet: Callable<(a: Operand) => readonly [sign: Variable, logAbs: Variable]> =
  callable(slogdetOp.op, (a: Operand): readonly [sign: Variable, logAbs: Variable] =>
    slogdetOp(asVariable(a, 'slogdet')),
  );

/** g A⁻ᵀ, one g for each matrix. */
function timesInverse(g: Variable, a: Variable): Variable {
  return mul(expandDims(g, [-2, -1]), matrixTranspose(invOp(a)));
}

/** tr(A⁻¹ Ȧ) = Σ (A⁻ᵀ ∘ Ȧ). */
function traceOfProduct(a: Variable, aDot: Variable): Variable {
  return sum(mul(matrixTranspose(invOp(a)), aDot), { axis: [-2, -1] });
}

function inverse(a: Tensor, dtype: FloatDType): Tensor {
  const shape = squareShape(a.shape, 'inv').map(Number);
  const { data, count, rows: n } = stackOf(a);
  const out = new Float64Array(data.length);
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  for (let q = 0; q < count; q++) {
    const start = q * n * n;
    const permutation = luInPlace(data, start, n);
    const pivot = zeroOnDiagonal(data, start, n);
    if (pivot >= 0) throw singular('inv', q, pivot);
    luSolveInto(out, start, data, start, permutation, identity, 0, n, false);
  }
  return tensorOf(out, shape, dtype);
}

function determinant(a: Tensor, dtype: FloatDType): Tensor {
  const shape = squareShape(a.shape, 'det').map(Number);
  const { data, count, rows: n } = stackOf(a);
  const values = new Float64Array(count);
  for (let q = 0; q < count; q++) {
    let value: number = luInPlace(data, q * n * n, n).sign;
    for (let i = 0; i < n; i++) value *= data[q * n * n + i * n + i]!;
    values[q] = value;
  }
  return tensorOf(values, shape.slice(0, -2), dtype);
}

function signAndLog(a: Tensor, dtype: FloatDType): readonly [Tensor, Tensor] {
  const stack = squareShape(a.shape, 'slogdet').map(Number).slice(0, -2);
  const { data, count, rows: n } = stackOf(a);
  const [signs, logs] = [new Float64Array(count), new Float64Array(count)];
  for (let q = 0; q < count; q++) {
    let sign: number = luInPlace(data, q * n * n, n).sign;
    for (let i = 0; i < n; i++) {
      const pivot = data[q * n * n + i * n + i]!;
      sign *= Math.sign(pivot);
      logs[q]! += Math.log(Math.abs(pivot));
    }
    signs[q] = sign;
  }
  return [tensorOf(signs, stack, dtype), tensorOf(logs, stack, dtype)];
}
