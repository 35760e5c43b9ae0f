import { defaultPasses, nodePass, repeated, runPasses, simplifyPass } from '@cotangent/compile';
import type { Pass, Program } from '@cotangent/compile';
import {
  Input,
  innerGraphsOf,
  isKnownShape,
  replace,
  tensorType,
  topologicalNodes,
} from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { decompositions } from './decompose.ts';

/** A program for one combination of input shapes: every shape in it is known. */
export interface Specialised {
  readonly inputs: readonly Input[];
  readonly nodes: readonly Apply[];
  readonly outputs: readonly Variable[];
}

/**
 * The graph of a program on inputs of known shapes: what follows from shapes becomes constant.
 *
 * @returns `undefined` if some shape depends on values all the same, as that of a slice with a bound from
 *   the graph does.
 */
export function specialise(
  program: Program,
  shapes: readonly (readonly number[])[],
): Specialised | undefined {
  const { inputs: given, results: wanted } = program;
  if (given.every((x) => isKnownShape(x.shape))) return inLoops(given, wanted);
  const { inputs, outputs } = withShapes(given, wanted, shapes);
  // Only what follows from the shapes can be new; inside of ops nobody has looked yet.
  const simpler = runPasses(outputs, [simplifyPass()]);
  const isNew = simpler.log.total > 0 || topologicalNodes(outputs).some(hasInner);
  return inLoops(inputs, isNew ? rewritten(simpler.outputs) : simpler.outputs);
}

/** The same of a graph that is not compiled yet. */
export function specialiseGraph(
  given: readonly Input[],
  wanted: readonly Variable[],
  shapes: readonly (readonly number[])[],
): Specialised | undefined {
  const { inputs, outputs } = withShapes(given, wanted, shapes);
  return inLoops(inputs, rewritten(outputs));
}

function hasInner({ attrs }: Apply): boolean {
  return innerGraphsOf(attrs).length > 0;
}

function withShapes(
  given: readonly Input[],
  wanted: readonly Variable[],
  shapes: readonly (readonly number[])[],
): { readonly inputs: readonly Input[]; readonly outputs: readonly Variable[] } {
  const inputs = given.map((x, i) => new Input(tensorType(x.dtype, shapes[i]!), x.name));
  const known = new Map<Variable, Variable>(given.map((x, i) => [x, inputs[i]!] as const));
  return { inputs, outputs: replace(wanted, known) };
}

function rewritten(outputs: readonly Variable[]): readonly Variable[] {
  return runPasses(outputs, defaultPasses()).outputs;
}

const decompose: Pass = /* @__PURE__ */ repeated('decompose', [
  /* @__PURE__ */ nodePass('in-loops', decompositions),
]);

function inLoops(inputs: readonly Input[], wanted: readonly Variable[]): Specialised | undefined {
  const given = topologicalNodes(wanted);
  const outputs = decomposed(wanted, given);
  const nodes = outputs === wanted ? given : topologicalNodes(outputs);
  const isKnown = nodes.every((node) => node.outputs.every((y) => isKnownShape(y.shape)));
  return isKnown ? { inputs, nodes, outputs } : undefined;
}

/** Most graphs have no op to take apart: looking is cheaper than trying. */
function decomposed(outputs: readonly Variable[], nodes: readonly Apply[]): readonly Variable[] {
  const ops = new Set(decompositions.flatMap((rewrite) => rewrite.ops ?? []));
  if (!nodes.some((node) => ops.has(node.op))) return outputs;
  const { outputs: apart, log } = runPasses(outputs, [decompose]);
  return log.total > 0 ? rewritten(apart) : apart;
}
