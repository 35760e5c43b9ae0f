import { describe, expect, it } from '@jest/globals';
import { matrix, vector } from '@cotangent/graph';
import { matmul, mul, square, sum, tanh } from '@cotangent/ops';
import { nested } from '../test/evaluate.ts';
import { hessian, hessianVectorProduct, jacobian } from './index.ts';

describe('jacobian', () => {
  it.each(['vectorize', 'forward'] as const)('of a vector is a matrix (%s)', (strategy) => {
    const x = vector('x');
    const J = jacobian(square(x), x, { strategy });
    expect(nested(J, [[x, [4, 4]]])).toEqual([[8, 0], [0, 8]]);
  });

  it('of a matrix-vector product is the matrix', () => {
    const [A, x] = [matrix('A'), vector('x')];
    const J = jacobian(matmul(A, x), x);
    expect(nested(J, [[A, [[1, 2, 3], [4, 5, 6]]], [x, [1, 1, 1]]])).toEqual([[1, 2, 3], [4, 5, 6]]);
  });
});

describe('hessian', () => {
  it('of a sum of squares is twice the identity', () => {
    const x = vector('x');
    expect(nested(hessian(sum(square(x)), x), [[x, [4, 4]]])).toEqual([[2, 0], [0, 2]]);
  });
});

describe('hessianVectorProduct', () => {
  it.each(['reverse-over-reverse', 'forward-over-reverse'] as const)('multiplies (%s)', (mode) => {
    const x = vector('x');
    const Hp = hessianVectorProduct(sum(mul(x, square(x))), x, [1, 0], { mode });
    expect(nested(Hp, [[x, [4, 4]]])).toEqual([24, 0]);
  });
});
