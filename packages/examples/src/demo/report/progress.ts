import cliProgress from 'cli-progress';

/** A terminal, or a file or pipe in its place. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Where the training is. */
export interface ProgressState {
  /** Images seen so far, over all epochs. */
  readonly images: number;
  /** From 1. */
  readonly epoch: number;
  readonly cost: number;
  readonly imagesPerSecond: number;
}

/** Shows how far the training is. */
export interface Progress {
  update(state: ProgressState): void;
  /** Ends the display and restores the cursor. Call it in `finally`. */
  stop(): void;
}

/** What there is to do. */
export interface ProgressPlan {
  /** Images to see, over all epochs. */
  readonly images: number;
  readonly epochs: number;
}

/** A progress bar on a terminal, plain lines elsewhere. */
export function startProgress(output: Output, plan: ProgressPlan): Progress {
  return output.isTTY === true ? startBar(output, plan) : startLines(output, plan);
}

/** Shows nothing. */
export const noProgress: Progress = { update: () => undefined, stop: () => undefined };

function startBar(output: Output, plan: ProgressPlan): Progress {
  const bar = new cliProgress.SingleBar({
    stream: output,
    format: '  {bar} {percentage} %  {facts}',
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    fps: 10,
    gracefulExit: false, // an interrupt ends the training, and that stops the bar
  });
  bar.start(plan.images, 0, { facts: '' });
  return {
    update: (state) => bar.update(state.images, { facts: facts(state, plan) }),
    stop: () => bar.stop(),
  };
}

/** Shares of the work at which a line is printed. */
const lineSteps = 10;

function startLines(output: Output, plan: ProgressPlan): Progress {
  let printed = 0;
  return {
    update(state) {
      const step = Math.floor((state.images / plan.images) * lineSteps);
      if (step <= printed) return;
      printed = step;
      const share = Math.floor((100 * state.images) / plan.images);
      output.write(`  ${String(share).padStart(3)} %  ${facts(state, plan)}\n`);
    },
    stop: () => undefined,
  };
}

function facts(
  { images, epoch, cost, imagesPerSecond }: ProgressState,
  plan: ProgressPlan,
): string {
  const speed = Math.round(imagesPerSecond).toLocaleString('en-US');
  const left = Math.ceil((plan.images - images) / imagesPerSecond);
  return `epoch ${epoch}/${plan.epochs}  cost ${cost.toFixed(4)}  ${speed} images/s  ETA ${left} s`;
}
