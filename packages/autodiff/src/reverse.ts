import { isFloat } from '@cotangent/tensor';
import { floatZerosLike } from '@cotangent/ops';
import {
  disconnected,
  isAbsence,
  isDisconnected,
  isNull,
  isVariable,
  isZero,
  zero,
} from '@cotangent/graph';
import type { Apply, Tangent, Variable } from '@cotangent/graph';
import { TangentMap, castLike, projectTerm } from './accumulate.ts';
import type { EngineCall } from './call.ts';
import { checkCount, checkEntry, checkShape, settleTerm } from './check-terms.ts';
import type { InputStanding } from './check-terms.ts';
import { transposedPushforward } from './derived.ts';
import { contextOf, isConnected, pathBetween } from './path.ts';
import type { Path } from './path.ts';
import { repeatedOnce, scalarBehind, tidierFor } from './scalars.ts';

/** What reverse mode is asked. */
export interface ReverseRequest {
  /** Cotangents that are given; those of one variable add, also to what flows into it. */
  readonly seeds: readonly (readonly [Variable, Tangent])[];
  /** Variables whose cotangent is known in total: it replaces whatever flows in. */
  readonly overrides?: ReadonlyMap<Variable, Tangent>;
  /** Variables through which nothing is propagated. */
  readonly constants?: ReadonlySet<Variable>;
  readonly wrt: readonly Variable[];
  /** Told of each cotangent that the walk built for a variable, once complete. */
  readonly onCotangent?: (x: Variable, xBar: Variable, path: Path) => void;
}

/**
 * x̄ = Jᵀ ȳ for each `wrt`: one walk over the nodes between `wrt` and the seeds, from the outputs back,
 * each rule asked at most once.
 *
 * @see Griewank & Walther (2008), Evaluating Derivatives, ch. 3.
 */
export function reverse(request: ReverseRequest, call: EngineCall): readonly Tangent[] {
  const overrides = request.overrides ?? new Map<Variable, Tangent>();
  const constants = request.constants ?? new Set<Variable>();
  const outputs = [...request.seeds.map(([y]) => y), ...overrides.keys()];
  const path = pathBetween(request.wrt, outputs, constants);
  const bars = new TangentMap(path.nodes);
  for (const [y, yBar] of request.seeds) {
    bars.add(y, isVariable(yBar) ? castLike(y, yBar) : yBar);
  }
  const complete = (x: Variable): Tangent => overrides.get(x) ?? bars.get(x);
  const announce = (x: Variable): Tangent => {
    const xBar = complete(x);
    if (isVariable(xBar)) request.onCotangent?.(x, xBar, path);
    return xBar;
  };
  for (let k = path.nodes.length - 1; k >= 0; k--) {
    const node = path.nodes[k]!;
    if (!node.inputs.some(path.carries)) continue;
    const yBars = node.outputs.map((y) => (constants.has(y) ? disconnected : announce(y)));
    if (yBars.every(isDisconnected)) continue;
    const terms = termsOf(node, yBars, path, call);
    node.inputs.forEach((x, i) => {
      if (path.carries(x)) bars.add(x, terms[i]!);
    });
  }
  return request.wrt.map(announce);
}

/** The terms of all inputs of a node, checked, in the inputs' shapes and dtypes. */
function termsOf(
  node: Apply,
  yBars: readonly Tangent[],
  path: Path,
  call: EngineCall,
): readonly Tangent[] {
  const standings = standingsOf(node, yBars, path);
  // A linear map sends 0 to 0, and nothing passes a step function: the rule need not be asked.
  const vanishes = node.outputs.every(
    (y, j) => isZero(yBars[j]) || isDisconnected(yBars[j]) || isStep(y, yBars[j]!),
  );
  if (vanishes || standings.every(({ connected, null: why }) => !connected || why !== undefined)) {
    return standings.map((s) => (s.connected ? (s.null ?? zero) : disconnected));
  }
  const handed = node.outputs.map((y, j) => cotangentFor(node, y, yBars[j]!));
  const isNarrow = node.op.elementwise !== undefined && handed[0] !== yBars[0];
  const tidy = tidierFor(node, handed);
  const returned = checkCount(node, 'pullback', askPullback(node, handed, path, call));
  return returned.map((entry, i) => {
    const checked = checkEntry(node, 'pullback', entry, i);
    const term = settleTerm(node, i, checked, standings[i]!, call);
    if (isAbsence(term)) return term;
    const x = node.inputs[i]!;
    const projected = projectTerm(node, i, tidy(term), isNarrow);
    checkShape(node, 'pullback', projected, x, i);
    return repeatedOnce(projected, x);
  });
}

/** A cotangent as the rule of a node takes it: in the dtype of its output; never null. */
function cotangentFor(node: Apply, y: Variable, yBar: Tangent): Tangent {
  if (isVariable(yBar)) {
    const scalar = node.op.elementwise === undefined ? undefined : scalarBehind(yBar);
    return castLike(y, scalar ?? yBar);
  }
  if (node.op.handlesAbsent !== true) return floatZerosLike(y);
  return isZero(yBar) ? zero : disconnected;
}

function isStep(y: Variable, yBar: Tangent): boolean {
  return !isFloat(y.dtype) && !isNull(yBar);
}

const plainlyConnected: InputStanding = {
  connected: true,
  isolated: false,
  onlyDiscrete: false,
  null: undefined,
};

function standingsOf(node: Apply, yBars: readonly Tangent[], path: Path): readonly InputStanding[] {
  // The common case needs no look at the pattern: every input reaches the one output.
  const isPlain =
    yBars.length === 1 &&
    isVariable(yBars[0]) &&
    isFloat(node.outputs[0]!.dtype) &&
    path.patternOf(node) === undefined;
  return node.inputs.map((_, i) => (isPlain ? plainlyConnected : standingOf(node, i, yBars, path)));
}

function standingOf(node: Apply, i: number, yBars: readonly Tangent[], path: Path): InputStanding {
  const pattern = path.patternOf(node);
  const marked = node.outputs.map((_, j) => j).filter((j) => isConnected(pattern, i, j));
  const live = marked.filter((j) => !isDisconnected(yBars[j]));
  const nulls = live.map((j) => yBars[j]!).filter(isNull);
  return {
    connected: live.length > 0,
    isolated: marked.length === 0,
    onlyDiscrete: live.every((j) => !isFloat(node.outputs[j]!.dtype)),
    null: nulls.at(-1),
  };
}

function askPullback(
  node: Apply,
  handed: readonly Tangent[],
  path: Path,
  call: EngineCall,
): readonly Tangent[] {
  const context = contextOf(node, path, call);
  // An op that handles absences has declared that its rule takes them.
  return node.op.pullback === undefined
    ? transposedPushforward(handed, context, call)
    : node.op.pullback(handed as readonly Variable[], context);
}
