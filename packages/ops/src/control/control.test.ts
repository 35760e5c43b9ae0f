import { describe, expect, it } from '@jest/globals';
import { constant, matrix, scalar, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { add, div, mul, neg } from '../elementwise/arithmetic.ts';
import { sum } from '../reduce/sum.ts';
import { checkpoint, customGrad } from './custom-grad.ts';
import { opFromGraph } from './op-from-graph.ts';

describe('opFromGraph', () => {
  const x = vector('x');
  const normalize = opFromGraph([x], [div(x, sum(x)), sum(x)], { name: 'normalize' });

  it('computes every output of the inner graph', () => {
    const [p, total] = normalize([1, 3]);
    expect(evaluate(p!).toArray()).toEqual([0.25, 0.75]);
    expect(evaluate(total!).item()).toBe(4);
  });

  it('infers types from the operands of the call', () => {
    expect(normalize(vector('v', { shape: [5] }))[0]!.shape).toEqual([5]);
  });

  it('is one node, with the connection pattern of its graph', () => {
    const [a, b] = [scalar('a'), scalar('b')];
    const [u] = opFromGraph([a, b], [mul(2, a), neg(b)])(1, 2);
    if (u?.kind !== 'result') throw new Error('not a result');
    expect(u.owner.op.connectionPattern).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('refuses what is no input, a free input and a wrong number of operands', () => {
    const free = scalar('free');
    const notAnInput = constant(1) as unknown as typeof free;
    expect(() => opFromGraph([notAnInput], [x])).toThrow(
      expect.objectContaining({ code: 'OP_GRAPH_INPUT' }),
    );
    expect(() => opFromGraph([x], [mul(x, free)])).toThrow(
      expect.objectContaining({ code: 'OP_GRAPH_FREE_INPUT' }),
    );
    expect(() => normalize([1], [2])).toThrow(
      expect.objectContaining({ code: 'GRAPH_INPUT_COUNT' }),
    );
  });
});

describe('checkpoint', () => {
  it('computes what the function computes, with what it takes from outside', () => {
    const w = mul(2, constant([1, 2]));
    const block = checkpoint((v) => add(mul(v!, w), 1));
    expect(evaluate(block([10, 10])).toArray()).toEqual([21, 41]);
  });

  it('takes values from outside through inputs of its own', () => {
    const w = vector('w');
    const y = checkpoint((v) => mul(v!, w))([1, 2]);
    expect(evaluate(y, new Map([[w, tensorFrom([3, 4])]])).toArray()).toEqual([3, 8]);
    if (y.kind !== 'result') throw new Error('not a result');
    expect(y.owner.inputs[1]).toBe(w);
  });
});

describe('customGrad', () => {
  it('marks what it takes from outside as disconnected', () => {
    const w = matrix('w');
    const y = customGrad((v) => mul(v!, w), { pullback: ([yBar]) => [yBar!] })([1, 2]);
    if (y.kind !== 'result') throw new Error('not a result');
    expect(y.owner.op.connectionPattern).toEqual([[true], [false]]);
  });

  it('refuses a function that returns something else', () => {
    const wrong = (() => 3) as unknown as () => Variable;
    expect(() => customGrad(wrong, { pullback: () => [] })(1)).toThrow(
      expect.objectContaining({ code: 'GRAPH_NOT_A_VARIABLE' }),
    );
  });
});
