import { provablySameShape } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import {
  abs,
  cholesky,
  det,
  diagonal,
  ge,
  inv,
  log,
  matmul,
  matrixTranspose,
  mul,
  prod,
  reduceSum,
  sign,
  slogdet,
  solve,
  solveTriangular,
  transpose,
  tril,
  where,
} from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { entriesOf, nodeOf } from './facts.ts';

/** L-1, L-2, L-5, L-9, S-21: inverses, determinants and diagonals without computing more than is used. */
export function linearRewrites(): readonly NodeRewrite[] {
  return [
    inverseTimes(),
    timesInverse(),
    inverseOfTransposed(),
    solveTransposed(),
    solveTriangle(),
    determinantOfTriangle(),
    logOfDeterminant(),
    logOfMagnitude(),
    signOfDeterminant(),
    diagonalOfProduct(),
  ];
}

/** L-1 under the promise that matrices are regular: A⁻¹⁻¹ = A, solve(A⁻¹, b) = A b. */
export function regularRewrites(): readonly NodeRewrite[] {
  return [
    {
      name: 'inverse-of-inverse',
      soundness: 'widens-domain',
      assumesFinite: true,
      ops: [inv.op],
      apply: ({ inputs: [a] }) => nodeOf(a, inv)?.inputs,
    },
    {
      name: 'solve-with-inverse',
      soundness: 'widens-domain',
      assumesFinite: true,
      ops: [solve.op],
      apply: (node) => {
        const a = nodeOf(node.inputs[0], inv)?.inputs[0];
        if (a === undefined) return undefined;
        return [matmul(isTransposed(node) ? matrixTranspose(a) : a, node.inputs[1]!)];
      },
    },
  ];
}

/** L-1: A⁻¹ B = solve(A, B), if nothing else uses the inverse. */
function inverseTimes(): NodeRewrite {
  return {
    name: 'inverse-times',
    soundness: 'rounding',
    ops: [matmul.op],
    apply: ({ inputs: [a, b] }, { uses }) => {
      const found = inverseOf(a!);
      if (found === undefined || uses(found.inverse) > 1) return undefined;
      return [solve(found.matrix, b!, { trans: found.isTransposed })];
    },
  };
}

/** L-1: B A⁻¹ = solve(Aᵀ, Bᵀ)ᵀ, if nothing else uses the inverse. */
function timesInverse(): NodeRewrite {
  return {
    name: 'times-inverse',
    soundness: 'rounding',
    ops: [matmul.op],
    apply: ({ inputs: [b, a] }, { uses }) => {
      const found = inverseOf(a!);
      if (found === undefined || uses(found.inverse) > 1) return undefined;
      const trans = !found.isTransposed;
      return [matrixTranspose(solve(found.matrix, matrixTranspose(b!), { trans }))];
    },
  };
}

/** The matrix whose inverse `x` is, or whose inverse `x` is the transpose of. */
function inverseOf(
  x: Variable,
):
  | { readonly matrix: Variable; readonly inverse: Variable; readonly isTransposed: boolean }
  | undefined {
  const direct = nodeOf(x, inv);
  if (direct !== undefined) return { matrix: direct.inputs[0]!, inverse: x, isTransposed: false };
  const inverse = untransposed(x);
  const node = nodeOf(inverse, inv);
  return node && { matrix: node.inputs[0]!, inverse: inverse!, isTransposed: true };
}

/** The matrix, or stack of them, that `x` is the transpose of. */
function untransposed(x: Variable | undefined): Variable | undefined {
  const node = nodeOf(x, transpose);
  if (node === undefined) return undefined;
  const n = node.inputs[0]!.rank;
  const entries = entriesOf(node);
  const swaps = entries.every((axis, k) => axis === (k < n - 2 ? k : 2 * n - 3 - k));
  return entries.length === n && n >= 2 && swaps ? node.inputs[0] : undefined;
}

/** L-1: (Aᵀ)⁻¹ = (A⁻¹)ᵀ, so that both share one factorisation. */
function inverseOfTransposed(): NodeRewrite {
  return {
    name: 'inverse-of-transposed',
    soundness: 'rounding',
    ops: [inv.op],
    apply: ({ inputs: [a] }) => {
      const inner = untransposed(a);
      return inner && [matrixTranspose(inv(inner))];
    },
  };
}

