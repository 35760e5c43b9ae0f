import { describe, expect, it } from '@jest/globals';
import { createLearner, type Learner } from './learner.ts';
import { pixelCount, type ImageSet } from './mnist.ts';
import { logisticRegression } from './models.ts';
import { Random } from './random.ts';
import { noProgress, type Progress } from './report/progress.ts';
import { evaluate, recentCost, train, TrainingError, type TrainingPlan } from './train.ts';

/** Images of digit d with ink in row d only: a linear model can tell them apart. */
function stripes(count: number): ImageSet {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const pixels = new Uint8Array(count * pixelCount);
  labels.forEach((label, i) => {
    const start = i * pixelCount + label * 28;
    pixels.fill(255, start, start + 28);
  });
  return { count, labels, pixels };
}

const learnerOf = (learningRate = 0.05): Learner =>
  createLearner(logisticRegression(pixelCount), {
    dtype: 'float32',
    learningRate,
    random: new Random(1),
  });

const planOf = (changes: Partial<TrainingPlan> = {}): TrainingPlan => ({
  epochs: 2,
  batch: 20,
  random: new Random(1),
  signal: new AbortController().signal,
  progress: noProgress,
  ...changes,
});

describe('train', () => {
  it('learns what can be learned', async () => {
    const learner = learnerOf();
    const { costs, images, interrupted } = await train(learner, stripes(100), planOf());
    expect([costs.length, images, interrupted]).toEqual([10, 200, false]);
    expect(costs[0]).toBeCloseTo(Math.log(10), 5);
    expect(costs[9]).toBeLessThan(0.5);
    expect(evaluate(learner, stripes(30)).accuracy).toBe(1);
  });

  it('repeats itself for a seed', async () => {
    const run = async (): Promise<readonly number[]> =>
      (await train(learnerOf(), stripes(100), planOf())).costs;
    expect(await run()).toEqual(await run());
  });

  it('stops after the present step when interrupted', async () => {
    const interrupt = new AbortController();
    const progress: Progress = {
      ...noProgress,
      update: ({ images }) => {
        if (images === 60) interrupt.abort();
      },
    };
    const plan = planOf({ signal: interrupt.signal, progress });
    const { costs, images, interrupted } = await train(learnerOf(), stripes(100), plan);
    expect([costs.length, images, interrupted]).toEqual([3, 60, true]);
  });

  it('says so when the cost is no longer finite', async () => {
    const broken: Learner = { ...learnerOf(), step: () => Number.NaN };
    const training = train(broken, stripes(100), planOf());
    await expect(training).rejects.toBeInstanceOf(TrainingError);
    await expect(training).rejects.toMatchObject({ code: 'TRAINING_DIVERGED', data: { step: 0 } });
  });
});

describe('recentCost', () => {
  it('averages the last 20 costs', () => {
    expect(recentCost([100, ...Array.from({ length: 20 }, () => 3)])).toBe(3);
    expect(recentCost([1, 2])).toBe(1.5);
    expect(recentCost([])).toBeNaN();
  });
});
