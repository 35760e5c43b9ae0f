import { ArgumentTypeError } from '@cotangent/tensor';
import { applyOp, noAttrs } from './apply.ts';
import type { NoAttrs, Op, OpSpec, Tuple } from './op.ts';
import { asVariable } from './operand.ts';
import type { Operand } from './operand.ts';
import { isVariable } from './variable.ts';
import type { Variable } from './variable.ts';

/** One variable for an op with one output, else a readonly tuple in the documented order. */
export type OpResult<O extends number> = O extends 1 ? Variable : Tuple<Variable, O>;

/** The inputs of a call: spread, or one array if their number varies. */
type InputArgs<I extends number> = number extends I
  ? readonly [inputs: readonly Operand[]]
  : Tuple<Operand, I>;
type AttrArgs<A extends object> = NoAttrs extends A ? readonly [attrs?: A] : readonly [attrs: A];

/** An op that can be called: inputs first, then the attributes. `op` is its record. */
export interface OpFunction<I extends number, O extends number, A extends object = NoAttrs> {
  (...args: readonly [...InputArgs<I>, ...AttrArgs<A>]): OpResult<O>;
  readonly op: Op;
}

/** How many inputs and outputs an op has: `'variadic'` is for a number that varies. */
export interface Arity<I extends number, O extends number> {
  readonly inputs: number extends I ? 'variadic' : I;
  readonly outputs: number extends O ? 'variadic' : O;
}

/**
 * Defines an op: one record with its inference, evaluation and rules.
 *
 * The type parameters `<inputs, outputs, attributes>` make a rule of the wrong arity a compile error;
 * `number` stands for a number that varies, and then the inputs are passed as one array.
 *
 * @param name - unique among the ops of a graph; appears in errors, printed graphs and JSON.
 * @param arity - the same numbers as the type parameters: `{ inputs: 1, outputs: 1 }`.
 * @example
 * const reverse = defineOp<1, 1>('reverse', { inputs: 1, outputs: 1 }, {
 *   infer: ([x]) => [x],
 *   pullback: ([yBar]) => [reverse(yBar)],      // x̄ = reverse ȳ
 *   pushforward: ([xDot]) => [reverse(xDot)],   // ẏ = reverse ẋ
 *   eval: ([x]) => [views.flip(x, [0])],
 * });
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<I extends number, O extends number, A extends object = NoAttrs>(
  name: string,
  arity: Arity<I, O>,
  spec: OpSpec<I, O, A>,
): OpFunction<I, O, A> {
  const op = makeOp(name, arity, spec);
  const isVariadic = arity.inputs === 'variadic';
  const call = (...args: readonly unknown[]): Variable | readonly Variable[] => {
    const inputCount = isVariadic ? 1 : (op.inputCount ?? 0);
    // InputArgs<I> guarantees to TypeScript callers what asVariable checks for all others.
    const operands = (isVariadic ? args[0] : args.slice(0, inputCount)) as readonly Operand[];
    const attrs = attrsArgument(args[inputCount], name);
    if (!Array.isArray(operands)) throw notAList(operands, name);
    const inputs = operands.map((operand, position) => asVariable(operand, name, position));
    const { outputs } = applyOp(op, inputs, attrs);
    return op.outputCount === 1 ? outputs[0]! : outputs;
  };
  // The typed call signature is forgotten above and restored here.
  return callable(op, call) as unknown as OpFunction<I, O, A>;
}

/**
 * The attributes among the arguments of a call: none where another value stands, so that an op without
 * attributes can be given to `Array.prototype.map`, which passes an index as well.
 *
 * @throws ArgumentTypeError `GRAPH_INPUT_COUNT` for a variable, which is an input too many.
 */
export function attrsArgument(argument: unknown, op: string): object {
  if (isVariable(argument)) throw tooMany(op);
  return typeof argument === 'object' && argument !== null ? argument : noAttrs;
}

function tooMany(op: string): ArgumentTypeError {
  return new ArgumentTypeError(`${op}: got more inputs than it takes`, {
    code: 'GRAPH_INPUT_COUNT',
    hint: 'the last argument, where attributes go, is a variable',
    data: { op },
  });
}

function notAList(operands: unknown, op: string): ArgumentTypeError {
  return new ArgumentTypeError(`${op}: the inputs must be an array, got ${typeof operands}`, {
    code: 'GRAPH_INPUT_LIST',
    hint: `write ${op}([x, y, …])`,
    data: { op },
  });
}

/** The record of an op, typed arity forgotten: the engines check at run time what it promised. */
export function makeOp<I extends number, O extends number, A extends object>(
  name: string,
  arity: Arity<I, O>,
  spec: OpSpec<I, O, A>,
): Op {
  const erased = spec as unknown as Omit<Op, 'name' | 'inputCount' | 'outputCount'>;
  return Object.freeze({
    ...erased,
    name,
    inputCount: arity.inputs === 'variadic' ? undefined : arity.inputs,
    outputCount: arity.outputs === 'variadic' ? undefined : arity.outputs,
  }) as Op;
}

/**
 * The function that users call for `op`, with the op's record attached: for ops whose friendly
 * arguments differ from their inputs and attributes.
 *
 * @example
 * const sum = callable(reduceSum.op, (x: Operand, options: Axes = {}) => reduceSum(x, attrsOf(x, options)));
 */
/* @__NO_SIDE_EFFECTS__ */
export function callable<F extends (...args: never[]) => unknown>(op: Op, call: F): Callable<F> {
  Object.defineProperty(call, 'name', { value: op.name });
  return Object.assign(call, { op });
}

/** A function together with the record of the op it builds. */
export type Callable<F extends (...args: never[]) => unknown> = F & { readonly op: Op };
