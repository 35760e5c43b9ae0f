import {
  ArgumentTypeError,
  AssertionError,
  ValueError,
  asVariable,
  callable,
  defineOp,
  disconnected,
  formatShape,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { denseData, formatTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';

/** What {@link print} writes of a tensor. */
export type PrintedAttribute = 'value' | 'dtype' | 'shape' | 'min' | 'max' | 'mean';

const printedAttributes: readonly PrintedAttribute[] = [
  'value',
  'dtype',
  'shape',
  'min',
  'max',
  'mean',
];

type PrintAttrs = { readonly message: string; readonly show: readonly PrintedAttribute[] };

/** y = x, written to the console.  Both rules pass their argument on, in silence. */
const printOp: OpFunction<1, 1, PrintAttrs> = defineOp<1, 1, PrintAttrs>(
  'print',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [x],
    pushforward: ([xDot]) => [xDot],
    pullback: ([yBar]) => [yBar],
    batch: ([{ value }], { attrs }) => [batched(printOp(value, attrs))],
    eval: ([x], { message, show }) => {
      const parts = show.map((what) => `${what} ${described(x, what)}`);
      const line = [...(message === '' ? [] : [message]), ...parts].join(' | ');
      if (line !== '') console.log(line);
      return [x];
    },
    effect: true,
    shapeLike: ([x]) => x,
    samples: [{ inputs: [[1.5, -2]], attrs: { message: '', show: [] } }],
  },
);

/** Options of {@link print}. */
export interface PrintOptions {
  /** What to write of the value, in this order. Default `['value']`. */
  readonly show?: readonly PrintedAttribute[];
}

/**
 * `x`, written to the console with `message` before it whenever it is computed. Derivatives pass through and
 * are not written. A print whose result is not used is not computed, so nothing is written.
 *
 * @throws ArgumentTypeError `OP_PRINT_OPTION` if `message` is not a string or `show` names something else.
 * @example const h = print(tanh(z), 'h', { show: ['shape', 'mean'] }); // h | shape [32,64] | mean 0.012
 */
export const print: Callable<(x: Operand, message?: string, options?: PrintOptions) => Variable> =
  callable(
    printOp.op,
    (x: Operand, message = '', { show = ['value'] }: PrintOptions = {}): Variable => {
      const isList = Array.isArray(show) && show.every((what) => printedAttributes.includes(what));
      if (typeof message === 'string' && isList) {
        return printOp(asVariable(x, 'print'), { message, show: [...show] });
      }
      throw new ArgumentTypeError('print: the message or what to show is not valid', {
        code: 'OP_PRINT_OPTION',
        hint: `show is an array of ${printedAttributes.join(', ')}`,
        data: { op: 'print', message, show },
      });
    },
  );

function described(x: Tensor, what: PrintedAttribute): string {
  switch (what) {
    case 'value':
      return formatTensor(x);
    case 'dtype':
      return x.dtype;
    case 'shape':
      return formatShape(x.shape);
    case 'min':
      return String(elementsOf(x).reduce((a, b) => Math.min(a, b), Infinity));
    case 'max':
      return String(elementsOf(x).reduce((a, b) => Math.max(a, b), -Infinity));
    case 'mean':
      return String(elementsOf(x).reduce((a, b) => a + b, 0) / x.size);
    default:
      return what satisfies never;
  }
}

function elementsOf(x: Tensor): readonly number[] {
  return Array.from(denseData(x));
}

type AssertAttrs = {
  readonly message: string;
  /** Absent: an AssertionError. */
  readonly code?: string;
};

/** y = x if every element of every condition is true, else an error.  x̄ = ȳ. */
const assertOp: OpFunction<number, 1, AssertAttrs> = defineOp<number, 1, AssertAttrs>(
  'assert',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: ([x]) => [x!],
    connectionPattern: ({ inputs }) => inputs.map((_, i) => [i === 0]),
    pushforward: ([xDot]) => [xDot!],
    pullback: ([yBar], { inputs }) => inputs.map((_, i) => (i === 0 ? yBar! : disconnected)),
    batch: ([x, ...conditions], { attrs }) => {
      const value = assertOp([x!.value, ...conditions.map((each) => each.value)], attrs);
      return [{ value, isBatched: x!.isBatched }];
    },
    eval: ([x, ...conditions], attrs) => {
      const failed = conditions.findIndex((condition) => elementsOf(condition).includes(0));
      if (failed >= 0) throw failure(attrs, failed);
      return [x!];
    },
    shapeLike: ([x]) => x,
    samples: [
      { inputs: [[1.5, -2], { value: [true, true], dtype: 'bool' }], attrs: { message: '' } },
    ],
  },
);

function failure({ message, code }: AssertAttrs, position: number): Error {
  const data = { op: 'assert', condition: position };
  if (code !== undefined) return new ValueError(message, { code, data });
  return new AssertionError(`assert: ${message || `condition ${position} does not hold`}`, {
    code: 'ASSERTION_FAILED',
    data,
  });
}

/**
 * `x`, after a check at run time that all elements of all conditions are true. Derivatives pass through `x`;
 * conditions are disconnected. Checked only where the result is used.
 *
 * @param conditions - one operand or an array of them; other dtypes than bool are true unless 0.
 * @param message - of the error.
 * @throws AssertionError `ASSERTION_FAILED` when the graph is run.
 * @example assert(x, gt(x, 0), 'x must be positive')
 */
export const assert: Callable<
  (x: Operand, conditions: Variable | readonly Operand[], message?: string) => Variable
> = callable(
  assertOp.op,
  (x: Operand, conditions: Variable | readonly Operand[], message = ''): Variable =>
    assertOp(operandsOf(x, conditions), { message }),
);

/**
 * {@link assert} with an error of the caller's: a ValueError with this message and code.
 *
 * @throws ValueError with `code` when the graph is run and a condition does not hold.
 * @example checkAndThrow(p, all(ge(p, 0)), { message: 'counts are negative', code: 'MODEL_COUNTS' })
 */
export const checkAndThrow: Callable<
  (
    x: Operand,
    conditions: Variable | readonly Operand[],
    error: { readonly message: string; readonly code: string },
  ) => Variable
> = callable(
  assertOp.op,
  (
    x: Operand,
    conditions: Variable | readonly Operand[],
    { message, code }: { readonly message: string; readonly code: string },
  ): Variable => assertOp(operandsOf(x, conditions), { message, code }),
);

function operandsOf(x: Operand, conditions: Variable | readonly Operand[]): readonly Operand[] {
  // Array.isArray does not narrow a readonly array away.
  return Array.isArray(conditions) ? [x, ...conditions] : [x, conditions as Variable];
}
