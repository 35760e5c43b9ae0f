import { describe, expect, it } from '@jest/globals';
import { scalar, topologicalNodes, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { add, mul, opFromGraph, sin, sum } from '@cotangent/ops';
import { grad, jacobian, pullback, pushforward, pushforwardThroughPullback } from '../src/index.ts';
import { countNodes, countedSine, noCounts, testOp } from './ops.ts';
import type { Counts } from './ops.ts';

const x = scalar('x');
const ignore = { disconnectedInputs: 'ignore' } as const;

/** Nodes that the derivative of `build(size)` has beyond it. */
function added(
  build: (size: number) => Variable,
  size: number,
  mode: 'reverse' | 'forward',
): number {
  const y = build(size);
  return countNodes([mode === 'reverse' ? grad(y, x) : pushforward(y, x, 1)], [y]);
}

function chain(length: number, op: (y: Variable) => Variable = sin): Variable {
  let y: Variable = x;
  for (let i = 0; i < length; i++) y = op(y);
  return y;
}

function fan(width: number): Variable {
  const y = sin(x);
  return Array.from({ length: width }, (_, i) => mul(y, i)).reduce((total, term) =>
    add(total, term),
  );
}

/** A graph in a graph in a graph …, each with some nodes around the inner one. */
function nest(depth: number, innermost: (y: Variable) => Variable = sin): Variable {
  let build = innermost;
  for (let level = 0; level < depth; level++) {
    const inner = build;
    const input = scalar(`level${level}`);
    const op = opFromGraph([input], [mul(inner(sin(input)), input)], { name: `level${level}` });
    build = (y) => op(y)[0]!;
  }
  return build(x);
}

describe.each(['reverse', 'forward'] as const)('the size of a derivative (%s)', (mode) => {
  it.each([
    ['a chain', chain],
    ['a fan', fan],
    ['nested graphs', (size: number) => nest(size / 100)],
  ] as const)('grows by the same for each step of %s', (_, build) => {
    const [a, b, c] = [1000, 2000, 3000].map((size) => added(build, size, mode)) as [
      number,
      number,
      number,
    ];
    expect(c - b).toBe(b - a);
    expect(b).toBeLessThan(2 * a + 10);
  });

  it('is bounded where each node is used twice by the next', () => {
    expect(added((depth) => chain(depth, (y) => mul(y, sin(y))), 200, mode)).toBeLessThan(200 * 6);
  });
});

describe('rules and patterns', () => {
  function run(
    build: (op: (y: Variable) => Variable) => Variable,
    differentiate: (y: Variable) => unknown,
  ): Counts {
    const counts = noCounts();
    differentiate(build(countedSine(counts)));
    return counts;
  }

  it('are asked once per node of a fan', () => {
    const build = (op: (y: Variable) => Variable): Variable =>
      Array.from({ length: 1000 }, () => op(x)).reduce((total, term) => add(total, term));
    expect(run(build, (y) => grad(y, x))).toEqual({
      pullback: 1000,
      pushforward: 0,
      pattern: 1000,
    });
    expect(run(build, (y) => pushforward(y, x, 1))).toEqual({
      pullback: 0,
      pushforward: 1000,
      pattern: 1000,
    });
  });

  it('are asked once per node for thousands of wrt and outputs', () => {
    const leaves = Array.from({ length: 3000 }, (_, i) => scalar(`x${i}`));
    const build = (op: (y: Variable) => Variable): Variable =>
      leaves.map(op).reduce((total, term) => add(total, term));
    expect(run(build, (y) => grad(y, leaves)).pullback).toBe(3000);
    const ones = leaves.map(() => 1);
    expect(run(build, (y) => pushforward([y, y, y], leaves, [...ones])).pushforward).toBe(3000);
    expect(run(build, (y) => pushforwardThroughPullback([y], leaves, ones)).pullback).toBe(3000);
  });

  it('are asked once per node where patterns are partial', () => {
    const counts = noCounts();
    const width = 20;
    const row = (on: number): boolean[] => Array.from({ length: width }, (_, j) => j === on);
    const lanes = testOp('lanes', {
      outputs: width,
      connectionPattern: (node) => {
        counts.pattern++;
        return node.inputs.map((_, i) => row(i));
      },
      pullback: (yBars) => {
        counts.pullback++;
        return [...(yBars as readonly Variable[])];
      },
    });
    const leaves = Array.from({ length: width }, (_, i) => scalar(`lane${i}`));
    let layer: readonly Variable[] = leaves;
    for (let depth = 0; depth < 100; depth++) layer = lanes(layer);
    const [only, ...others] = grad(layer[3]!, [leaves[3]!, ...leaves.slice(4)], {
      ...ignore,
      returnDisconnected: 'none',
    });
    expect(only).not.toBeNull();
    expect(others.every((other) => other === null)).toBe(true);
    expect(counts).toEqual({ pullback: 100, pushforward: 0, pattern: 100 });
  });

  it('of an op inside nested graphs are asked once', () => {
    const counts = noCounts();
    const y = nest(12, countedSine(counts));
    const before = counts.pattern; // asked while each graph was made into an op
    grad(y, x);
    expect(counts.pullback).toBe(1);
    expect(counts.pattern - before).toBeLessThanOrEqual(1);
  });

  it('of a Jacobian are asked once per node, whatever the number of rows', () => {
    const v = vector('v');
    for (const strategy of ['loop', 'vectorize', 'forward'] as const) {
      const counts = noCounts();
      jacobian(countedSine(counts)(v), v, { strategy });
      expect(counts.pullback + counts.pushforward).toBe(1);
    }
  });
});

describe('depth', () => {
  it('is no limit: 100 000 nodes in both modes, through both forward methods', () => {
    const y = chain(100_000);
    expect(topologicalNodes([grad(y, x)]).length).toBeGreaterThan(200_000);
    expect(topologicalNodes([pushforward(y, x, 1)]).length).toBeGreaterThan(200_000);
    expect(pushforward(y, x, 1, { useOpPushforward: false }).rank).toBe(0);
  });

  it('is no limit for derived rules and for constants on the way', () => {
    const y = chain(20_000, countedSine(noCounts(), 'pullback'));
    expect(pushforward(y, x, 1).rank).toBe(0);
    const z = chain(20_000, countedSine(noCounts(), 'pushforward'));
    expect(grad(z, x).rank).toBe(0);
    let w: Variable = vector('w'); // of unknown size: derived rules are left with shapes to replace
    const root = w;
    const derived = countedSine(noCounts(), 'pullback');
    for (let i = 0; i < 5000; i++) w = derived(w);
    expect(pushforward(w, root, root).rank).toBe(1);
    const middle = chain(10_000);
    expect(pullback(sum(chain(10, sin)), middle, 1, ignore).rank).toBe(0);
  });
});
