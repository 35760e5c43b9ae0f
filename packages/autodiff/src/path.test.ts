import { describe, expect, it } from '@jest/globals';
import { scalar, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { add, disconnectedGrad, exp, mul, shapeAt, sin } from '@cotangent/ops';
import { noCounts, testOp } from '../test/ops.ts';
import { isConnected, pathBetween } from './path.ts';

const [x, y] = [scalar('x'), scalar('y')];

describe('pathBetween', () => {
  it('carries what depends on wrt, wrt itself included', () => {
    const [a, b] = [sin(x), exp(y)];
    const z = mul(a, b);
    const path = pathBetween([x], [z]);
    expect([x, a, z].map(path.carries)).toEqual([true, true, true]);
    expect([y, b].map(path.carries)).toEqual([false, false]);
  });

  it('lists the nodes above the outputs, each after those it needs', () => {
    const z = add(sin(x), exp(sin(x)));
    const seen = new Set<Variable>([x]);
    for (const node of pathBetween([x], [z]).nodes) {
      expect(node.inputs.every((input) => seen.has(input))).toBe(true);
      node.outputs.forEach((output) => seen.add(output));
    }
    expect(seen.has(z)).toBe(true);
  });

  it('ends at entries that a connection pattern clears', () => {
    const v = vector('v');
    const n = shapeAt(v, 0);
    expect(pathBetween([v], [n]).carries(n)).toBe(false);
    const cut = disconnectedGrad(x);
    expect(pathBetween([x], [cut]).carries(cut)).toBe(false);
  });

  it('tells the outputs of one node apart', () => {
    const split = testOp('split', {
      outputs: 2,
      connectionPattern: [
        [true, false],
        [false, true],
      ],
    });
    const [p, q] = split([x, y]) as [Variable, Variable];
    const path = pathBetween([x], [add(p, q)]);
    expect([path.carries(p), path.carries(q)]).toEqual([true, false]);
  });

  it('ends at constants, which carry only themselves if they are in wrt', () => {
    const a = sin(x);
    const z = exp(a);
    expect(pathBetween([x], [z], new Set([a])).carries(z)).toBe(false);
    expect(pathBetween([a], [z], new Set([a])).carries(z)).toBe(true);
  });

  it('asks an op for its pattern at most once, and only on the path', () => {
    const counts = noCounts();
    const pattern = () => {
      counts.pattern++;
      return [[true]];
    };
    const op = testOp('asked', { connectionPattern: pattern });
    const [on, off] = [op([x])[0]!, op([y])[0]!];
    const path = pathBetween([x], [mul(on, off)]);
    for (const node of path.nodes) if (path.carries(node.outputs[0]!)) path.patternOf(node);
    expect(counts.pattern).toBe(1);
  });
});

describe('isConnected', () => {
  it('is true without a pattern', () => {
    expect(isConnected(undefined, 3, 5)).toBe(true);
    expect(isConnected([[true, false]], 0, 1)).toBe(false);
  });
});