/** solve(Aᵀ, b) solves with A transposed. */
function solveTransposed(): NodeRewrite {
  return {
    name: 'solve-transposed',
    soundness: 'rounding',
    ops: [solve.op],
    apply: (node) => {
      const inner = untransposed(node.inputs[0]);
      return inner && [solve(inner, node.inputs[1]!, { trans: !isTransposed(node) })];
    },
  };
}

function isTransposed({ attrs }: Apply): boolean {
  return 'trans' in attrs && attrs.trans === true;
}

/** L-2: a triangular matrix is solved with by substitution. */
function solveTriangle(): NodeRewrite {
  return {
    name: 'solve-triangle',
    soundness: 'rounding',
    ops: [solve.op],
    apply: (node) => {
      const found = triangleOf(node.inputs[0]!);
      if (found === undefined) return undefined;
      const options = { lower: found.isLower, trans: isTransposed(node) };
      return [solveTriangular(found.matrix, node.inputs[1]!, options)];
    },
  };
}

/** A matrix of which one triangle with the diagonal is `x`, where `x` is known to be triangular. */
function triangleOf(
  x: Variable,
): { readonly matrix: Variable; readonly isLower: boolean } | undefined {
  if (nodeOf(x, cholesky) !== undefined) return { matrix: x, isLower: true };
  const node = nodeOf(x, tril);
  const { part, k } = { part: undefined, k: undefined, ...node?.attrs };
  const isWhole = node !== undefined && k === 0;
  return isWhole ? { matrix: node.inputs[0]!, isLower: part === 'lower' } : undefined;
}

/** L-5: the determinant of a triangular matrix is the product of its diagonal. */
function determinantOfTriangle(): NodeRewrite {
  return {
    name: 'determinant-of-triangle',
    soundness: 'rounding',
    ops: [det.op, slogdet.op],
    apply: ({ op, inputs: [a] }) => {
      const found = triangleOf(a!);
      if (found === undefined) return undefined;
      const entries = diagonal(found.matrix, { axis1: -2, axis2: -1 });
      if (op === det.op) return [prod(entries, { axis: -1 })];
      const axes = { axes: [entries.rank - 1], keepDims: false };
      return [prod(sign(entries), { axis: -1 }), reduceSum(log(abs(entries)), axes)];
    },
  };
}

/** S-21: log |det A| from the factorisation, whose product may over- or underflow. */
function logOfMagnitude(): NodeRewrite {
  return {
    name: 'log-of-determinant-magnitude',
    soundness: 'widens-domain',
    ops: [log.op],
    apply: ({ inputs: [y] }) => {
      const a = nodeOf(nodeOf(y, abs)?.inputs[0], det)?.inputs[0];
      return a && [slogdet(a)[1]];
    },
  };
}

/** S-21: log det A; NaN where the determinant is negative. */
function logOfDeterminant(): NodeRewrite {
  return {
    name: 'log-of-determinant',
    soundness: 'widens-domain',
    ops: [log.op],
    apply: ({ inputs: [y] }) => {
      const a = nodeOf(y, det)?.inputs[0];
      if (a === undefined) return undefined;
      const [side, magnitude] = slogdet(a);
      return [where(ge(side, 0), magnitude, NaN)];
    },
  };
}

/** S-21: sign det A. */
function signOfDeterminant(): NodeRewrite {
  return {
    name: 'sign-of-determinant',
    soundness: 'widens-domain',
    ops: [sign.op],
    apply: ({ inputs: [y] }) => {
      const a = nodeOf(y, det)?.inputs[0];
      return a && [slogdet(a)[0]];
    },
  };
}

/** L-9: the diagonal of A B is Σ A ∘ Bᵀ over the last axis, if nothing else uses the product; so is each trace. */
function diagonalOfProduct(): NodeRewrite {
  return {
    name: 'diagonal-of-product',
    soundness: 'rounding',
    ops: [diagonal.op],
    apply: ({ inputs: [y], attrs }, { uses }) => {
      const node = nodeOf(y, matmul);
      if (node === undefined || uses(y!) > 1 || !isMainDiagonal(attrs, y!.rank)) return undefined;
      const [a, b] = [node.inputs[0]!, matrixTranspose(node.inputs[1]!)];
      if (!provablySameShape(a, b)) return undefined;
      return [reduceSum(mul(a, b), { axes: [a.rank - 1], keepDims: false })];
    },
  };
}

function isMainDiagonal(attrs: object, rank: number): boolean {
  const { offset, axis1, axis2 } = { offset: NaN, axis1: NaN, axis2: NaN, ...attrs };
  return offset === 0 && axis1 === rank - 2 && axis2 === rank - 1;
}
