import { describe, expect, it } from '@jest/globals';
import { createLearner } from './learner.ts';
import { firstImages, imageEdge, loadMnist } from './mnist.ts';
import { convolutionalNetwork } from './models.ts';
import { Random } from './random.ts';
import { noProgress } from './report/progress.ts';
import { evaluate, train } from './train.ts';

describe('convolutionalNetwork', () => {
  it('learns to read digits', async () => {
    const digits = await loadMnist();
    const learner = createLearner(convolutionalNetwork(imageEdge, 6, 5), {
      dtype: 'float32',
      learningRate: 0.01,
      random: new Random(1),
    });
    const { costs } = await train(learner, firstImages(digits.train, 1600), {
      epochs: 2,
      batch: 32,
      random: new Random(2),
      signal: new AbortController().signal,
      progress: noProgress,
    });
    expect(costs[0]).toBeGreaterThan(2);
    expect(evaluate(learner, firstImages(digits.test, 500)).accuracy).toBeGreaterThan(0.85);
  });
});
