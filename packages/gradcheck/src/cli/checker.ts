import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RunError, errorFrom } from './errors.ts';
import type { Answer, Request } from './protocol.ts';

/** A thread that checks ops, one at a time. */
export class Checker {
  readonly #worker: Worker;
  /** Settles the request that is under way. */
  #pending: { resolve: (answer: Answer) => void; reject: (error: unknown) => void } | undefined;
  #ended: RunError | undefined;

  /** @param onText - told what the modules under test print: it must not mix with reports. */
  constructor(onText: (text: string) => void) {
    const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(file, { stdout: true, stderr: true });
    this.#worker.stdout.on('data', (chunk: Buffer) => onText(chunk.toString()));
    this.#worker.stderr.on('data', (chunk: Buffer) => onText(chunk.toString()));
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#end(`threw ${String(error)}`));
    this.#worker.on('messageerror', (error) => this.#end(`answered nonsense: ${String(error)}`));
    this.#worker.on('exit', (code) => this.#end(`ended its thread with code ${code}`));
  }

  /**
   * Sends a request and waits for the answer, at most `timeout` milliseconds. After a time-out or a crash this checker is
   * of no further use.
   *
   * @throws RunError `GRADCHECK_TIMEOUT`, `GRADCHECK_WORKER_CRASHED`; and what the worker reports.
   */
  async ask(request: Request, what: string, timeout: number): Promise<Answer> {
    if (this.#ended !== undefined) throw this.#ended;
    const timer = setTimeout(() => void this.#timeOut(what, timeout), timeout);
    try {
      const answered = new Promise<Answer>((resolve, reject) => {
        this.#pending = { resolve, reject };
      });
      this.#worker.postMessage(request);
      const answer = await answered;
      if (answer.kind === 'failed') throw errorFrom(answer.error);
      return answer;
    } finally {
      clearTimeout(timer);
      this.#pending = undefined;
    }
  }

  get isUsable(): boolean {
    return this.#ended === undefined;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    this.#pending?.resolve(answer);
  }

  #end(how: string): void {
    this.#ended ??= new RunError(`gradcheck: the code under test ${how}`, {
      code: 'GRADCHECK_WORKER_CRASHED',
      hint: 'an op must neither leave the process nor run out of memory',
    });
    this.#pending?.reject(this.#ended);
  }

  async #timeOut(what: string, timeout: number): Promise<void> {
    this.#ended ??= new RunError(`gradcheck: ${what} took longer than ${timeout} ms`, {
      code: 'GRADCHECK_TIMEOUT',
      hint: 'it hangs, or it needs a larger --timeout',
    });
    this.#pending?.reject(this.#ended);
    await this.stop();
  }
}
