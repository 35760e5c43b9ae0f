import {
  ValueError,
  allocate,
  checkLiteral,
  denseTensor,
  floatResult,
  isFloat,
  resultType,
  storeValue,
  strongDType,
} from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import {
  DTypeError,
  asVariable,
  callable,
  constant,
  defineOp,
  disconnected,
  formatType,
  promotableOf,
  tensorType,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, TensorType, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { add, mul, sub } from '../elementwise/arithmetic.ts';
import { reduceSum } from '../reduce/sum.ts';
import { broadcastLike } from '../shape/broadcast.ts';
import { reshape } from '../shape/reshape.ts';
import { size } from '../shape/size.ts';

type ArangeAttrs = { readonly dtype: DType };

/** y_k = start + k · step up to but not including stop.  ∂start = Σ g,  ∂step = Σ k g;  stop sets only the length. */
const arangeOp: OpFunction<3, 1, ArangeAttrs> = defineOp<3, 1, ArangeAttrs>(
  'arange',
  { inputs: 3, outputs: 1 },
  {
    infer: (types, { dtype }, bounds) => [arangeType(types, dtype, bounds)],
    connectionPattern: [[true], [false], [true]],
    pushforward: [
      (startDot, { outputs: [y] }) => broadcastLike(startDot, y),
      () => disconnected,
      (stepDot, { outputs: [y] }) => mul(stepDot, counter(y, stepDot.dtype)),
    ],
    pullback: ([yBar], { outputs: [y] }) => [
      reduceSum(yBar, { axes: [0], keepDims: false }),
      disconnected,
      reduceSum(mul(yBar, counter(y, yBar.dtype)), { axes: [0], keepDims: false }),
    ],
    eval: ([start, stop, step], { dtype }) => [
      steps(start.item(), stop.item(), step.item(), dtype),
    ],
    samples: [
      { inputs: [0.5, 3.25, 0.75], attrs: { dtype: 'float64' } },
      { name: 'downwards', inputs: [2, -1.5, -1], attrs: { dtype: 'float64' } },
      { name: 'empty', inputs: [1, 0.5, 1], attrs: { dtype: 'float64' } },
    ],
  },
);

/**
 * Numbers from `start` up to but not including `stop` in steps of `step`. Of whole numbers int32, else float64. Numbers
 * give a constant; scalars of the graph are allowed, and the gradient flows to `start` and `step`.
 *
 * @param start - first number; if it is the only argument, it is `stop`, and `start` is 0.
 * @param step - default 1; may be negative.
 * @throws ValueError `STEP_INVALID` if the step is 0 or the range has no end, at run time for scalars of the graph;
 *   `LITERAL_OUT_OF_RANGE`; ShapeError, DTypeError for arguments that are no numbers.
 * @example arange(2, 10, 3) // [2, 5, 8]
 */
export const arange: Callable<
  (
    start: number | Variable,
    stop?: number | Variable,
    step?: number | Variable,
    options?: { readonly dtype?: DType | undefined },
  ) => Variable
> = callable(
  arangeOp.op,
  (
    start: number | Variable,
    stop?: number | Variable,
    step: number | Variable = 1,
    options: { readonly dtype?: DType | undefined } = {},
  ): Variable => {
    const bounds = stop === undefined ? [0, start, step] : [start, stop, step];
    const [from, to, by] = bounds.map((bound, k) => asVariable(bound, 'arange', k));
    const common = strongDType(resultType([from!, to!, by!].map((x) => promotableOf(x.type))));
    const dtype = options.dtype ?? (isFloat(common) ? 'float64' : 'int32');
    arangeType([from!.type, to!.type, by!.type], dtype, []);
    return bounds.every((bound) => typeof bound === 'number')
      ? constant(steps(bounds[0]!, bounds[1]!, bounds[2]!, dtype))
      : arangeOp(from!, to!, by!, { dtype });
  },
);

/**
 * `n` numbers evenly spaced from `a` to `b`, both included. Numbers give a constant; the gradient flows to `a` and `b`.
 *
 * @param a - first value, a scalar or a tensor: then the new axis comes first.
 * @param n - how many: a number. 1 gives `a` alone.
 * @throws ValueError `OP_INVALID_SIZE` if `n` is not a whole number ≥ 0.
 * @example linspace(0, 1, 5) // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(a: Operand, b: Operand, n: number): Variable {
  if (!(Number.isInteger(n) && n >= 0)) {
    throw new ValueError(`linspace: ${String(n)} points`, {
      code: 'OP_INVALID_SIZE',
      hint: 'the number of points is a whole number ≥ 0',
      data: { op: 'linspace', n },
    });
  }
  const part = (k: number): number => (n === 1 ? 0 : k / (n - 1));
  if (typeof a === 'number' && typeof b === 'number') {
    return constant(Float64Array.from({ length: n }, (_, k) => a * (1 - part(k)) + b * part(k)));
  }
  const [first, last] = [asVariable(a, 'linspace', 0), asVariable(b, 'linspace', 1)];
  const dtype = strongDType(
    floatResult(resultType([first, last].map((x) => promotableOf(x.type)))),
  );
  const ones = Array.from({ length: Math.max(first.rank, last.rank) }, () => 1);
  const fractions = constant(Float64Array.from({ length: n }, (_, k) => part(k)));
  const t = reshape(castTo(fractions, dtype), [n, ...ones]);
  return add(mul(first, sub(1, t)), mul(last, t));
}

/** 0, 1, 2, … as many as `y` has entries. */
function counter(y: Variable, dtype: DType): Variable {
  const n = y.shape[0] ?? null;
  const zeroAndOne = [asVariable(0), asVariable(1)] as const;
  const count =
    n === null
      ? arangeOp(zeroAndOne[0], size(y), zeroAndOne[1], { dtype: 'int32' })
      : constant(steps(0, n, 1, 'int32'));
  return castTo(count, dtype);
}

function arangeType(
  types: readonly TensorType[],
  dtype: DType,
  bounds: readonly Variable[],
): TensorType {
  types.forEach((type, position) => {
    if (type.shape.length === 0 && type.dtype !== 'bool') return;
    throw new DTypeError(`arange: input ${position} is ${formatType(type)}`, {
      code: 'OP_NOT_A_SCALAR',
      hint: 'start, stop and step are numbers or scalars of the graph',
      data: { op: 'arange', position, type },
    });
  });
  const known = bounds.flatMap((bound) => (bound.kind === 'constant' ? [bound.value.item()] : []));
  return tensorType(dtype, [known.length < 3 ? null : countOf(known[0]!, known[1]!, known[2]!)]);
}

function countOf(start: number, stop: number, step: number): number {
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (step !== 0 && Number.isFinite(count)) return count;
  throw new ValueError(`arange: from ${start} to ${stop} in steps of ${step} never ends`, {
    code: 'STEP_INVALID',
    hint: 'start, stop and step are finite, and the step is not 0',
    data: { op: 'arange', start, stop, step },
  });
}

function steps(start: number, stop: number, step: number, dtype: DType): Tensor {
  const count = countOf(start, stop, step);
  const data = allocate(dtype, count);
  if (!isFloat(dtype) && count > 0) checkLiteral(Math.trunc(start + (count - 1) * step), dtype);
  for (let k = 0; k < count; k++) data[k] = storeValue(start + k * step, dtype);
  return denseTensor(data, [count], dtype);
}
