import { ValueError, floatResult, isFloat, normalizeAxes, strongDType } from '@cotangent/tensor';
import { asVariable, callable, defineOp, formatShape, promotableOf } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched, shiftAxes } from '../batch.ts';
import { castTo } from '../cast.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { eq, ne } from '../elementwise/comparison.ts';
import { pow } from '../elementwise/power.ts';
import { where } from '../elementwise/selection.ts';
import { abs, sign } from '../elementwise/sign.ts';
import { powerNorm } from '../kernels/norm.ts';
import { reduceRows } from '../kernels/rows.ts';
import { reduceAttrs, reducedShape, restoreAxes } from '../reduce/axes.ts';
import type { ReduceAttrs, ReduceOptions } from '../reduce/axes.ts';
import { max, min } from '../reduce/extremum.ts';
import { reduceSum, sum } from '../reduce/sum.ts';
import { divOrZero } from '../reduce/variance.ts';
import { expandDims, moveAxis, squeeze } from '../shape/transpose.ts';
import { floatType } from './matrices.ts';
import { svdvals } from './svd.ts';

type NormAttrs = ReduceAttrs & { readonly ord: number };

/**
 * y = (Σ |x|^p)^(1/p).  ∂y/∂x = sign(x) (|x|/y)^(p−1), for p = 2 x/y; 0 where x = 0, so that 0 of nothing but zeros, the
 * minimal-norm subgradient.
 */
const normOp: OpFunction<1, 1, NormAttrs> = defineOp<1, 1, NormAttrs>(
  'normVector',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], attrs) => [floatType([x], reducedShape(x.shape, attrs))],
    pushforward: ([xDot], { inputs: [x], outputs: [y], attrs }) => [
      reduceSum(mul(xDot, weights(x, y, attrs)), attrs),
    ],
    pullback: ([yBar], { inputs: [x], outputs: [y], attrs }) => [
      mul(restoreAxes(yBar, attrs), weights(x, y, attrs)),
    ],
    batch: ([{ value }], { attrs }) => [batched(normOp(value, shiftAxes(attrs)))],
    eval: ([x], { axes, keepDims, ord }, [{ dtype }]) => [
      reduceRows(x, axes, keepDims, dtype, (data, start, n) => powerNorm(data, start, n, ord)),
    ],
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
        ],
        attrs: { axes: [1], keepDims: false, ord: 2 },
      },
      {
        name: 'ord 3, two axes',
        inputs: [
          [
            [1.5, -2],
            [4, 0.5],
          ],
        ],
        attrs: { axes: [0, 1], keepDims: true, ord: 3 },
      },
      { name: 'ord 1', inputs: [[1.5, -2]], attrs: { axes: [0], keepDims: false, ord: 1 } },
      { name: 'ord -1', inputs: [[1.5, -2]], attrs: { axes: [0], keepDims: false, ord: -1 } },
      { name: 'ord 2, one 0', inputs: [[0, -2]], attrs: { axes: [0], keepDims: false, ord: 2 } },
      {
        name: 'zeros',
        inputs: [[0, 0]],
        attrs: { axes: [0], keepDims: false, ord: 2 },
        edge: true,
      },
    ],
  },
);

/** Options of {@link normVector}. */
export interface NormVectorOptions extends ReduceOptions {
  /** Which norm: p for (Σ|x|^p)^(1/p), ±∞ for the largest or smallest magnitude, 0 for the number of entries ≠ 0. Default 2. */
  readonly ord?: number | undefined;
}

/**
 * The p-norm over some axes, without over- or underflow on the way. Integers and booleans are taken as floats. At zero
 * the gradient is 0; entries that tie for ±∞ share it; of `ord: 0` it is 0.
 *
 * @param options.axis - an axis or a list, taken together as one vector; default: all.
 * @throws ValueError `OP_NORM_ORD` if `ord` is NaN, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; `OP_EMPTY_REDUCTION` for
 *   ±∞ of nothing.
 * @example normVector([3, 4]) // 5
 */
export const normVector: Callable<(x: Operand, options?: NormVectorOptions) => Variable> = callable(
  normOp.op,
  (x: Operand, options: NormVectorOptions = {}): Variable => {
    const variable = asFloat(asVariable(x, 'normVector'));
    const { ord = 2 } = options;
    const attrs = reduceAttrs(variable, options, 'normVector');
    if (attrs.axes.length === 0) return abs(variable);
    const { axes: axis, keepDims } = attrs;
    if (ord === Infinity) return max(abs(variable), { axis, keepDims });
    if (ord === -Infinity) return min(abs(variable), { axis, keepDims });
    if (ord === 0) return reduceSum(castTo(ne(variable, 0), variable.dtype), attrs);
    if (Number.isNaN(ord)) throw unknownOrder('normVector', ord);
    return normOp(variable, { ...attrs, ord });
  },
);

