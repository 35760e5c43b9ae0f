import { describe, expect, it } from '@jest/globals';
import { add, disconnectedGrad, exp, log } from '@cotangent/ops';
import type { Variable } from '@cotangent/graph';
import { GradientError } from './gradient-error.ts';
import { verifyGrad } from './verify-grad.ts';

describe('verifyGrad with compat', () => {
  const point = [[1, 2, 3]];

  it('passes and fails as without it', () => {
    verifyGrad(exp, point, { compat: 'theano', rng: 1 });
    verifyGrad(exp, point, { compat: 'pytensor' });
    const wrong = (x: Variable): Variable => add(exp(disconnectedGrad(x)), x);
    expect(() => verifyGrad(wrong, point, { compat: 'pytensor' })).toThrow(GradientError);
  });

  it.each<[string, () => unknown, string]>([
    [
      'no generator, for Theano',
      () => verifyGrad(exp, point, { compat: 'theano' }),
      'GRADCHECK_NO_RNG',
    ],
    [
      'several outputs',
      () => verifyGrad((x) => [x, exp(x)], point, { compat: 'pytensor' }),
      'GRADCHECK_SEVERAL_OUTPUTS',
    ],
    [
      'an argument without elements',
      () => verifyGrad(exp, [new Float64Array(0)], { compat: 'pytensor' }),
      'GRADCHECK_EMPTY_POINT',
    ],
    [
      'an error that is not finite',
      () => verifyGrad(log, [[0]], { compat: 'pytensor' }),
      'GRADCHECK_NOT_FINITE',
    ],
    [
      'the modern engine',
      () => verifyGrad(exp, point, { compat: 'pytensor', engine: 'modern' }),
      'GRADCHECK_INVALID_OPTION',
    ],
  ])('raises for %s', (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });

  it('verifies nothing with nTests 0, and passes', () => {
    const wrong = (x: Variable): Variable => exp(disconnectedGrad(x));
    expect(() => verifyGrad(wrong, point, { compat: 'theano', rng: 1, nTests: 0 })).not.toThrow();
  });
});
