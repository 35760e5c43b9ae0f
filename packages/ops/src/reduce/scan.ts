import { isFloat, normalizeAxis } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { mapRows } from '../kernels/rows.ts';
import type { RowMap } from '../kernels/rows.ts';
import { runningProduct, runningSum } from '../kernels/scan.ts';
import { flatten } from '../shape/reshape.ts';
import { affineAdjoint, affineScanOp, before, opposite, shiftedScan } from './affine-scan.ts';
import type { ScanAttrs } from './affine-scan.ts';
import { checkInt32, countingType } from './axes.ts';
import { lowerScan, runningProducts, runningSums } from './scan-lower.ts';

/** y_k = x_0 + … + x_k along one axis (or from its end).  Linear; the adjoint runs the other way. */
const cumsumOp: OpFunction<1, 1, ScanAttrs> = defineOp<1, 1, ScanAttrs>(
  'cumsum',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [countingType(x, x.shape)],
    pushforward: ([xDot], { attrs }) => [cumsumOp(xDot, attrs)],
    pullback: ([yBar], { attrs }) => [cumsumOp(yBar, opposite(attrs))],
    batch: ([{ value }], { attrs }) => [batched(cumsumOp(value, shiftedScan(attrs)))],
    eval: ([x], attrs) => [running(x, attrs, runningSum, 'cumsum')],
    lower: (context) => lowerScan(context, runningSums),
    shapeLike: ([x]) => x,
    samples: [
      { inputs: [[1.5, -2, 3]], attrs: { axis: 0, reverse: false } },
      {
        name: 'reverse',
        inputs: [
          [
            [1.5, -2],
            [3, 4],
          ],
        ],
        attrs: { axis: 0, reverse: true },
      },
      { name: 'empty', inputs: [[]], attrs: { axis: 0, reverse: false } },
    ],
  },
);

/** y_k = x_0 · … · x_k along one axis (or from its end).  x̄ = P · R with P_k = y_{k−1}, R_k = g_k + x_{k+1} R_{k+1}: no division. */
const cumprodOp: OpFunction<1, 1, ScanAttrs> = defineOp<1, 1, ScanAttrs>(
  'cumprod',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [countingType(x, x.shape)],
    pushforward: ([xDot], { inputs: [x], outputs: [y], attrs }) => [
      affineScanOp(x, mul(before(y, attrs, 1), xDot), attrs), // ẏ_k = x_k ẏ_{k−1} + P_k ẋ_k
    ],
    pullback: ([yBar], { inputs: [x], outputs: [y], attrs }) => [
      mul(before(y, attrs, 1), affineAdjoint(x, yBar, attrs)),
    ],
    batch: ([{ value }], { attrs }) => [batched(cumprodOp(value, shiftedScan(attrs)))],
    eval: ([x], attrs) => [running(x, attrs, runningProduct, 'cumprod')],
    lower: (context) => lowerScan(context, runningProducts),
    shapeLike: ([x]) => x,
    samples: [
      { inputs: [[1.5, -2, 3]], attrs: { axis: 0, reverse: false } },
      { name: 'zero', inputs: [[1.5, 0, 3, -2]], attrs: { axis: 0, reverse: false } },
      { name: 'two zeros', inputs: [[1.5, 0, 3, 0, 2]], attrs: { axis: 0, reverse: false } },
      {
        name: 'reverse',
        inputs: [
          [
            [1.5, -2],
            [3, 0],
          ],
        ],
        attrs: { axis: 0, reverse: true },
      },
      { name: 'empty', inputs: [[]], attrs: { axis: 0, reverse: false } },
    ],
  },
);

/** Options of the functions that run along an axis. */
export interface ScanOptions {
  /** Default: `x` is flattened first. */
  readonly axis?: number | undefined;
  /** From the end of the axis. Default false. */
  readonly reverse?: boolean | undefined;
  /** Leaves entry k itself out of result k. Default false. */
  readonly exclusive?: boolean | undefined;
}

/**
 * Sums of the entries up to each entry of an axis. Sums of bool, uint8 and int32 are int32.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`; at run time `OP_INTEGER_OVERFLOW` for integers.
 * @example cumsum([1, 2, 3])                      // [1, 3, 6]
 * @example cumsum([1, 2, 3], { exclusive: true }) // [0, 1, 3]
 */
export const cumsum: Callable<(x: Operand, options?: ScanOptions) => Variable> = callable(
  cumsumOp.op,
  (x: Operand, options: ScanOptions = {}): Variable => scanned(cumsumOp, x, options, 0),
);

/**
 * Products of the entries up to each entry of an axis. Derivatives are exact also where entries are 0. Products of
 * bool, uint8 and int32 are int32.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`; at run time `OP_INTEGER_OVERFLOW` for integers.
 * @example cumprod([1, 2, 3, 4], { reverse: true }) // [24, 24, 12, 4]
 */
export const cumprod: Callable<(x: Operand, options?: ScanOptions) => Variable> = callable(
  cumprodOp.op,
  (x: Operand, options: ScanOptions = {}): Variable => scanned(cumprodOp, x, options, 1),
);

/** Π of the entries before each entry times Π of those after it: the partial derivatives of their product. */
export function otherProducts(x: Variable, axis: number): Variable {
  const forward = { axis, reverse: false };
  const backward = { axis, reverse: true };
  return mul(
    before(cumprodOp(x, forward), forward, 1),
    before(cumprodOp(x, backward), backward, 1),
  );
}

function scanned(
  make: OpFunction<1, 1, ScanAttrs>,
  x: Operand,
  options: ScanOptions,
  neutral: number,
): Variable {
  const { name } = make.op;
  const given = asVariable(x, name);
  const variable = options.axis === undefined ? flatten(given) : given;
  const attrs = {
    axis: normalizeAxis(options.axis ?? 0, variable.rank, name),
    reverse: options.reverse ?? false,
  };
  const y = make(variable, attrs);
  return options.exclusive === true ? before(y, attrs, neutral) : y;
}

type RunningRow = (...args: [...Parameters<RowMap>, reverse: boolean]) => void;

/** Floats run in float64 and are rounded as they are stored; integers are checked. */
function running(x: Tensor, { axis, reverse }: ScanAttrs, row: RunningRow, op: string): Tensor {
  if (isFloat(x.dtype)) {
    return mapRows(x, [axis], x.dtype, (data, start, n, out, outStart) =>
      row(data, start, n, out, outStart, reverse),
    );
  }
  const exact = new Float64Array(x.shape[axis]!);
  return mapRows(x, [axis], 'int32', (data, start, n, out, outStart) => {
    row(data, start, n, exact, 0, reverse);
    for (let k = 0; k < n; k++) out[outStart + k] = checkInt32(exact[k]!, op);
  });
}
