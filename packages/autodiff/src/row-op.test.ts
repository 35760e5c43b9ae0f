import { describe, expect, it } from '@jest/globals';
import { Input, printExpression, topologicalNodes, vector } from '@cotangent/graph';
import { add, exp, mul, sin } from '@cotangent/ops';
import { nested } from '../test/evaluate.ts';
import { asOneNode } from './row-op.ts';

const parameter = new Input({ kind: 'tensor', dtype: 'float64', shape: [null] }, 'row');
const [x, y] = [vector('x'), vector('y')];

describe('asOneNode', () => {
  it('has the parameter first, then where the dependent part begins', () => {
    const aside = exp(y);
    const node = asOneNode(add(mul(sin(parameter), aside), mul(parameter, x)), parameter, 'row')!;
    expect(node.inputs).toEqual([parameter, aside, x]);
    expect(printExpression(node.outputs[0]!, { types: false })).toMatchInlineSnapshot(`
      "(y, row, x) =>
        %0 = exp(y)
        %1 = row(row, %0, x)
        return %1"
    `);
  });

  it('computes the same', () => {
    const z = add(mul(sin(parameter), exp(y)), parameter);
    const at = [
      [parameter, [1, 2]],
      [y, [3, 4]],
    ] as const;
    const [result] = asOneNode(z, parameter, 'row')!.outputs;
    expect(nested(result!, at)).toEqual(nested(z, at));
  });

  it('is a node for the parameter itself, and none where it does not occur', () => {
    expect(topologicalNodes(asOneNode(parameter, parameter, 'row')!.outputs)).toHaveLength(1);
    expect(asOneNode(exp(x), parameter, 'row')).toBeUndefined();
  });
});
