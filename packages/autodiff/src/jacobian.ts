import { isFloat } from '@cotangent/tensor';
import type { FloatDType } from '@cotangent/tensor';
import {
  castTo,
  concatenate,
  expandDims,
  eye,
  moveAxis,
  onesLike,
  reshape,
  shapeVectorOf,
  size,
} from '@cotangent/ops';
import {
  ArgumentTypeError,
  Input,
  NotImplementedError,
  ValueError,
  isKnownShape,
  isVariable,
  shapeSourceOf,
} from '@cotangent/graph';
import type { Absence, Variable } from '@cotangent/graph';
import { kindOf, checkChoices, mirrorForm, variableList } from './options.ts';
import type { MaybeAbsent, Mirror, Plain } from './options.ts';
import { pullback, pushforward } from './products.ts';
import type { PullbackOptions } from './products.ts';
import { loopedOver } from './looped.ts';
import { asOneNode } from './row-op.ts';
import { batchGraph, vectorize } from './vectorize.ts';

/** How a Jacobian is computed; see {@link jacobian}. */
export type JacobianStrategy = 'auto' | 'loop' | 'vectorize' | 'forward';

/** Options of {@link jacobian}. */
export interface JacobianOptions extends Omit<PullbackOptions, 'nullGradients'> {
  /** Default `'auto'`. */
  readonly strategy?: JacobianStrategy;
}

const jacobianOptions = [
  'considerConstant',
  'disconnectedInputs',
  'returnDisconnected',
  'onWarning',
  'strategy',
] as const;
const strategies: readonly unknown[] = ['auto', 'loop', 'vectorize', 'forward', undefined];

/**
 * The Jacobian of `expression` by each `wrt`: entry [i…, j…] is ∂expression[i…] / ∂wrt[j…].
 *
 * `'vectorize'` pulls all unit cotangents back at once; `'loop'` pulls them back one by one when the graph
 * is run, in the memory of a single row; `'forward'` pushes all unit tangents forward at once. `'auto'`
 * takes `'forward'` when `wrt` has statically fewer elements than `expression`, else `'vectorize'`, and
 * `'loop'` where an op refuses a batch. An expression of one element needs none of these: its Jacobian is
 * its gradient.
 *
 * @param expression - any shape, floating dtype.
 * @param wrt - a variable or an array of them; the result has the form of this argument.
 * @returns for each `wrt` a variable of shape `[...expression.shape, ...wrt.shape]`.
 * @throws ArgumentTypeError if `expression` is not a variable; DisconnectedInputError if it does not
 *   depend on some `wrt` (`disconnectedInputs: 'ignore'` gives zeros); ValueError for an option value
 *   that is not allowed.
 * @example jacobian(square(x), x) // diag(2 · x) for a vector x
 * @see Griewank & Walther (2008), ch. 3.
 */
export function jacobian<
  const W extends Variable | readonly Variable[],
  const O extends JacobianOptions = Plain<JacobianOptions>,
>(expression: Variable, wrt: W, options?: O): Mirror<W, MaybeAbsent<O>> {
  const given: JacobianOptions = options ?? {};
  checkChoices('jacobian', given, jacobianOptions);
  checkStrategy(given.strategy);
  if (!isVariable(expression)) {
    throw new ArgumentTypeError(`jacobian: the expression is ${kindOf(expression)}`, {
      code: 'GRAD_NOT_A_VARIABLE',
      hint: 'pass a variable of the graph',
    });
  }
  const { strategy = 'auto', ...rest } = given;
  const blocks = variableList('jacobian', 'wrt', wrt).map((w) =>
    useForward(strategy, expression, w)
      ? forwardBlock(expression, w, rest)
      : reverseBlock(expression, w, strategy, rest),
  );
  return mirrorForm<W, O>(wrt, blocks);
}

function checkStrategy(strategy: unknown): void {
  if (strategies.includes(strategy)) return;
  throw new ValueError(`jacobian: strategy is ${JSON.stringify(strategy) ?? String(strategy)}`, {
    code: 'GRAD_INVALID_OPTION',
    hint: "allowed are 'auto', 'loop', 'vectorize', 'forward'",
    data: { option: 'strategy', value: strategy },
  });
}

