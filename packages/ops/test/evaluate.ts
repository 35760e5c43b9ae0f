import { ValueError, topologicalNodes } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import type { Tensor } from '@cotangent/tensor';

/** The value of one variable, node by node with each op's own `eval`: no compiler involved. */
export function evaluate(
  output: Variable,
  givens: ReadonlyMap<Input, Tensor> = new Map<Input, Tensor>(),
): Tensor {
  const values = new Map<Variable, Tensor>(givens);
  const valueOf = (x: Variable): Tensor => {
    const value = x.kind === 'constant' ? x.value : values.get(x);
    if (value === undefined) {
      throw new ValueError(`evaluate: no value for ${x.toString()}`, { code: 'TEST_NO_VALUE' });
    }
    return value;
  };
  for (const { op, inputs, outputs, attrs } of topologicalNodes([output])) {
    const types = outputs.map((y) => y.type);
    op.eval(inputs.map(valueOf), attrs, types).forEach((value, i) =>
      values.set(outputs[i]!, value),
    );
  }
  return valueOf(output);
}
