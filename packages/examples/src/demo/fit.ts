import { checkGradient, gradientTolerance } from './check.ts';
import type { Confusion } from './confusion.ts';
import { createLearner, type Learner } from './learner.ts';
import { pixelCount, type ImageSet, type Mnist } from './mnist.ts';
import { logisticRegression, twoLayerNetwork, type Classifier } from './models.ts';
import type { DemoOptions } from './options.ts';
import { Random } from './random.ts';
import { lossCurve } from './report/loss-curve.ts';
import { writePictures, type PictureNames } from './report/pictures.ts';
import type { Report } from './report/report.ts';
import { confusionTable, percent } from './report/tables.ts';
import { evaluate, recentCost, train, type TrainingRecord } from './train.ts';

/** One of the demo's models. */
export interface Subject {
  readonly model: Classifier;
  /** The same model of few inputs, for the gradient check. */
  readonly small: Classifier;
  readonly pictures: PictureNames;
}

/** Logistic regression: 7,850 parameters. */
export const logisticSubject: Subject = {
  model: logisticRegression(pixelCount),
  small: logisticRegression(12),
  pictures: { prefix: 'logistic', column: 'digit' },
};

/** A network of 128 hidden units: 101,770 parameters. */
export const networkSubject: Subject = {
  model: twoLayerNetwork(pixelCount, 128),
  small: twoLayerNetwork(12, 6),
  pictures: { prefix: 'network', column: 'unit' },
};

/** What {@link fit} works with. */
export interface FitContext {
  readonly data: Mnist;
  readonly options: DemoOptions;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Whether to explain what is shown: the first model is explained, a second one is not. */
  readonly explain: 'fully' | 'briefly';
}

/** What came of a model. */
export interface Fitted {
  readonly name: string;
  readonly parameters: number;
  readonly training: TrainingRecord;
  readonly confusion: Confusion;
  readonly checkSeconds: number;
  readonly testSeconds: number;
}

/**
 * Checks a model's gradient, trains the model, tests it and draws it. After an interrupt only the test is made.
 *
 * @throws GradientError if the gradient is wrong; TrainingError if the training diverges.
 */
export async function fit(subject: Subject, context: FitContext): Promise<Fitted> {
  const { data, options, signal } = context;
  const random = new Random(options.seed);
  const checkSeconds = timed(() => verify(subject, context, random)).seconds;
  const learner = createLearner(subject.model, {
    dtype: options.dtype,
    learningRate: options.learningRate,
    mode: options.mode,
    random,
  });
  const training = await runTraining(subject, learner, context, random);
  const test = timed(() => evaluate(learner, data.test));
  const confusion = test.value;
  reportTest(subject, confusion, data.test, context);
  if (!signal.aborted) await draw(subject, learner, training, context);
  const parameters = learner.parameters.reduce((sum, parameter) => sum + parameter.get().size, 0);
  const { name } = subject.model;
  return { name, parameters, training, confusion, checkSeconds, testSeconds: test.seconds };
}

function verify({ model, small }: Subject, { report, explain }: FitContext, random: Random): void {
  report.heading(`${capitalised(model.name)}: is its gradient right?`);
  if (explain === 'fully') {
    report.note(
      '   The library derives the gradient by rules. Before relying on it, we compare it with finite\n' +
        '   differences, which need no rules but only the cost: on a small model, at a random point.',
    );
  }
  const count = checkGradient(small, random);
  report.note(
    `   ${count} partial derivatives agree: absolute or relative error below ${gradientTolerance}.`,
  );
}

async function runTraining(
  { model }: Subject,
  learner: Learner,
  { data, options, report, signal }: FitContext,
  random: Random,
): Promise<TrainingRecord> {
  const { epochs, batch } = options;
  const images = data.train.count;
  report.heading(`${capitalised(model.name)}: training`);
  report.note(`   ${model.formula}`);
  report.note(`   ${epochs} × ${number(images)} images, ${batch} at a time, ${options.dtype}`);
  const progress = report.progress({ images: epochs * images, epochs });
  try {
    return await train(learner, data.train, { epochs, batch, random, signal, progress });
  } finally {
    progress.stop();
  }
}

function reportTest(
  { model }: Subject,
  confusion: Confusion,
  test: ImageSet,
  { report, explain }: FitContext,
): void {
  report.heading(
    `${capitalised(model.name)}: test on ${number(test.count)} images it has never seen`,
  );
  const { correct, total, accuracy } = confusion;
  report.note(
    `   ${number(correct)} of ${number(total)} right: ${percent(accuracy)}. Guessing gives 10 %.`,
  );
  if (explain === 'fully') {
    report.note('   A row is what an image shows, a column what the model takes it for:');
    report.note(confusionTable(confusion));
  }
  const mistakes = confusion
    .mistakes(3)
    .map(({ label, prediction, count }) => `${label} for ${prediction} (${count} times)`);
  if (mistakes.length > 0) report.note(`   Its commonest mistakes: ${mistakes.join(', ')}.`);
}

async function draw(
  { model, pictures }: Subject,
  learner: Learner,
  { costs }: TrainingRecord,
  { options, report }: FitContext,
): Promise<void> {
  report.heading(`${capitalised(model.name)}: the cost while it learned`);
  report.note(lossCurve(costs));
  report.note(
    `   (logarithmic scale; ${costs.length} steps, ${recentCost(costs).toFixed(4)} at the end)`,
  );
  report.heading(`${capitalised(model.name)}: pictures`);
  const [graph = '', weights = ''] = await writePictures(learner, options.out, pictures);
  report.result(`   ${graph}  the formula of the cost as a graph`);
  report.result(
    `   ${weights}  which pixels speak for (red) and against (blue) each ${pictures.column}`,
  );
}

function timed<T>(work: () => T): { readonly value: T; readonly seconds: number } {
  const started = performance.now();
  const value = work();
  return { value, seconds: (performance.now() - started) / 1000 };
}

function number(n: number): string {
  return n.toLocaleString('en-US');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