function useForward(strategy: JacobianStrategy, expression: Variable, w: Variable): boolean {
  if (strategy !== 'auto') return strategy === 'forward';
  if (!isKnownShape(expression.shape) || !isKnownShape(w.shape) || !isFloat(w.dtype)) return false;
  return countOf(w.shape) < countOf(expression.shape);
}

type RestOptions = Omit<JacobianOptions, 'strategy'>;

/** Rows of the Jacobian: the pullback of each unit cotangent. */
function reverseBlock(
  expression: Variable,
  w: Variable,
  strategy: JacobianStrategy,
  options: RestOptions,
): Variable | Absence | null {
  const isSingle = isKnownShape(expression.shape) && countOf(expression.shape) === 1;
  const row = isSingle ? castTo(onesLike(expression), floatOf(expression)) : dualOf(expression);
  const [g] = pullback([expression], [w], [row], options);
  if (!isVariable(g)) return g ?? null;
  if (row.kind !== 'input') return reshape(g, blockShape(expression, w));
  const rows = rowsOf(g, row, unitsLike(expression, row), strategy);
  return expression.rank === 1 ? rows : reshape(rows, blockShape(expression, w));
}

/** `g` for each unit in place of `row`, along a new leading axis. */
function rowsOf(g: Variable, row: Input, units: Variable, strategy: JacobianStrategy): Variable {
  if (strategy === 'loop') return eachRow(g, row, units);
  try {
    return vectorize([g], new Map([[row, units]]))[0]!;
  } catch (error) {
    // A batching rule may refuse; one row after the other always works.
    if (strategy === 'auto' && error instanceof NotImplementedError) return eachRow(g, row, units);
    throw error;
  }
}

/** The graph of one row as one op, run for one unit after the other: no row's intermediates are kept. */
function eachRow(g: Variable, row: Input, units: Variable): Variable {
  const body = asOneNode(g, row, 'row');
  if (body === undefined) return vectorize([g], new Map([[row, units]]))[0]!; // repeats it
  const entries = body.inputs.map((value, i) => ({
    value: i === 0 ? units : value,
    isBatched: i === 0,
  }));
  return loopedOver(body, entries, batchGraph)[0]!.value;
}

/** Columns of the Jacobian: the pushforward of one unit tangent, for all of them at once. */
function forwardBlock(
  expression: Variable,
  w: Variable,
  options: RestOptions,
): Variable | Absence | null {
  const column = dualOf(w);
  const { disconnectedInputs = 'raise', ...rest } = options;
  const [g] = pushforward([expression], [w], [column], {
    ...rest,
    disconnectedOutputs: disconnectedInputs,
  });
  if (!isVariable(g)) return g ?? null;
  const units = unitsLike(w, column);
  const columns = moveAxis(vectorize([g], new Map([[column, units]]))[0]!, 0, -1);
  return w.rank === 1 ? columns : reshape(columns, blockShape(expression, w));
}

/** A fresh input for a cotangent or tangent of `x`. */
function dualOf(x: Variable): Input {
  return new Input({ kind: 'tensor', dtype: floatOf(x), shape: x.shape });
}

function floatOf(x: Variable): FloatDType {
  return isFloat(x.dtype) ? x.dtype : 'float64';
}

/** Every unit tensor shaped like `x`, along a new leading axis: [size(x), ...x.shape]. */
function unitsLike(x: Variable, dual: Variable): Variable {
  const source = shapeSourceOf(x); // so that the shape is known without computing x
  const count = isKnownShape(x.shape) ? countOf(x.shape) : size(source);
  const units = eye(count, count, { dtype: dual.dtype });
  if (x.rank === 1) return units;
  return isKnownShape(x.shape)
    ? reshape(units, [countOf(x.shape), ...x.shape])
    : reshape(units, concatenate([expandDims(size(source), 0), shapeVectorOf(source)]));
}

function blockShape(expression: Variable, w: Variable): Variable | readonly number[] {
  if (isKnownShape(expression.shape) && isKnownShape(w.shape)) {
    return [...expression.shape, ...w.shape];
  }
  return concatenate([shapeVectorOf(shapeSourceOf(expression)), shapeVectorOf(shapeSourceOf(w))]);
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
