import { access, constants, mkdir } from 'node:fs/promises';
import { ArgumentTypeError, CotangentError, ValueError } from 'cotangent';
import { fit, logisticSubject, networkSubject, type Fitted, type Subject } from './fit.ts';
import { firstImages, loadMnist, mnistFolder, type Mnist } from './mnist.ts';
import { parseCommand, usage, UsageError, type DemoOptions } from './options.ts';
import type { Output } from './report/progress.ts';
import { Report } from './report/report.ts';
import { percent, table } from './report/tables.ts';
import { recentCost } from './train.ts';

/** Where the demo writes, and how it hears of an interrupt. */
export interface DemoStreams {
  readonly out: Output;
  readonly err: Output;
  readonly signal: AbortSignal;
}

/** The command line makes no sense. */
const exitUsage = 2;
/** As shells report a program that was ended by Ctrl-C. */
const exitInterrupted = 130;

/**
 * The demo from the command line to the exit code. Errors are printed, not thrown, unless they are unexpected.
 *
 * @param args - what stands behind the program's name.
 * @returns 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 */
export async function runDemo(args: readonly string[], streams: DemoStreams): Promise<number> {
  try {
    const command = parseCommand(args);
    if (command.kind === 'help') {
      streams.out.write(usage);
      return 0;
    }
    return await run(command.options, streams);
  } catch (error) {
    if (!(error instanceof CotangentError || error instanceof ArgumentTypeError)) throw error;
    streams.err.write(`error: ${error.message}\n`);
    return error instanceof UsageError ? exitUsage : 1;
  }
}

async function run(options: DemoOptions, { out, signal }: DemoStreams): Promise<number> {
  const started = performance.now();
  const report = new Report(out, options.quiet ? 'results' : 'all');
  const subjects = chosenSubjects(options);
  await prepareFolder(options.out);
  introduce(subjects, options, report);
  const data = await readData(options, report);
  const fitted: Fitted[] = [];
  for (const [i, subject] of subjects.entries()) {
    if (signal.aborted) break;
    const explain = i === 0 ? 'fully' : 'briefly';
    fitted.push(await fit(subject, { data, options, report, signal, explain }));
  }
  summarise(fitted, (performance.now() - started) / 1000, report);
  if (!signal.aborted) return 0;
  report.result('Interrupted: this is what was learned so far.');
  return exitInterrupted;
}

function chosenSubjects({ model }: DemoOptions): readonly Subject[] {
  switch (model) {
    case 'logistic':
      return [logisticSubject];
    case 'network':
      return [networkSubject];
    case 'both':
      return [logisticSubject, networkSubject];
    default:
      return model satisfies never;
  }
}

/** Fails before the training rather than after it. */
async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new ValueError(`--out: cannot write to ${JSON.stringify(folder)}`, {
      code: 'DEMO_OUT_FOLDER',
      hint: 'choose another folder with --out DIR',
      data: { flag: '--out', folder },
      cause,
    });
  }
}

function introduce(subjects: readonly Subject[], options: DemoOptions, report: Report): void {
  const models = subjects.map(({ model }) => model.name).join(', then by a ');
  report.heading('What happens here');
  report.note(
    `   A program learns to read handwritten digits, by ${models}.\n` +
      '   We write down how a model scores an image and what a mistake costs. From that formula the\n' +
      '   library derives the gradient: which way to change each parameter to make fewer mistakes. We\n' +
      '   check the gradient, follow it, and test the result on images that the model has never seen.\n' +
      `   All that is random comes from seed ${options.seed}. Ctrl-C stops and shows what was learned so far.`,
  );
}

async function readData({ trainLimit }: DemoOptions, report: Report): Promise<Mnist> {
  report.heading('Reading the images');
  const started = performance.now();
  const { train, test } = await loadMnist();
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  const used = firstImages(train, trainLimit ?? train.count);
  const limited = used.count < train.count ? ` (we use ${count(used.count)})` : '';
  report.note(
    `   MNIST: ${count(train.count)} images to learn from${limited}, ${count(test.count)} to test with,`,
  );
  report.note(`   28 × 28 grey pixels each. Read and checked in ${seconds} s from`);
  report.note(`   ${mnistFolder()}`);
  return { train: used, test };
}

function summarise(fitted: readonly Fitted[], seconds: number, report: Report): void {
  if (fitted.length === 0) return;
  const rows = fitted.map(
    ({ name, parameters, training, confusion, checkSeconds, testSeconds }) => [
      name,
      count(parameters),
      percent(confusion.accuracy),
      training.costs.length > 0 ? recentCost(training.costs).toFixed(4) : '–',
      `${checkSeconds.toFixed(1)} s`,
      `${training.seconds.toFixed(1)} s`,
      count(Math.round(training.images / training.seconds)),
      `${testSeconds.toFixed(1)} s`,
    ],
  );
  report.heading('Summary');
  report.result(
    table(
      ['model', 'parameters', 'test accuracy', 'cost', 'check', 'training', 'images/s', 'test'],
      rows,
    ),
  );
  report.result(`All of it took ${seconds.toFixed(1)} s.`);
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}
