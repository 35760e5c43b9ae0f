import { describe, expect, it } from '@jest/globals';
import { add, chain, exp, mul, neg, withShape } from '../test/ops.ts';
import { scalar, vector } from './inputs.ts';
import { constant } from './operand.ts';
import { ancestorsOf, rootsOf, topologicalNodes } from './traversal.ts';
import type { Variable } from './variable.ts';

const names = (outputs: readonly Variable[]): readonly string[] =>
  topologicalNodes(outputs).map((node) => node.op.name);

describe('topologicalNodes', () => {
  it('lists each node once, after those it needs, inputs from the left', () => {
    const x = scalar('x');
    const shared = exp(x);
    expect(names([add(neg(shared), mul(shared, 2))])).toEqual(['exp', 'neg', 'mul', 'add']);
  });

  it('visits a node early if something further left needs it', () => {
    const late = exp(scalar('x'));
    expect(names([add(neg(late), late), late])).toEqual(['exp', 'neg', 'add']);
    expect(names([mul(late, neg(late))])).toEqual(['exp', 'neg', 'mul']);
  });

  it('is deterministic and follows the order of the outputs', () => {
    const x = scalar('x');
    const [a, b] = [exp(x), neg(x)];
    expect(names([a, b])).toEqual(['exp', 'neg']);
    expect(names([b, a, b])).toEqual(['neg', 'exp']);
  });

  it('lists a node with several outputs once', () => {
    const [a, b] = withShape(vector('x'));
    expect(names([b, a])).toEqual(['withShape']);
  });

  it('stops at given variables, even if they are outputs', () => {
    const y = exp(scalar('x'));
    const z = neg(y);
    expect(topologicalNodes([z], { stop: new Set([y]) }).map((node) => node.op.name)).toEqual([
      'neg',
    ]);
    expect(topologicalNodes([z], { stop: new Set([z]) })).toEqual([]);
  });

  it('walks a chain of 100 000 nodes', () => {
    expect(topologicalNodes([chain(scalar('x'), 100_000)])).toHaveLength(100_000);
  });

  it('takes linear time where the number of paths is exponential', () => {
    const doubled = chain(scalar('x'), 2_000, (y) => add(y, y));
    expect(topologicalNodes([doubled])).toHaveLength(2_000);
  });
});

describe('rootsOf', () => {
  it('lists inputs and constants as they are met', () => {
    const x = scalar('x');
    const y = scalar('y');
    const c = constant(1);
    expect(rootsOf([mul(y, add(x, c)), y])).toEqual([x, c, y]);
  });

  it('lists an output that is itself a root', () => {
    const x = scalar('x');
    expect(rootsOf([x, x])).toEqual([x]);
  });
});

describe('ancestorsOf', () => {
  it('lists every variable after those it needs, other outputs of a node included', () => {
    const x = vector('x');
    const [a, b] = withShape(x);
    const y = exp(a);
    expect(ancestorsOf([y])).toEqual([x, a, b, y]);
  });
});
