import { defaultPasses, nodePass, repeated, runPasses } from '@cotangent/compile';
import type { Program } from '@cotangent/compile';
import { Input, isKnownShape, replace, tensorType, topologicalNodes } from '@cotangent/graph';
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
  const wanted = program.outputs.map((slot) => program.variables[slot]!);
  return specialiseGraph(program.inputs, wanted, shapes);
}

/** The same of a graph that is not laid out. */
export function specialiseGraph(
  given: readonly Input[],
  wanted: readonly Variable[],
  shapes: readonly (readonly number[])[],
): Specialised | undefined {
  const inputs = given.map((x, i) => new Input(tensorType(x.dtype, shapes[i]!), x.name));
  const known = new Map<Variable, Variable>(given.map((x, i) => [x, inputs[i]!] as const));
  const passes = [
    ...defaultPasses(),
    repeated('decompose', [nodePass('in-loops', decompositions)]),
    ...defaultPasses(),
  ];
  const { outputs } = runPasses(replace(wanted, known), passes);
  const nodes = topologicalNodes(outputs);
  const isKnown = nodes.every((node) => node.outputs.every((y) => isKnownShape(y.shape)));
  return isKnown ? { inputs, nodes, outputs } : undefined;
}
