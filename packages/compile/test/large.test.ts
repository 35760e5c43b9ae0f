import { describe, expect, it } from '@jest/globals';
import { add, mul, neg, zeroGrad } from '@cotangent/ops';
import { scalar, topologicalNodes } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { compile } from '@cotangent/compile';

const x = scalar('x');

/** x + x + … in `length` steps. */
function chain(length: number, wrap: (y: Variable) => Variable = (y) => y): Variable {
  let y: Variable = x;
  for (let i = 0; i < length; i++) y = wrap(add(y, x));
  return y;
}

describe('compile on large graphs', () => {
  it('evaluates a chain of 300 000 nodes, rewritten or not', () => {
    const y = chain(300_000);
    expect(compile([x], y)(1).item()).toBe(300_001);
    expect(compile([x], y, { rewrites: 'none' })(2).item()).toBe(600_002);
  }, 120_000);

  it('removes 100 000 views', () => {
    const f = compile([x], chain(100_000, zeroGrad));
    expect(f.program.nodes.length).toBe(100_000);
    expect(f(1).item()).toBe(100_001);
  }, 120_000);

  it('merges two chains of 50 000 nodes', () => {
    const f = compile([x], mul(chain(50_000), neg(chain(50_000))));
    expect(f.program.nodes.length).toBe(50_002);
    expect(f(1).item()).toBe(-(50_001 ** 2));
  }, 120_000);

  it('debugs a chain of 20 000 nodes', () => {
    const f = compile([x], chain(20_000), { mode: 'debug' });
    expect(f(1).item()).toBe(20_001);
  }, 120_000);

  it('explains a chain of 20 000 nodes by its first ones', () => {
    const f = compile([x], chain(20_000));
    expect(f.explain().split('\n').length).toBeLessThan(5000);
    expect(topologicalNodes(f.outputs)).toHaveLength(20_000);
  }, 120_000);

  it('computes a doubling tower in as many steps as it has nodes', () => {
    let y: Variable = x;
    for (let i = 0; i < 1000; i++) y = add(y, y);
    expect(compile([x], y)(1).item()).toBe(2 ** 1000);
  });
});
