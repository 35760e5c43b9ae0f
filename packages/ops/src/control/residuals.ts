import { Input, replace, rootsOf, topologicalNodes } from '@cotangent/graph';
import type { Apply, InnerGraph, Variable } from '@cotangent/graph';
import { splitOutputs, splitStep, strong } from './scan-parts.ts';
import type { ScanAttrs } from './scan-parts.ts';

/** A backward step cut off the forward step that it belongs to. */
export interface Residuals {
  /** The outputs of the backward step, with inputs in place of what the forward step has to keep. */
  readonly outputs: readonly Variable[];
  /** Variables of the forward step that it keeps, and the inputs that stand for them. */
  readonly residuals: readonly Variable[];
  readonly inside: readonly Input[];
}

// Computed again in the backward step where their inputs are kept anyway: no slower than reading them.
const cheapOps: ReadonlySet<string> = new Set(
  'add sub mul neg square cast second where eq ne lt le gt ge abs sign maximum minimum relu'.split(
    ' ',
  ),
);
// As large as their input or larger, and free: the input is kept instead.
const viewOps: ReadonlySet<string> = new Set(
  'transpose reshape broadcastTo flip identity gradScale gradClip zeroGrad disconnectedGrad'.split(
    ' ',
  ),
);

/**
 * Which values of the forward step the backward one reads. Whatever does not depend on a cotangent can be
 * computed on the way forward, so the cut goes where the cotangents begin; values that are cheap to
 * compute from others that are kept are not kept. What depends on constants alone is not kept either: it is
 * the same in every step. With `recompute` only states are kept.
 *
 * @param outputs - of the backward step, in terms of the variables of the forward step and `bars`.
 */
export function residualsOf(
  outputs: readonly Variable[],
  bars: ReadonlySet<Variable>,
  step: InnerGraph,
  attrs: ScanAttrs,
): Residuals {
  const nodes = topologicalNodes(outputs);
  const { sequences, states } = splitStep(step.inputs, attrs);
  const backward = dependents(nodes, bars);
  const varying = dependents(nodes, new Set<Variable>([...sequences, ...states]));
  const isKept = (x: Variable): boolean =>
    varying.has(x) && !backward.has(x) && !sequences.some((input) => input === x);
  const frontier = new Set<Variable>();
  const meet = (x: Variable): void => {
    if (isKept(x)) frontier.add(x);
  };
  if (attrs.recompute === true) {
    const roots = new Set<Variable>(rootsOf(outputs));
    for (const s of states) if (roots.has(s)) frontier.add(s);
  } else {
    for (const node of nodes)
      if (node.outputs.some((y) => backward.has(y))) node.inputs.forEach(meet);
    outputs.forEach(meet);
    prune(frontier, nodes, isKept, new Set(splitOutputs(step.outputs, attrs).stacked));
  }
  const residuals = [...frontier];
  const inside = residuals.map((x) => (x.kind === 'input' ? x : new Input(strong(x.type), x.name)));
  const swaps = residuals.map((x, k) => [x, inside[k]!] as const).filter(([x, y]) => x !== y);
  return { outputs: replace(outputs, new Map<Variable, Variable>(swaps)), residuals, inside };
}

/** `roots` and all that depends on them. */
function dependents(nodes: readonly Apply[], roots: ReadonlySet<Variable>): ReadonlySet<Variable> {
  const found = new Set(roots);
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((x) => found.has(x))) outputs.forEach((y) => found.add(y));
  }
  return found;
}

/**
 * Takes out of the frontier what views and cheap ops make of the rest of it and of what is stacked anyway.
 */
function prune(
  frontier: Set<Variable>,
  nodes: readonly Apply[],
  isKept: (x: Variable) => boolean,
  stacked: ReadonlySet<Variable>,
): void {
  for (const { op, inputs, outputs } of nodes.toReversed()) {
    const [y] = outputs;
    if (y === undefined || !frontier.has(y) || !viewOps.has(op.name)) continue;
    frontier.delete(y);
    for (const x of inputs) if (isKept(x)) frontier.add(x);
  }
  const free = new Set<Variable>();
  for (const { op, inputs, outputs } of nodes) {
    const [y] = outputs;
    const isFree =
      cheapOps.has(op.name) &&
      inputs.every((x) => !isKept(x) || free.has(x) || frontier.has(x) || stacked.has(x));
    if (isFree && y !== undefined && !stacked.has(y)) free.add(y);
  }
  const open = [...frontier].filter((x) => free.has(x));
  for (const x of open) frontier.delete(x);
  for (let x = open.pop(); x !== undefined; x = open.pop()) {
    if (x.kind !== 'result') continue;
    for (const source of x.owner.inputs) {
      if (!isKept(source) || frontier.has(source)) continue;
      if (free.has(source)) open.push(source);
      else frontier.add(source);
    }
  }
}
