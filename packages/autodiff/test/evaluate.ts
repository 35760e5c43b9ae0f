import { ValueError, topologicalNodes } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor, TensorLike } from '@cotangent/tensor';

/** The value of one variable, node by node with each op's own `eval`: no compiler involved. */
export function evaluate(
  output: Variable,
  givens: readonly (readonly [Variable, TensorLike])[] = [],
): Tensor {
  const values = new Map<Variable, Tensor>(
    givens.map(([x, value]) => [x, tensorFrom(value, { dtype: x.dtype })] as const),
  );
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

/** The value as nested arrays. */
export function nested(
  output: Variable,
  givens: readonly (readonly [Variable, TensorLike])[] = [],
): unknown {
  return evaluate(output, givens).toArray();
}
