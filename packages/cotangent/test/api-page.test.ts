import { describe, expect, it } from '@jest/globals';
import {
  compile,
  grad,
  gradcheck,
  jit,
  matmul,
  matrix,
  mean,
  mul,
  softplus,
  sqrt,
  square,
  sum,
  tanh,
  tensorFrom,
  valueAndGrad,
  vector,
  verifyGrad,
} from 'cotangent';
import type { Variable } from 'cotangent';

describe('the API page', () => {
  const x = matrix('x');
  const y = vector('y');
  const w = vector('w');
  const cost = mean(softplus(mul(-1, mul(y, matmul(x, w)))));
  const xData = [
    [1, 2],
    [-1, 0.5],
    [0, -1],
  ];

  it('fits a logistic regression', () => {
    const f = compile([x, y, w], [cost, grad(cost, w)]);
    const [c, g] = f(xData, [1, -1, 1], [0, 0]);
    expect(c.item()).toBeCloseTo(Math.LN2, 15);
    const [first, second] = g.toArray() as number[];
    expect(first).toBeCloseTo(-(1 + 1 + 0) / 6, 15);
    expect(second).toBeCloseTo(-(2 - 0.5 - 1) / 6, 15);
  });

  it('verifies a gradient', () => {
    const at = tensorFrom([
      [2, 3, 4],
      [-1, 3.3, 9.9],
    ]);
    expect(() => verifyGrad(tanh, [at])).not.toThrow();
  });

  it('checks a gradient with an error bound', () => {
    expect(gradcheck(tanh, [tensorFrom([0.5, -1.5])]).verdict).toBe('pass');
  });

  it('differentiates a plain function', () => {
    const h = valueAndGrad((v: Variable) => mean(square(v)));
    const { value, grad: gradient } = h([1, 2, 3]);
    expect(value).toBeCloseTo(14 / 3, 15);
    expect(gradient.toArray()).toEqual([2 / 3, 4 / 3, 2]);
  });

  it('compiles a plain function', () => {
    const norm = jit((v: Variable) => sqrt(sum(square(v))));
    expect(norm([3, 4]).item()).toBe(5);
  });
});
