import { describe, expect, it } from '@jest/globals';
import { matrix, scalar, vector, withConstructionSites } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { add, disconnectedGrad, exp, matmul, mul, shapeAt, sin, sum } from '@cotangent/ops';
import { caught } from '../test/caught.ts';
import { explain } from './index.ts';

const [x, w, A] = [vector('x'), vector('w'), matrix('A')];

describe('explain', () => {
  it('prints the shortest path from the cost down', () => {
    expect(explain(sum(mul(x, add(w, matmul(A, sin(w))))), w)).toMatchInlineSnapshot(`
      "w reaches sum in 3 steps:
      sum: float64[]
      └─ mul, input 1: float64[?]
         └─ add, input 0: float64[?]
            └─ w: float64[?]"
    `);
  });

  it('prints a paragraph for each wrt', () => {
    expect(explain(sum(mul(x, w)), [x, w])).toMatchInlineSnapshot(`
      "x reaches sum in 2 steps:
      sum: float64[]
      └─ mul, input 0: float64[?]
         └─ x: float64[?]

      w reaches sum in 2 steps:
      sum: float64[]
      └─ mul, input 1: float64[?]
         └─ w: float64[?]"
    `);
  });

  it('says so where the cost is the wrt itself', () => {
    expect(explain(x, x)).toMatchInlineSnapshot(`
      "x reaches x in 0 steps:
      x: float64[?]"
    `);
  });

  it('says where a path ends and why', () => {
    const n = shapeAt(x, 0);
    expect(explain(mul(sum(w), n), x)).toMatchInlineSnapshot(`
      "x does not reach mul (metadata-only)
      └─ the path ends at shapeAt: int32[]"
    `);
    expect(explain(sum(exp(disconnectedGrad(w))), w)).toMatchInlineSnapshot(`
      "w does not reach sum (disconnected-grad)
      └─ the path ends at disconnectedGrad: float64[?]"
    `);
    const middle = sin(w);
    expect(explain(sum(middle), w, { considerConstant: [middle] })).toMatchInlineSnapshot(`
      "w does not reach sum (blocked-by-constant)
      └─ the path ends at sin: float64[?]"
    `);
    expect(explain(sum(x), w)).toMatchInlineSnapshot(`"w does not reach sum (not-in-graph)"`);
  });

  it('names the line of a blocking node where lines are recorded', () => {
    const cost = withConstructionSites(() => sum(disconnectedGrad(w)));
    expect(explain(cost, w)).toMatch(
      /disconnectedGrad: float64\[\?\], built at .*explain\.test\.ts/,
    );
  });

  it('leaves out the middle of a long path', () => {
    let y: Variable = scalar('s');
    const s = y;
    for (let i = 0; i < 1000; i++) y = sin(y);
    expect(explain(y, s, { maxLines: 4 })).toMatchInlineSnapshot(`
      "s reaches sin in 1000 steps:
      sin: float64[]
      └─ sin: float64[]
         └─ sin: float64[]
            └─ … 997 more steps
               └─ s: float64[]"
    `);
  });

  it('refuses what is no variable', () => {
    expect(caught(() => explain(3 as never, x))).toMatchObject({
      code: 'GRAD_NOT_A_VARIABLE',
    });
    expect(caught(() => explain(x, 'x' as never))).toMatchObject({
      code: 'GRAD_NOT_A_VARIABLE',
    });
  });
});
