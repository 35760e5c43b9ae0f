import cliProgress from 'cli-progress';

/** A terminal, or a file or pipe in its place. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Shows how far a run is. */
export interface Progress {
  /** One more op is done. */
  step(name: string): void;
  /** Ends the display and restores the cursor. */
  stop(): void;
}

/** So many lines are printed where there is no terminal; runs of fewer ops print none. */
const lines = 10;

/** A progress bar on a terminal; a line for each tenth of the work elsewhere. */
export function startProgress(output: Output, total: number): Progress {
  return output.isTTY === true ? startBar(output, total) : startLines(output, total);
}

function startBar(output: Output, total: number): Progress {
  const bar = new cliProgress.SingleBar({
    stream: output,
    format: '  {bar} {value}/{total}  ETA {eta} s  {name}',
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false, // an interrupt ends the run, and that stops the bar
  });
  bar.start(total, 0, { name: '' });
  return { step: (name) => bar.increment(1, { name }), stop: () => bar.stop() };
}

function startLines(output: Output, total: number): Progress {
  let done = 0;
  return {
    step: (name) => {
      const before = Math.floor((lines * done) / total);
      done++;
      if (total >= lines && Math.floor((lines * done) / total) > before) {
        output.write(`  ${done}/${total}  ${name}\n`);
      }
    },
    stop: () => undefined,
  };
}
