import { CotangentError } from '@cotangent/tensor';
import type { OpResult } from '../suite/result.ts';
import { Checker } from './checker.ts';
import type { Settings } from './config.ts';
import { UsageError } from './errors.ts';
import type { PlanRequest, PlannedOp } from './plan.ts';
import type { Answer, CheckSettings } from './protocol.ts';

/** Milliseconds for importing everything once. */
const loadTimeout = 60_000;

/** The threads of a run. */
export class Pool {
  readonly #plan: PlanRequest;
  readonly #onText: (text: string) => void;
  readonly #signal: AbortSignal;
  readonly #checkers = new Set<Checker>();
  #first: Checker | undefined;

  constructor(plan: PlanRequest, signal: AbortSignal, onText: (text: string) => void) {
    this.#plan = plan;
    this.#onText = onText;
    this.#signal = signal;
  }

  /**
   * Imports what is to be checked, in a thread of its own.
   *
   * @param base - where the paths of definitions start.
   * @throws UsageError if it cannot be loaded; RunError if loading hangs or crashes.
   */
  async load(
    base: string,
  ): Promise<{ readonly ops: readonly PlannedOp[]; readonly settings: Settings }> {
    this.#first = this.#start();
    const answer = await this.#load(this.#first, base);
    return answer.kind === 'loaded' ? answer : { ops: [], settings: {} };
  }

  /** Checks ops on `jobs` threads; results come in any order. Stops early when the signal fires. */
  async run(
    ops: readonly PlannedOp[],
    options: {
      readonly jobs: number;
      readonly timeout: number;
      readonly settings: CheckSettings;
      readonly onResult: (result: OpResult, op: PlannedOp) => void;
    },
  ): Promise<void> {
    const queue = [...ops];
    const work = async (given: Checker | undefined): Promise<void> => {
      let checker = given;
      for (let op = queue.shift(); op !== undefined; op = queue.shift()) {
        if (this.#signal.aborted) return;
        if (checker?.isUsable !== true) checker = await this.#another();
        const result = await this.#check(checker, op, options);
        if (this.#signal.aborted) return;
        options.onResult(result, op);
      }
    };
    const count = Math.max(1, Math.min(options.jobs, ops.length));
    const interrupted = new Promise<void>((resolve) => {
      if (this.#signal.aborted) resolve();
      this.#signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const all = Array.from({ length: count }, (_, k) => work(k === 0 ? this.#first : undefined));
    await Promise.race([Promise.all(all), interrupted]);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#checkers].map((checker) => checker.stop()));
  }

  #start(): Checker {
    const checker = new Checker(this.#onText);
    this.#checkers.add(checker);
    return checker;
  }

  async #another(): Promise<Checker> {
    const checker = this.#start();
    await this.#load(checker, undefined);
    return checker;
  }

  #load(checker: Checker, describe: string | undefined): Promise<Answer> {
    return checker.ask({ kind: 'load', plan: this.#plan, describe }, 'importing', loadTimeout);
  }

  async #check(
    checker: Checker,
    op: PlannedOp,
    { settings, timeout }: { readonly settings: CheckSettings; readonly timeout: number },
  ): Promise<OpResult> {
    const started = performance.now();
    try {
      const answer = await checker.ask({ kind: 'check', op, settings }, op.name, timeout);
      if (answer.kind === 'checked') return answer.result;
      throw new UsageError('gradcheck: a worker gave the wrong answer', {
        code: 'GRADCHECK_INTERNAL',
      });
    } catch (error) {
      return broken(op, error, performance.now() - started);
    }
  }
}

/** The result of an op that ended its thread, or that the checks could not run on. */
function broken(op: PlannedOp, error: unknown, ms: number): OpResult {
  const code = error instanceof CotangentError ? error.code : 'GRADCHECK_INTERNAL';
  const hint = error instanceof CotangentError ? error.hint : undefined;
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\nHint: ');
  return {
    name: op.name,
    module: op.module,
    ...(op.file !== undefined && { file: op.file }),
    ...(op.line !== undefined && { line: op.line }),
    verdict: 'error',
    samples: op.samples,
    dtypes: [],
    checks: [
      {
        id: 'run.completed',
        sample: 'all',
        verdict: 'error',
        message,
        code,
        ...(hint !== undefined && { hints: [hint] }),
      },
    ],
    skipped: [],
    evals: 0,
    ms,
  };
}
