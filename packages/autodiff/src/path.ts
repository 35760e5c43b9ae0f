import { VariableTable, connectionPatternOf, topologicalNodes } from '@cotangent/graph';
import type { Apply, ConnectionPattern, RuleContext, Variable } from '@cotangent/graph';
import type { EngineCall } from './call.ts';

/** Which variables a graph's derivatives pass through. */
export interface Path {
  /** The nodes above the outputs, each after those it needs. */
  readonly nodes: readonly Apply[];
  /** Whether elements of some `wrt` influence elements of `x`. */
  readonly carries: (x: Variable) => boolean;
  /** The connection pattern of a node, asked of its op at most once. */
  readonly patternOf: (node: Apply) => ConnectionPattern | undefined;
}

/**
 * The part of the graph of `outputs` that depends on `wrt`: one pass, each op asked at most once.
 *
 * @param constants - variables through which nothing passes, unless they are in `wrt` themselves.
 */
export function pathBetween(
  wrt: readonly Variable[],
  outputs: readonly Variable[],
  constants: ReadonlySet<Variable> = new Set<Variable>(),
): Path {
  const nodes = topologicalNodes(outputs, { stop: constants });
  const carrying = new VariableTable<true>(nodes);
  for (const x of wrt) carrying.set(x, true);
  const carries = (x: Variable): boolean => carrying.get(x) === true;
  const patterns = new Map<Apply, ConnectionPattern>();
  // undefined: all-true, the common case, needs no matrix.
  const patternOf = (node: Apply): ConnectionPattern | undefined => {
    if (node.op.connectionPattern === undefined) return undefined;
    let pattern = patterns.get(node);
    if (pattern === undefined) patterns.set(node, (pattern = connectionPatternOf(node)));
    return pattern;
  };
  for (const node of nodes) {
    if (!node.inputs.some(carries)) continue;
    const pattern = patternOf(node);
    for (let j = 0; j < node.outputs.length; j++) {
      const y = node.outputs[j]!;
      if (constants.has(y)) continue;
      const reached =
        pattern === undefined || node.inputs.some((x, i) => carries(x) && pattern[i]![j]!);
      if (reached) carrying.set(y, true);
    }
  }
  return { nodes, carries, patternOf };
}

/** One entry of a pattern; an absent pattern is all-true. */
export function isConnected(pattern: ConnectionPattern | undefined, i: number, j: number): boolean {
  return pattern === undefined || pattern[i]![j]!;
}

/** What the rule of a node may use in a walk along `path`. */
export function contextOf(node: Apply, path: Path, { engine }: EngineCall): RuleContext {
  const { inputs, outputs, attrs } = node;
  return { node, inputs, outputs, attrs, needs: inputs.map(path.carries), engine };
}
