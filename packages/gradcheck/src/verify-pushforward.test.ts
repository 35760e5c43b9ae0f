import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import { floor, gradScale, matmul, mul, sin, sum } from '@cotangent/ops';
import { GradientError } from './gradient-error.ts';
import { verifyPushforward } from './verify-pushforward.ts';

describe('verifyPushforward', () => {
  it('passes right tangents along random and given directions', () => {
    const passes = [
      (): void => verifyPushforward(sin, [[0.5, 1]]),
      (): void =>
        verifyPushforward(
          (x, y) => [mul(x, y), sum(x)],
          [
            [1, 2],
            [3, 4],
          ],
        ),
      (): void =>
        verifyPushforward((x, y) => matmul(x, y), [[[1, 2]], [[3], [4]]], [[[1, 0]], [[0], [1]]]),
      (): void => verifyPushforward(sin, [tensorFrom([0.5, 1], { dtype: 'float32' })]),
      (): void => verifyPushforward(floor, [[0.5]], undefined, { differences: 'central' }),
    ];
    for (const pass of passes) expect(pass).not.toThrow();
  });

  it('raises a GradientError naming the output', () => {
    expect(() => verifyPushforward((x) => [sin(x), gradScale(x, 3)], [[1, 2]])).toThrow(
      GradientError,
    );
    expect(() => verifyPushforward((x) => [sin(x), gradScale(x, 3)], [[1, 2]], [[0, 1]])).toThrow(
      expect.objectContaining({
        quantity: 'pushforward',
        arg: 1,
        errPos: 1,
        val1: 3,
        mismatches: [expect.objectContaining({ argName: 'output 1', index: [1] })],
      }),
    );
  });

  it('refuses tangents that do not fit the point', () => {
    expect(() => verifyPushforward(sin, [[1, 2]], [])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_COUNT' }),
    );
    expect(() => verifyPushforward(sin, [[1, 2]], [[1]])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_TANGENT_SHAPE' }),
    );
  });

  it('has no options that mean nothing to it', () => {
    const order: object = { order: 2 };
    expect(() => verifyPushforward(sin, [[1]], undefined, order)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_UNKNOWN_OPTION' }),
    );
  });
});
