import { describe, expect, it } from '@jest/globals';
import {
  compile,
  grad,
  gradScale,
  hessian,
  hessianVectorProduct,
  jacobian,
  Lop,
  matmul,
  matrix,
  Rop,
  scalar,
  sigmoid,
  sin,
  square,
  sum,
  vector,
} from 'cotangent';

describe('the documented examples', () => {
  it('S20 differentiates x² and the logistic function', () => {
    const x = scalar('x');
    const dx = compile([x], grad(square(x), x));
    expect(dx(4).item()).toBe(8);
    expect(dx(94.2).item()).toBeCloseTo(188.4, 12);
    const m = matrix('m');
    const gradient = compile(
      [m],
      grad(sum(sigmoid(m)), m),
    )([
      [0, 1],
      [-1, -2],
    ]).toArray() as number[][];
    expect(gradient[0]![0]).toBe(0.25);
    expect(gradient[0]![1]).toBeCloseTo(0.19661193, 8);
    expect(gradient[1]![0]).toBeCloseTo(0.19661193, 8);
    expect(gradient[1]![1]).toBeCloseTo(0.10499359, 8);
  });

  it('S20 builds Jacobian, Hessian and both forms of the Hessian times a vector', () => {
    const v = vector('v');
    const at = [4, 4];
    expect(compile([v], jacobian(square(v), v))(at).toArray()).toEqual([
      [8, 0],
      [0, 8],
    ]);
    const cost = sum(square(v));
    expect(compile([v], hessian(cost, v))(at).toArray()).toEqual([
      [2, 0],
      [0, 2],
    ]);
    for (const mode of ['reverse-over-reverse', 'forward-over-reverse'] as const) {
      const product = hessianVectorProduct(cost, v, [2, 2], { mode });
      expect(compile([v], product, { onUnusedInput: 'ignore' })(at).toArray()).toEqual([4, 4]);
    }
  });

  it('S21 multiplies with the Jacobian from both sides', () => {
    const x = vector('x');
    const W = matrix('W');
    const y = matmul(x, W);
    const ones = [
      [1, 1],
      [1, 1],
    ];
    const V = [
      [2, 2],
      [2, 2],
    ];
    const options = { onUnusedInput: 'ignore' } as const;
    expect(compile([x, W], Rop(y, W, V), options)([0, 1], ones).toArray()).toEqual([2, 2]);
    expect(compile([x, W], Lop(y, W, [2, 2]), options)([0, 1], ones).toArray()).toEqual([
      [0, 0],
      [2, 2],
    ]);
  });

  it('S22 reverses a gradient with gradScale', () => {
    const x = scalar('x');
    expect(compile([x], grad(sin(x), x))(2).item()).toBeCloseTo(-0.4161468365471424, 15);
    const reversed = grad(gradScale(sin(x), -1), x);
    expect(compile([x], reversed)(2).item()).toBeCloseTo(0.4161468365471424, 15);
  });
});
