import { Input, replace, topologicalNodes } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { opFromGraph } from '@cotangent/ops';

/**
 * What of `y` depends on `parameter`, as one node: its first input is `parameter`, the others are the
 * variables at which that part begins. Evaluating it keeps nothing of the inside. `undefined` if no part
 * of `y` depends on `parameter`.
 */
export function asOneNode(y: Variable, parameter: Input, name: string): Apply | undefined {
  const depends = new Set<Variable>([parameter]);
  const outside = new Set<Variable>();
  for (const node of topologicalNodes([y], { stop: depends })) {
    if (!node.inputs.some((x) => depends.has(x))) continue;
    node.outputs.forEach((output) => depends.add(output));
    for (const x of node.inputs) if (!depends.has(x) && x.kind !== 'constant') outside.add(x);
  }
  if (!depends.has(y)) return undefined;
  const inner = new Map(
    [parameter, ...outside].map((x) => [x, new Input(x.type, x.name)] as const),
  );
  const [body] = replace([y], inner);
  const [result] = opFromGraph([...inner.values()], [body!], { name })(...inner.keys());
  return result?.kind === 'result' ? result.owner : undefined;
}
