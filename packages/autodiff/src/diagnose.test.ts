import { describe, expect, it } from '@jest/globals';
import { ValueError, constant, scalar, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { add, disconnectedGrad, exp, mul, shapeAt, sin, slice, sum } from '@cotangent/ops';
import { caught } from '../test/caught.ts';
import { DisconnectedInputError, grad, pushforward } from './index.ts';
import type { GradOptions } from './index.ts';

const [x, y] = [vector('x'), vector('y')];

function diagnosed(
  cost: Variable,
  wrt: Variable,
  options: GradOptions = {},
): DisconnectedInputError {
  const error = caught(() => grad(cost, wrt, options));
  if (error instanceof DisconnectedInputError) return error;
  throw error;
}

describe('the error for a disconnected wrt', () => {
  it('is a ValueError that names the variable', () => {
    const error = diagnosed(sum(x), y);
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({
      name: 'DisconnectedInputError',
      code: 'GRAD_DISCONNECTED',
      variable: y,
      reason: 'not-in-graph',
      blockingNodes: [],
    });
    expect(error.message).toContain('y is not part of the graph');
  });

  it('points at an equal expression in the graph', () => {
    const used = slice(x, '0');
    const error = diagnosed(sin(used), slice(x, '0'));
    expect(error.data).toMatchObject({ equalExpression: used });
    expect(error.hint).toContain('an equal expression is in the graph');
    expect(diagnosed(sin(used), slice(x, '1')).data).toEqual({});
  });

  it('tells that only the shape is used, and where', () => {
    const n = shapeAt(x, 0);
    const error = diagnosed(mul(sum(y), n), x);
    expect(error.reason).toBe('metadata-only');
    expect(error.blockingNodes.map((node) => node.outputs[0])).toEqual([n]);
  });

  it('tells that a constant lies on every path', () => {
    const middle = exp(x);
    const error = diagnosed(sum(middle), x, { considerConstant: [middle] });
    expect(error.reason).toBe('blocked-by-constant');
    expect(error.blockingNodes.map((node) => node.op.name)).toEqual(['exp']);
  });

  it('tells that a known gradient lies on every path', () => {
    const middle = sum(x);
    const knownGrads = new Map([[middle, constant(1)]]);
    // Something flows from middle to x, so that x is not disconnected; what is above it is.
    expect(() => grad(null, x, { knownGrads })).not.toThrow();
    const above = scalar('above');
    const result = exp(mul(disconnectedGrad(above), 2));
    const error = diagnosed(exp(result), above, { knownGrads: new Map([[result, constant(1)]]) });
    expect(error.reason).toBe('disconnected-grad');
  });

  it('tells that disconnectedGrad lies on every path', () => {
    const error = diagnosed(sum(add(disconnectedGrad(x), exp(disconnectedGrad(x)))), x);
    expect(error.reason).toBe('disconnected-grad');
    expect(error.blockingNodes).toHaveLength(2);
    expect(error.hint).toContain('zeroGrad');
  });
});

describe('the error for a disconnected output', () => {
  it('names the output, the reason and the blocking nodes', () => {
    const n = mul(shapeAt(x, 0), 2);
    const error = caught(() => pushforward(n, x, x));
    expect(error).toMatchObject({ variable: n, reason: 'metadata-only' });
    expect(caught(() => pushforward(sin(y), x, x))).toMatchObject({ reason: 'not-in-graph' });
  });
});
