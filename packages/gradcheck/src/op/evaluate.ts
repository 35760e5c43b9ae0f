import { ValueError } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { topologicalNodes } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';

/**
 * The values of `outputs` for values of `inputs`, by one `eval` after another: the rules themselves are
 * under test here, so nothing may rewrite them.
 */
export function evaluator(
  inputs: readonly Variable[],
  outputs: readonly Variable[],
): (values: readonly Tensor[]) => readonly Tensor[] {
  const given = new Set(inputs);
  const nodes = topologicalNodes(outputs, { stop: given }).map((node) => ({
    node,
    types: node.outputs.map((y) => y.type),
  }));
  return (values) => {
    const known = new Map<Variable, Tensor>();
    inputs.forEach((x, i) => known.set(x, values[i]!));
    const valueOf = (x: Variable): Tensor => known.get(x) ?? constantValue(x);
    for (const { node, types } of nodes) {
      const results = node.op.eval(node.inputs.map(valueOf), node.attrs, types);
      node.outputs.forEach((y, i) => known.set(y, results[i]!));
    }
    return outputs.map(valueOf);
  };
}

function constantValue(x: Variable): Tensor {
  if (x.kind === 'constant') return x.value;
  throw new ValueError(`checkOp: a rule depends on ${x.toString()}, which nobody gave a value`, {
    code: 'GRADCHECK_STRAY_INPUT',
    hint: 'a rule may use its inputs, its outputs, and what it is handed, but no other input',
    data: { variable: x.toString() },
  });
}
