import {
  noProgress,
  startProgress,
  type Output,
  type Progress,
  type ProgressPlan,
} from './progress.ts';

/** How much to print: `all`, or `results` only. */
export type Detail = 'all' | 'results';

/** What the demo prints. */
export class Report {
  readonly #output: Output;
  readonly #detail: Detail;
  #headings = 0;

  constructor(output: Output, detail: Detail) {
    this.#output = output;
    this.#detail = detail;
  }

  /** Begins a numbered section. A detail. */
  heading(title: string): void {
    this.#headings++;
    this.note(`\n${this.#headings}. ${title}`);
  }

  /** Prints lines that explain or illustrate. */
  note(text: string): void {
    if (this.#detail === 'all') this.result(text);
  }

  /** Prints lines that matter. */
  result(text: string): void {
    this.#output.write(`${text}\n`);
  }

  /** Shows the progress of a training. A detail. */
  progress(plan: ProgressPlan): Progress {
    return this.#detail === 'all' ? startProgress(this.#output, plan) : noProgress;
  }
}