/** Options of {@link normMatrix}. */
export interface NormMatrixOptions {
  /**
   * Which norm: `'fro'` the root of the sum of squares, 1 the largest and −1 the smallest column sum of magnitudes, ±∞ the
   * same of rows, 2 the largest and −2 the smallest singular value, `'nuc'` the sum of them. Default `'fro'`.
   */
  readonly ord?: 'fro' | 'nuc' | number | undefined;
  /** The axes of the rows and of the columns. Default `[-2, -1]`. */
  readonly axis?: readonly [rows: number, columns: number] | undefined;
  /** Leaves the two axes in place, with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

/**
 * A norm of each matrix. Integers and booleans are taken as floats. The gradient of the Frobenius norm at zero is 0; rows
 * or columns that tie share it.
 *
 * @throws ValueError `OP_NORM_ORD` for another `ord`, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; `OP_EMPTY_REDUCTION` for ±1
 *   and ±∞ of a matrix without columns or rows.
 * @example normMatrix([[1, -2], [3, 4]], { ord: 1 }) // 6
 */
export const normMatrix: Callable<(x: Operand, options?: NormMatrixOptions) => Variable> = callable(
  normOp.op,
  (x: Operand, options: NormMatrixOptions = {}): Variable => {
    const { ord = 'fro', axis = [-2, -1], keepDims = false } = options;
    const variable = asFloat(asVariable(x, 'normMatrix'));
    const [rows, columns] = normalizeAxes(axis, variable.rank, 'normMatrix');
    if (rows === undefined || columns === undefined || axis.length > 2) throw notAPair(axis);
    if (ord === 'fro') return normVector(variable, { axis, keepDims });
    const y =
      ord === 'nuc' || Math.abs(ord) === 2
        ? spectralNorm(variable, ord, rows, columns)
        : sumNorm(variable, ord, rows, columns);
    return keepDims ? y : squeeze(y, [rows, columns]);
  },
);

/** The largest or smallest sum of magnitudes of columns or of rows; the two axes stay, with size 1. */
function sumNorm(x: Variable, ord: number, rows: number, columns: number): Variable {
  const size = Math.abs(ord);
  if (size !== 1 && size !== Infinity) throw unknownOrder('normMatrix', ord);
  const [summed, chosen] = size === 1 ? [rows, columns] : [columns, rows];
  const sums = normOp(x, { axes: [summed], keepDims: true, ord: 1 });
  return (ord > 0 ? max : min)(sums, { axis: chosen, keepDims: true });
}

/** From the singular values; the two axes stay, with size 1. */
function spectralNorm(x: Variable, ord: number | 'nuc', rows: number, columns: number): Variable {
  const s = svdvals(moveAxis(x, [rows, columns], [-2, -1]));
  const reduce = ord === 'nuc' ? sum : ord > 0 ? max : min;
  return expandDims(reduce(s, { axis: -1 }), [rows, columns]);
}

/** ∂y/∂x. */
function weights(x: Variable, y: Variable, attrs: NormAttrs): Variable {
  const { ord } = attrs;
  if (ord === 1) return sign(x);
  const norm = restoreAxes(y, attrs);
  if (ord === 2) return divOrZero(x, norm);
  const ratio = where(eq(x, 0), 1, divOrZero(abs(x), norm)); // 0 to a negative power must not meet sign 0
  return mul(sign(x), pow(ratio, ord - 1));
}

function asFloat(x: Variable): Variable {
  return isFloat(x.dtype) ? x : castTo(x, strongDType(floatResult(promotableOf(x.type))));
}

function unknownOrder(op: string, ord: number): ValueError {
  return new ValueError(`${op}: ord is ${ord}`, {
    code: 'OP_NORM_ORD',
    hint:
      op === 'normVector'
        ? 'it is a number, ±Infinity included'
        : "it is 'fro', 'nuc', ±1, ±2 or ±Infinity",
    data: { op, ord },
  });
}

function notAPair(axis: readonly number[]): ValueError {
  return new ValueError(`normMatrix: the axes ${formatShape(axis)} are not a pair`, {
    code: 'OP_AXES_COUNT',
    hint: 'give the axis of the rows and that of the columns',
    data: { op: 'normMatrix', axes: axis },
  });
}
