import { isFloat } from '@cotangent/tensor';
import { castTo, floatZerosLike } from '@cotangent/ops';
import {
  DTypeError,
  ShapeError,
  ValueError,
  asVariable,
  constant,
  formatShape,
  isAbsence,
  isDisconnected,
  isNull,
  isVariable,
  isZero,
  shapesConflict,
} from '@cotangent/graph';
import type { Absence, Operand, Tangent, Variable } from '@cotangent/graph';
import { disconnectedOutput } from './diagnose.ts';
import { engineCall } from './engine.ts';
import { finish, nullGradient } from './grad.ts';
import { forward } from './forward.ts';
import type { WarningSink } from './call.ts';
import { checkChoices, constantSet, mirrorForm, sinkOf, variableList } from './options.ts';
import type { MaybeAbsent, Mirror, OnDisconnected, Plain, SharedOptions } from './options.ts';
import { reverse } from './reverse.ts';
import { forwardThroughPullback } from './through-pullback.ts';

/** Options of {@link pullback}. */
export interface PullbackOptions extends SharedOptions {
  readonly considerConstant?: Iterable<Variable>;
  /** Default `'raise'`. */
  readonly disconnectedInputs?: OnDisconnected;
}

/** Options of {@link pushforward}. */
export interface PushforwardOptions extends SharedOptions {
  /** Default `'raise'`: an output is disconnected if no path leads to it from any `wrt`. */
  readonly disconnectedOutputs?: OnDisconnected;
  /** Variables through which nothing is pushed forward. */
  readonly considerConstant?: Iterable<Variable>;
  /**
   * Ask each op for its pushforward (default), or pull back twice, which needs pullbacks only. Both give
   * the same values.
   */
  readonly useOpPushforward?: boolean;
}

const sharedNames = ['returnDisconnected', 'nullGradients', 'onWarning'] as const;

/**
 * x̄ = Jᵀ ȳ: cotangents pulled back through `f` to `wrt`; the product with the Jacobian from the left.
 *
 * Cotangents add: if `f` repeats a variable or its members depend on each other, all of them count.
 *
 * @param f - a variable or an array of them.
 * @param wrt - a variable or an array of them; the result has the form of this argument.
 * @param cotangents - one for each of `f`, of its shape; numbers and arrays become constants.
 * @returns one variable per entry of `wrt`, of that entry's shape.
 * @throws ValueError if the counts differ (`GRAD_COUNT`); ShapeError if a cotangent cannot have the
 *   shape of its `f`; and what {@link grad} throws.
 * @example pullback(matmul(x, W), W, [2, 2]) // outer(x, [2, 2])
 * @see Griewank & Walther (2008), ch. 3.2.
 */
export function pullback<
  const W extends Variable | readonly Variable[],
  const O extends PullbackOptions = Plain<PullbackOptions>,
>(
  f: Variable | readonly Variable[],
  wrt: W,
  cotangents: Operand | Absence | readonly (Operand | Absence)[],
  options?: O,
): Mirror<W, MaybeAbsent<O>> {
  const given: PullbackOptions = options ?? {};
  checkChoices('pullback', given, ['considerConstant', 'disconnectedInputs', ...sharedNames]);
  const outputs = variableList('pullback', 'f', f);
  const targets = variableList('pullback', 'wrt', wrt);
  const constants = constantSet('pullback', given.considerConstant);
  const seeds = pairUp('pullback', 'cotangent', outputs, cotangents, Array.isArray(f));
  const results = reverse({ seeds, constants, wrt: targets }, engineCall(sinkOf(given)));
  const surroundings = { outputs, constants, overrides: new Map<Variable, Tangent>() };
  const finished = targets.map((x, i) => finish('pullback', x, results[i]!, given, surroundings));
  return mirrorForm<W, O>(wrt, finished);
}

/**
 * ẏ = J ẋ: tangents pushed forward from `wrt` through `f`; the product with the Jacobian from the right.
 *
 * Tangents add: if `wrt` repeats a variable or its members depend on each other, all of them count. So
 * this is the exact transpose of {@link pullback}.
 *
 * @param f - a variable or an array of them; the result has the form of this argument.
 * @param wrt - a variable or an array of them.
 * @param tangents - one for each of `wrt`, of its shape; numbers and arrays become constants.
 * @returns one variable per entry of `f`, of that entry's shape.
 * @throws ValueError if the counts differ (`GRAD_COUNT`); ShapeError if a tangent cannot have the shape
 *   of its `wrt`; DisconnectedInputError if an output depends on no `wrt` and `disconnectedOutputs` is
 *   `'raise'`; NullTypeGradError if a tangent does not exist.
 * @example pushforward(square(x), x, [1, 0]) // [2 · x₀, 0]
 * @see Griewank & Walther (2008), ch. 3.1.
 */
export function pushforward<
  const F extends Variable | readonly Variable[],
  const O extends PushforwardOptions = Plain<PushforwardOptions>,
