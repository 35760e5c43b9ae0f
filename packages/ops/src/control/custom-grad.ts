import { ArgumentTypeError, asVariable, disconnected, isVariable } from '@cotangent/graph';
import type { Input, Operand, RuleContext, Tangent, Variable } from '@cotangent/graph';
import { captured as capturedBy, inputLike } from './capture.ts';
import { opFromGraph } from './op-from-graph.ts';
import type { GraphRules } from './op-from-graph.ts';

/**
 * `fn` as an op whose derivatives recompute its intermediate values instead of keeping them from the
 * forward pass: less memory for one more evaluation.
 *
 * @param fn - builds a variable from variables; it is run at each call. Variables that it takes from
 *   outside are differentiated too.
 * @throws ArgumentTypeError if `fn` does not return a variable.
 * @example const block = checkpoint((x) => tanh(matmul(x, w)));
 * @see Griewank & Walther (2008), Evaluating Derivatives, ch. 12.
 */
export function checkpoint(
  fn: (...xs: readonly Variable[]) => Variable,
): (...args: readonly Operand[]) => Variable {
  const name = `checkpoint(${fn.name || 'graph'})`;
  return (...args) => {
    const { inner, y, inside, outside, given } = trace(fn, args, name);
    return opFromGraph([...inner, ...inside], [y], { name })(...given, ...outside)[0]!;
  };
}

/** Rules for {@link customGrad}: at least one; the other mode is derived from it. */
export type CustomRules = Pick<GraphRules, 'pullback' | 'pushforward' | 'name'>;

/**
 * `fn` with rules of the caller's own in place of those of its graph.
 *
 * @param fn - builds a variable from variables; it is run at each call. Variables that it takes from
 *   outside count as constant: the rules speak of the arguments only.
 * @param rules - `pullback` (one term per argument), `pushforward` (the tangent in an array), or both.
 * @throws ArgumentTypeError if `fn` does not return a variable.
 * @example
 * // the identity, with a reversed gradient
 * const reversed = customGrad((x) => identity(x), { pullback: ([yBar]) => [neg(yBar)] });
 */
export function customGrad(
  fn: (...xs: readonly Variable[]) => Variable,
  rules: CustomRules,
): (...args: readonly Operand[]) => Variable {
  const name = rules.name ?? (fn.name || 'customGrad');
  return (...args) => {
    const { inner, y, inside, outside, given } = trace(fn, args, name);
    const all = [...inner, ...inside];
    const connectionPattern = all.map((_, i) => [i < inner.length]);
    const own = rulesForArguments(rules, inner.length, inside.length);
    return opFromGraph(all, [y], { ...own, name, connectionPattern })(...given, ...outside)[0]!;
  };
}

/**
 * {@link customGrad} with a rule for the reverse mode; forward mode is derived from it.
 *
 * @param rule - one term per argument, from the cotangent of the result.
 * @throws ArgumentTypeError if `fn` does not return a variable.
 * @example
 * // the step function of a spike, with the slope of a sigmoid
 * const spike = customPullback((x) => cast(gt(x, 0), 'float64'), ([g], { inputs: [x] }) => {
 *   const s = sigmoid(x);
 *   return [mul(g, mul(s, sub(1, s)))];
 * });
 */
export function customPullback(
  fn: (...xs: readonly Variable[]) => Variable,
  rule: NonNullable<GraphRules['pullback']>,
): (...args: readonly Operand[]) => Variable {
  return customGrad(fn, { pullback: rule });
}

/**
 * {@link customGrad} with a rule for the forward mode; reverse mode is derived from it, for which it must be linear in
 * the tangents.
 *
 * @param rule - the tangent of the result, in an array, from the tangents of the arguments.
 * @throws ArgumentTypeError if `fn` does not return a variable.
 * @example
 * // a table whose derivative is known by a formula
 * const sine = customPushforward((x) => sin(x), ([xDot], { inputs: [x] }) => [mul(cos(x), xDot)]);
 */
export function customPushforward(
  fn: (...xs: readonly Variable[]) => Variable,
  rule: NonNullable<GraphRules['pushforward']>,
): (...args: readonly Operand[]) => Variable {
  return customGrad(fn, { pushforward: rule });
}

/** The rules of the arguments as rules of an op that has captured inputs behind them. */
function rulesForArguments(
  { pullback, pushforward }: CustomRules,
  count: number,
  captured: number,
): CustomRules {
  const own = (context: RuleContext): RuleContext => ({
    ...context,
    inputs: context.inputs.slice(0, count),
  });
  const rest = Array.from({ length: captured }, (): Tangent => disconnected);
  return {
    ...(pullback && {
      pullback: (yBars: readonly Variable[], context: RuleContext) => {
        const terms: unknown = pullback(yBars, own(context));
        // Anything but an array is the engine's to refuse, with the name of the op.
        return Array.isArray(terms) ? [...(terms as readonly Tangent[]), ...rest] : (terms as []);
      },
    }),
    ...(pushforward && {
      pushforward: (xDots: readonly Variable[], context: RuleContext) =>
        pushforward(xDots.slice(0, count), own(context)),
    }),
  };
}

interface Trace {
  readonly given: readonly Variable[];
  readonly inner: readonly Input[];
  readonly y: Variable;
  readonly inside: readonly Input[];
  readonly outside: readonly Variable[];
}

/** Runs `fn` on fresh inputs; what it takes from outside becomes a further input. */
function trace(
  fn: (...xs: readonly Variable[]) => Variable,
  args: readonly Operand[],
  name: string,
): Trace {
  const given = args.map((arg, position) => asVariable(arg, name, position));
  const inner = given.map(inputLike);
  const y: unknown = fn(...inner);
  if (!isVariable(y)) {
    throw new ArgumentTypeError(`${name}: the function did not return a variable`, {
      code: 'GRAPH_NOT_A_VARIABLE',
      hint: 'return one variable built from the arguments',
      data: { op: name },
    });
  }
  const { outputs, inside, outside } = capturedBy([y], inner);
  return { given, inner, y: outputs[0]!, inside, outside };
}
