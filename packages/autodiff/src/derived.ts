import { castTo } from '@cotangent/ops';
import { isFloat } from '@cotangent/tensor';
import {
  Input,
  NotImplementedError,
  disconnected,
  ioConnectionPattern,
  isNull,
  isVariable,
  isZero,
  replace,
  rootsOf,
  zero,
} from '@cotangent/graph';
import type { Apply, RuleContext, Tangent, Variable } from '@cotangent/graph';
import { projectTerm, sumTangents } from './accumulate.ts';
import type { EngineCall } from './call.ts';
import { checkCount, checkEntry } from './check-terms.ts';

/**
 * ẏ = J ẋ for an op that gives only a pullback: x̄ = Jᵀ ȳ is linear in ȳ, and the pullback of a linear
 * map is its transpose, so pulling ẋ back through x̄ by ȳ gives J ẋ.
 */
export function doublePullback(
  xDots: readonly Tangent[],
  context: RuleContext,
  call: EngineCall,
): readonly Tangent[] {
  const { node } = context;
  if (node.op.pullback === undefined) throw noRule(node);
  const yBars = node.outputs.map(dummyLike);
  const xBars = checkCount(node, 'pullback', node.op.pullback(yBars, context)).map((entry, i) => {
    const xBar = checkEntry(node, 'pullback', entry, i);
    return isVariable(xBar) ? projectTerm(node, i, xBar) : xBar;
  });
  const held = new Set<Variable>([...node.inputs, ...node.outputs]);
  const yDots = transposed(xBars, xDots, yBars, call, held);
  return withoutDummies(node.op.name, yDots, yBars, node.outputs, heldWith(held, xDots));
}

/**
 * x̄ = Jᵀ ȳ for an op that gives only a pushforward: ẏ = J ẋ is linear in ẋ, and its pullback by ẋ is
 * the transpose.
 */
export function transposedPushforward(
  yBars: readonly Tangent[],
  context: RuleContext,
  call: EngineCall,
): readonly Tangent[] {
  const { node } = context;
  const rule = node.op.pushforward;
  if (rule === undefined) throw noRule(node);
  const xDots = node.inputs.map(dummyLike);
  const returned =
    typeof rule === 'function'
      ? rule(xDots, context)
      : [xDots.map((xDot, i) => rule[i]!(xDot, context)).reduce(sumTangents)];
  const yDots = checkCount(node, 'pushforward', returned).map((entry, j) =>
    checkEntry(node, 'pushforward', entry, j),
  );
  const held = new Set<Variable>([...node.inputs, ...node.outputs]);
  const xBars = transposed(yDots, yBars, xDots, call, held);
  return withoutDummies(node.op.name, xBars, xDots, node.inputs, heldWith(held, yBars));
}

/**
 * Given `images`, linear in `dummies`: the transpose of that map applied to `weights`.
 *
 * @param held - variables taken as constant: the walk does not go behind them.
 */
export function transposed(
  images: readonly Tangent[],
  weights: readonly Tangent[],
  dummies: readonly Input[],
  call: EngineCall,
  held: ReadonlySet<Variable> = new Set<Variable>(),
): readonly Tangent[] {
  const live = images.map((_, i) => i).filter((i) => isVariable(weights[i]));
  const why = live.map((i) => images[i]!).find(isNull);
  if (why !== undefined) return dummies.map(() => why);
  const seeds = live.flatMap((i) => {
    const image = images[i]!;
    return isVariable(image) ? [[image, weights[i]!] as const] : [];
  });
  const results = call.reverse({ seeds, wrt: dummies, constants: held });
  // Connected all the same: an image that is zero by name carries a zero, not nothing.
  const isZeroMap = live.some((i) => isZero(images[i]));
  return results.map((result) => (isZeroMap ? sumTangents(result, zero) : result));
}

/** What was there before a rule was asked: no dummy lies behind it. */
function heldWith(held: ReadonlySet<Variable>, given: readonly Tangent[]): ReadonlySet<Variable> {
  return new Set([...held, ...given.filter(isVariable)]);
}

/** A fresh variable that a cotangent or tangent of `x` can stand for. */
export function dummyLike(x: Variable): Input {
  return new Input({ ...x.type, dtype: isFloat(x.dtype) ? x.dtype : 'float64' }, 'dummy');
}

/**
 * A dummy left in a linear map's transpose is used for its shape only: that of what it stood for.
 *
 * @param held - variables that no dummy can lie behind: the walk ends there.
 */
export function withoutDummies(
  label: string,
  results: readonly Tangent[],
  dummies: readonly Input[],
  originals: readonly Variable[],
  held: ReadonlySet<Variable>,
): readonly Tangent[] {
  const found = results.filter(isVariable);
  const roots = new Set<Variable>(rootsOf(found, { stop: held }));
  const left = dummies.map((_, k) => k).filter((k) => roots.has(dummies[k]!));
  const stood = new Map(left.map((k) => [dummies[k]!, originals[k]!] as const));
  const present = replaceDummies(label, found, stood, held).values();
  return results.map((result) => {
    if (isVariable(result)) return present.next().value ?? result;
    return isZero(result) || isNull(result) ? result : disconnected;
  });
}

function replaceDummies(
  label: string,
  results: readonly Variable[],
  stood: ReadonlyMap<Input, Variable>,
  held: ReadonlySet<Variable>,
): readonly Variable[] {
  if (stood.size === 0) return results;
  const pattern = ioConnectionPattern([...stood.keys(), ...held], results);
  if (pattern.slice(0, stood.size).some((row) => row.includes(true))) {
    throw new NotImplementedError(`${label}: its rule is not linear, so it has no transpose`, {
      code: 'OP_RULE_NOT_LINEAR',
      hint: 'give the op both a pullback and a pushforward',
      data: { op: label },
    });
  }
  const replacements = new Map<Variable, Variable>([...held].map((x) => [x, x]));
  for (const [dummy, original] of stood) replacements.set(dummy, castTo(original, dummy.dtype));
  return replace(results, replacements);
}

function noRule(node: Apply): NotImplementedError {
  return new NotImplementedError(`${node.op.name}: the op has no gradient rule`, {
    code: 'OP_NO_RULE',
    hint: 'give it a pullback, a pushforward, or both; or wrap its input in disconnectedGrad',
    data: { op: node.op.name },
  });
}
