import { ancestorsOf, connectionPatternOf, mergeEqual, topologicalNodes } from '@cotangent/graph';
import type { Apply, Tangent, Variable } from '@cotangent/graph';
import { DisconnectedInputError } from './errors.ts';
import type { DisconnectedReason } from './errors.ts';

interface Situation {
  readonly outputs: readonly Variable[];
  readonly constants: ReadonlySet<Variable>;
  readonly overrides: ReadonlyMap<Variable, Tangent>;
}

/** The error for a `wrt` that no cost depends on: why, where the paths end, what to do. */
export function disconnectedInput(
  caller: string,
  x: Variable,
  { outputs, constants, overrides }: Situation,
): DisconnectedInputError {
  const label = x.name ?? x.toString();
  const nodes = topologicalNodes(outputs);
  const isIn = outputs.includes(x) || nodes.some((node) => node.inputs.includes(x));
  if (!isIn) return notInGraph(caller, x, label, outputs);
  const { blocking, reason } = blockage(x, nodes, constants, overrides);
  const where = [...new Set(blocking.map((node) => node.op.name))].join(', ');
  return new DisconnectedInputError(
    `${caller}: ${label} is in the graph, but no element of the result depends on its elements` +
      (where === '' ? '' : `: every path ends at ${where}`),
    {
      code: 'GRAD_DISCONNECTED',
      hint: `${adviceFor[reason]}; disconnectedInputs: 'ignore' gives zeros instead`,
      variable: x,
      reason,
      blockingNodes: blocking,
    },
  );
}

/** The error for an output that no `wrt` reaches, in forward mode. */
export function disconnectedOutput(y: Variable, wrt: readonly Variable[]): DisconnectedInputError {
  const nodes = topologicalNodes([y]);
  const first = wrt.find((x) => nodes.some((node) => node.inputs.includes(x)));
  const { blocking, reason } =
    first === undefined
      ? { blocking: [], reason: 'not-in-graph' as const }
      : blockage(first, nodes, new Set(), new Map());
  return new DisconnectedInputError(
    `pushforward: no element of ${y.toString()} depends on the elements of any wrt`,
    {
      code: 'GRAD_DISCONNECTED',
      hint: `${adviceFor[reason]}; disconnectedOutputs: 'ignore' gives zeros instead`,
      variable: y,
      reason,
      blockingNodes: blocking,
    },
  );
}

const adviceFor: { readonly [R in DisconnectedReason]: string } = {
  'not-in-graph': 'build the result from this very variable',
  'metadata-only': 'only its shape, dtype or an index taken from it is used',
  'blocked-by-constant': 'a variable of considerConstant lies on every path',
  'disconnected-grad': 'disconnectedGrad lies on every path; zeroGrad would give zeros',
  'blocked-by-known-gradient':
    'a variable of knownGrads lies on every path and replaces what arrives',
};

function notInGraph(
  caller: string,
  x: Variable,
  label: string,
  outputs: readonly Variable[],
): DisconnectedInputError {
  const twin = x.kind === 'result' ? equalAmong(x, ancestorsOf(outputs)) : undefined;
  const advice =
    twin === undefined
      ? adviceFor['not-in-graph']
      : `an equal expression is in the graph (${twin.toString()}), but it is another variable: keep ` +
        'the variable that the result was built from and differentiate by that';
  return new DisconnectedInputError(`${caller}: ${label} is not part of the graph`, {
    code: 'GRAD_DISCONNECTED',
    hint: `${advice}; disconnectedInputs: 'ignore' gives zeros instead`,
    data: twin === undefined ? {} : { equalExpression: twin },
    variable: x,
    reason: 'not-in-graph',
    blockingNodes: [],
  });
}

/** The first of `candidates` that computes the same as `x`. */
function equalAmong(x: Variable, candidates: readonly Variable[]): Variable | undefined {
  const [merged, ...others] = mergeEqual([x, ...candidates]);
  return candidates[others.findIndex((y) => y === merged)];
}

/** Where the flow from `x` stops: at entries of a connection pattern, or at cut variables. */
function blockage(
  x: Variable,
  nodes: readonly Apply[],
  constants: ReadonlySet<Variable>,
  overrides: ReadonlyMap<Variable, Tangent>,
): { readonly blocking: readonly Apply[]; readonly reason: DisconnectedReason } {
  const reached = new Set<Variable>([x]);
  const blocking: Apply[] = [];
  let reason: DisconnectedReason = 'metadata-only';
  const isCut = (y: Variable): boolean => constants.has(y) || overrides.has(y);
  for (const node of nodes) {
    if (!node.inputs.some((input) => reached.has(input))) continue;
    const pattern = connectionPatternOf(node);
    const open = node.outputs.filter((_, j) =>
      node.inputs.some((input, i) => reached.has(input) && pattern[i]![j]),
    );
    const cut = open.find(isCut);
    if (cut !== undefined) {
      reason = constants.has(cut) ? 'blocked-by-constant' : 'blocked-by-known-gradient';
    } else if (open.length === 0 && node.op.name === 'disconnectedGrad') {
      reason = 'disconnected-grad';
    }
    if (cut !== undefined || open.length === 0) blocking.push(node);
    open.filter((y) => !isCut(y)).forEach((y) => reached.add(y));
  }
  return { blocking, reason };
}
