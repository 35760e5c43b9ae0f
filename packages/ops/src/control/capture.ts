import {
  ArgumentTypeError,
  Input,
  isVariable,
  replace,
  tensorType,
  topologicalNodes,
} from '@cotangent/graph';
import type { Apply, InnerGraph, Variable } from '@cotangent/graph';
import type { DType } from '@cotangent/tensor';

/** Variables on inputs of their own, and what of the graph around them they use. */
export interface Captured {
  /** The variables with `inside` in place of `outside`. */
  readonly outputs: readonly Variable[];
  readonly inside: readonly Input[];
  readonly outside: readonly Variable[];
}

/**
 * Cuts `outputs` off the graph around them: each variable at which they stop depending on `inner`, constants
 * apart, is replaced by a fresh input. An output that does not depend on `inner` at all becomes one itself.
 */
export function captured(outputs: readonly Variable[], inner: readonly Input[]): Captured {
  return cutAt(outputs, outsideOf(outputs, inner));
}

/**
 * Cuts `outputs` off the graph around them, so that only the nodes of `own` are inside: each variable at which
 * those end, constants apart, is replaced by a fresh input.
 */
export function enclosed(outputs: readonly Variable[], own: ReadonlySet<Apply>): Captured {
  const outside = new Set<Variable>();
  const isInside = (x: Variable): boolean => x.kind === 'result' && own.has(x.owner);
  const meet = (x: Variable): void => {
    if (x.kind !== 'constant' && !isInside(x)) outside.add(x);
  };
  outputs.forEach(meet);
  const open = outputs.filter(isInside);
  const seen = new Set<Apply>();
  for (let x = open.pop(); x !== undefined; x = open.pop()) {
    if (x.kind !== 'result' || seen.has(x.owner)) continue;
    seen.add(x.owner);
    x.owner.inputs.forEach(meet);
    open.push(...x.owner.inputs.filter(isInside));
  }
  return cutAt(outputs, [...outside]);
}

function cutAt(outputs: readonly Variable[], outside: readonly Variable[]): Captured {
  const inside = outside.map((x) => new Input(x.type, x.name)); // a size stays weak
  const swaps = new Map<Variable, Variable>(outside.map((x, i) => [x, inside[i]!] as const));
  return { outputs: replace(outputs, swaps), inside, outside };
}

/** A fresh input of the dtype, shape and name of `x`. */
export function inputLike(x: Variable): Input {
  return new Input(tensorType(x.dtype, x.shape), x.name);
}

/** The variables where the graph of `outputs` stops depending on `inner`, constants left out. */
function outsideOf(outputs: readonly Variable[], inner: readonly Input[]): readonly Variable[] {
  const depends = new Set<Variable>(inner);
  const outside = new Set<Variable>();
  const meet = (x: Variable): void => {
    if (!depends.has(x) && x.kind !== 'constant') outside.add(x);
  };
  for (const node of topologicalNodes(outputs, { stop: depends })) {
    if (!node.inputs.some((x) => depends.has(x))) continue;
    node.outputs.forEach((output) => depends.add(output));
    node.inputs.forEach(meet);
  }
  outputs.forEach(meet);
  return [...outside];
}

/**
 * What a function that builds a graph returned, as an array.
 *
 * @throws ArgumentTypeError `GRAPH_NOT_A_VARIABLE` if it is neither a variable nor an array of variables.
 */
export function returnedVariables(
  returned: unknown,
  op: string,
  what: string,
): readonly Variable[] {
  const list: readonly unknown[] = Array.isArray(returned) ? returned : [returned];
  return list.map((y, position) => {
    if (isVariable(y)) return y;
    throw new ArgumentTypeError(`${op}: ${what} returned no variable at position ${position}`, {
      code: 'GRAPH_NOT_A_VARIABLE',
      hint: 'return a variable, or an array of variables, built from the arguments',
      data: { op, position },
    });
  });
}

/** The graph for values of these dtypes. */
export function withDTypes(
  graph: InnerGraph,
  xs: readonly { readonly dtype: DType }[],
): InnerGraph {
  if (graph.inputs.every(({ dtype }, i) => dtype === xs[i]!.dtype)) return graph;
  return graph.on(graph.inputs.map(({ type }, i) => ({ ...type, dtype: xs[i]!.dtype })));
}
