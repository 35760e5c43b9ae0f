import { setImmediate } from 'node:timers/promises';
import { ValueError } from 'cotangent';
import { batches } from './batches.ts';
import { Confusion } from './confusion.ts';
import type { Learner } from './learner.ts';
import type { ImageSet } from './mnist.ts';
import type { Random } from './random.ts';
import type { Progress } from './report/progress.ts';

/** How to train. */
export interface TrainingPlan {
  readonly epochs: number;
  /** Images per step. */
  readonly batch: number;
  readonly random: Random;
  /** Aborting ends the training after the present step. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What came of a training. */
export interface TrainingRecord {
  /** The cost before each step, on the images of that step. */
  readonly costs: readonly number[];
  readonly images: number;
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** The training left the numbers that a computer can hold. */
export class TrainingError extends ValueError {
  override get name(): string {
    return 'TrainingError';
  }
}

/** Steps over which the cost on display is averaged. */
const recentSteps = 20;

/**
 * Takes one step for each batch of images, in a new random order each epoch.
 *
 * @throws TrainingError `TRAINING_DIVERGED` when the cost is no longer finite.
 */
export async function train(
  learner: Learner,
  set: ImageSet,
  plan: TrainingPlan,
): Promise<TrainingRecord> {
  const { epochs, batch: size, random, signal, progress } = plan;
  const costs: number[] = [];
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let images = 0;
  for (let epoch = 1; epoch <= epochs && !signal.aborted; epoch++) {
    const order = random.permutation(set.count);
    for (const batch of batches(set, size, learner.dtype, order)) {
      const cost = learner.step(batch.images, batch.labels);
      checkFinite(cost, costs.length, epoch);
      costs.push(cost);
      images += batch.count;
      progress.update({
        images,
        epoch,
        cost: recentCost(costs),
        imagesPerSecond: images / seconds(),
      });
      await setImmediate(); // lets an interrupt in, and the bar draw itself
      if (signal.aborted) break;
    }
  }
  return { costs, images, seconds: seconds(), interrupted: signal.aborted };
}

/** Mean of the last few costs, which wavers less than each. NaN before the first step. */
export function recentCost(costs: readonly number[]): number {
  const recent = costs.slice(-recentSteps);
  return recent.reduce((sum, cost) => sum + cost, 0) / recent.length;
}

/** Lets the learner guess every image of a set. */
export function evaluate(learner: Learner, set: ImageSet): Confusion {
  const confusion = new Confusion();
  for (const batch of batches(set, 1000, learner.dtype)) {
    const predicted = learner.predict(batch.images);
    for (let i = 0; i < batch.count; i++) confusion.add(batch.labels.get(i), predicted.get(i));
  }
  return confusion;
}

function checkFinite(cost: number, step: number, epoch: number): void {
  if (Number.isFinite(cost)) return;
  throw new TrainingError(`the cost is ${cost} after ${step} steps, in epoch ${epoch}`, {
    code: 'TRAINING_DIVERGED',
    hint: 'the steps are too long: choose a smaller --learning-rate',
    data: { cost, step, epoch },
  });
}
