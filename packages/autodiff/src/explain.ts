import { formatType } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { disconnectedInput } from './diagnose.ts';
import { constantSet, variableList } from './options.ts';
import { isConnected, pathBetween } from './path.ts';
import type { Path } from './path.ts';

/** Options of {@link explain}. */
export interface ExplainOptions {
  /** As in {@link grad}: variables through which nothing passes. */
  readonly considerConstant?: Iterable<Variable>;
  /** The most lines to print of one path; the middle of a longer one is left out. Default 40. */
  readonly maxLines?: number;
}

/**
 * How `wrt` reaches `cost`, as a small tree from the cost down: the shortest path along which elements
 * influence elements; or, if there is none, where the paths end and why.
 *
 * @param cost - a variable of any shape.
 * @param wrt - a variable or an array of them; one paragraph each.
 * @throws ArgumentTypeError if an argument is not a variable.
 * @example
 * explain(cost, w);
 * // w reaches cost in 3 steps:
 * // sum: float64[]
 * // └─ mul, input 1: float64[?]
 * //    └─ w: float64[?]
 */
export function explain(
  cost: Variable,
  wrt: Variable | readonly Variable[],
  options: ExplainOptions = {},
): string {
  const [target] = variableList('explain', 'cost', [cost]);
  const constants = constantSet('explain', options.considerConstant);
  return variableList('explain', 'wrt', wrt)
    .map((x) => explainOne(target!, x, constants, options.maxLines ?? 40))
    .join('\n\n');
}

function explainOne(
  cost: Variable,
  x: Variable,
  constants: ReadonlySet<Variable>,
  maxLines: number,
): string {
  const path = pathBetween([x], [cost], constants);
  if (path.carries(cost)) return explainPath(cost, x, path, maxLines);
  const overrides = new Map<Variable, Variable>();
  const error = disconnectedInput('explain', x, { outputs: [cost], constants, overrides });
  const ends = error.blockingNodes.map((node) => `└─ ${blockageOf(node)}`);
  return [`${label(x)} does not reach ${label(cost)} (${error.reason})`, ...ends].join('\n');
}

function blockageOf(node: Apply): string {
  const site = node.site === undefined ? '' : `, built at ${node.site.toString()}`;
  return `the path ends at ${node.op.name}: ${node.outputs.map((y) => formatType(y.type)).join(', ')}${site}`;
}

interface Step {
  readonly node: Apply;
  readonly input: number;
  readonly output: number;
}

function explainPath(cost: Variable, x: Variable, path: Path, maxLines: number): string {
  const steps = shortestPath(cost, x, path);
  const lines = steps.map(({ node, input, output }, depth) => {
    const which = node.inputs.length > 1 ? `, input ${input}` : '';
    return `${indent(depth)}${node.op.name}${which}: ${formatType(node.outputs[output]!.type)}`;
  });
  const count = `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`;
  const last = `${indent(Math.min(steps.length, maxLines))}${label(x)}: ${formatType(x.type)}`;
  return [`${label(x)} reaches ${label(cost)} in ${count}:`, ...elided(lines, maxLines), last].join(
    '\n',
  );
}

function indent(depth: number): string {
  return depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `;
}

function elided(lines: readonly string[], maxLines: number): readonly string[] {
  if (lines.length <= maxLines) return lines;
  const left = lines.length - maxLines + 1;
  return [...lines.slice(0, maxLines - 1), `${indent(maxLines - 1)}… ${left} more steps`];
}

/** From the cost down to `x`, by the fewest nodes; ties go to the first input. */
function shortestPath(cost: Variable, x: Variable, path: Path): readonly Step[] {
  const distance = new Map<Variable, number>([[x, 0]]);
  const best = new Map<Variable, Step>();
  for (const node of path.nodes) {
    const pattern = path.patternOf(node);
    node.outputs.forEach((y, output) => {
      if (!path.carries(y) || y === x) return;
      node.inputs.forEach((from, input) => {
        const steps = distance.get(from);
        if (steps === undefined || !isConnected(pattern, input, output)) return;
        if (steps + 1 >= (distance.get(y) ?? Infinity)) return;
        distance.set(y, steps + 1);
        best.set(y, { node, input, output });
      });
    });
  }
  const steps: Step[] = [];
  for (let step = best.get(cost); step !== undefined;) {
    steps.push(step);
    step = best.get(step.node.inputs[step.input]!);
  }
  return steps;
}

function label(x: Variable): string {
  return x.name ?? (x.kind === 'result' ? x.owner.op.name : x.toString());
}