>(
  f: F,
  wrt: Variable | readonly Variable[],
  tangents: Operand | Absence | readonly (Operand | Absence)[],
  options?: O,
): Mirror<F, MaybeAbsent<O>> {
  const given: PushforwardOptions = options ?? {};
  checkChoices('pushforward', given, [
    'disconnectedOutputs',
    'considerConstant',
    'useOpPushforward',
    ...sharedNames,
  ]);
  const sources = variableList('pushforward', 'wrt', wrt);
  const paired = pairUp('pushforward', 'tangent', sources, tangents, Array.isArray(wrt));
  const outputs = variableList('pushforward', 'f', f);
  const warn = sinkOf(given);
  const constants = constantSet('pushforward', given.considerConstant);
  const call = engineCall(warn);
  const results =
    given.useOpPushforward === false
      ? forwardThroughPullback(outputs, paired, constants, call)
      : forward({ outputs, tangents: paired, constants }, call);
  const finished = outputs.map((y, j) => finishTangent(y, results[j]!, given, sources, warn));
  return mirrorForm<F, O>(f, finished);
}

/**
 * {@link pushforward} by pulling back twice, always as an array: works for any graph with reverse mode.
 *
 * @throws what {@link pushforward} throws.
 * @example pushforwardThroughPullback([y], [x], [v])
 */
export function pushforwardThroughPullback(
  outputs: readonly Variable[],
  inputs: readonly Variable[],
  tangents: readonly (Operand | Absence)[],
  options: Pick<PushforwardOptions, 'disconnectedOutputs' | 'returnDisconnected'> = {},
): readonly (Variable | Absence | null)[] {
  return pushforward(outputs, inputs, tangents, { ...options, useOpPushforward: false });
}

/** Theano's name of {@link pullback}: the same function. */
export const Lop: typeof pullback = pullback;

/** Theano's name of {@link pushforward}: the same function. */
export const Rop: typeof pushforward = pushforward;

function pairUp(
  caller: string,
  what: string,
  variables: readonly Variable[],
  given: unknown,
  isList: boolean,
): readonly (readonly [Variable, Tangent])[] {
  const list: readonly unknown[] = isList && Array.isArray(given) ? given : [given];
  if (list.length !== variables.length) {
    throw new ValueError(`${caller}: ${list.length} ${what}s for ${variables.length} variables`, {
      code: 'GRAD_COUNT',
      hint: `give one ${what} for each variable`,
      data: { expected: variables.length, got: list.length },
    });
  }
  return variables.map((x, i) => [x, asTangent(caller, what, x, list[i], i)] as const);
}

function asTangent(
  caller: string,
  what: string,
  x: Variable,
  given: unknown,
  position: number,
): Tangent {
  if (isAbsence(given)) return given;
  // Anything that is no operand is refused by asVariable.
  const tangent = asVariable(given as Operand, caller, position);
  if (shapesConflict(tangent.shape, x.shape)) {
    throw new ShapeError(
      `${caller}: ${what} ${position} has shape ${formatShape(tangent.shape)}, its variable ` +
        formatShape(x.shape),
      {
        code: 'GRAD_TANGENT_SHAPE',
        hint: `a ${what} has the shape of its variable`,
        data: { position, expected: x.shape, got: tangent.shape },
      },
    );
  }
  if (!isFloat(tangent.dtype) && isVariable(given)) {
    throw new DTypeError(`${caller}: ${what} ${position} has dtype ${tangent.dtype}`, {
      code: 'GRAD_TANGENT_DTYPE',
      hint: 'tangents and cotangents are floating; cast it to float64',
      data: { position },
    });
  }
  const dtype = isFloat(x.dtype) ? x.dtype : 'float64';
  const isLiteral = !isVariable(given) && tangent.kind === 'constant';
  // A literal takes the dtype of its variable.
  return isLiteral ? constant(tangent.value, { dtype }) : castTo(tangent, dtype);
}

function finishTangent(
  y: Variable,
  yDot: Tangent,
  options: PushforwardOptions,
  wrt: readonly Variable[],
  warn: WarningSink,
): Variable | Absence | null {
  if (isVariable(yDot)) return yDot;
  if (isZero(yDot)) return floatZerosLike(y);
  if (isNull(yDot)) {
    if (options.nullGradients === 'return') return yDot;
    throw nullGradient('pushforward', y, yDot.type.whyNull, yDot.type.reason);
  }
  const policy = options.disconnectedOutputs ?? 'raise';
  if (policy !== 'ignore') {
    const error = disconnectedOutput(y, wrt);
    if (policy === 'raise') throw error;
    warn('GRAD_DISCONNECTED_INPUT', error.message, y);
  }
  if (options.returnDisconnected === 'none') return null;
  if (options.returnDisconnected === 'disconnected' && isDisconnected(yDot)) {
    return yDot.type.variable();
  }
  return floatZerosLike(y);
}
