import { describe, expect, it } from '@jest/globals';
import { GradientError, add, disconnectedGrad, matmul, square } from 'cotangent';
import { checkGradient } from './check.ts';
import { logisticRegression, twoLayerNetwork } from './models.ts';
import { Random } from './random.ts';

describe('checkGradient', () => {
  it('passes both models and counts their parameters', () => {
    expect(checkGradient(logisticRegression(6), new Random(1))).toBe(6 * 10 + 10);
    expect(checkGradient(twoLayerNetwork(6, 3), new Random(1))).toBe(6 * 3 + 3 + 3 * 10 + 10);
  });

  it('refuses a gradient with a part missing', () => {
    const linear = logisticRegression(3);
    const wrong: typeof linear = {
      ...linear,
      scores: (images, [w, b]) => add(matmul(images, w!), add(b!, disconnectedGrad(square(b!)))),
    };
    expect(() => checkGradient(wrong, new Random(1))).toThrow(GradientError);
  });
});
