import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Failure, Greeting, PreparedReply, Request, TimedReply } from './protocol.ts';

/** How to start the process of an engine. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** The process of one engine, asked one thing at a time. */
export interface Session {
  readonly version: string;
  readonly prepare: (
    request: Omit<Extract<Request, { command: 'prepare' }>, 'command'>,
  ) => Promise<PreparedReply>;
  /** Microseconds for `count` calls together. */
  readonly time: (count: number) => Promise<number>;
  readonly close: () => void;
}

/** Opens sessions; in tests something that needs no process. */
export type Opener = (command: Command, limitSeconds: number) => Promise<Session>;

/**
 * Starts a process and waits until its engine is loaded.
 *
 * @param limitSeconds - how long any answer may take; the process is then ended and the request fails.
 * @throws Error with what the process said if it cannot start, fails or is too slow.
 */
export const openProcess: Opener = async (command, limitSeconds) => {
  const line = new Conversation(command, limitSeconds);
  const { version } = await line.answer<Greeting>();
  return {
    version,
    prepare: (request) => line.ask<PreparedReply>({ command: 'prepare', ...request }),
    time: async (count) => (await line.ask<TimedReply>({ command: 'time', count })).us,
    close: () => line.close(),
  };
};

class Conversation {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #limitSeconds: number;
  #complaints = '';

  constructor({ file, args }: Command, limitSeconds: number) {
    this.#limitSeconds = limitSeconds;
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    this.#process.on('error', (error) => (this.#complaints += error.message));
    this.#process.stdin.on('error', () => undefined); // a process that ended; its answer will be missing
  }

  ask<Reply>(request: Request): Promise<Reply> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    return this.answer<Reply>();
  }

  async answer<Reply>(): Promise<Reply> {
    let tooSlow = false;
    const alarm = setTimeout(() => {
      tooSlow = true;
      this.close();
    }, this.#limitSeconds * 1000);
    const { value, done } = await this.#lines.next();
    clearTimeout(alarm);
    if (tooSlow) throw new Error(`no answer within ${this.#limitSeconds} s`);
    if (done === true) throw new Error(`the process ended: ${lastLine(this.#complaints)}`);
    const reply = JSON.parse(value) as Reply | Failure; // written by our own worker
    if (isFailure(reply)) throw new Error(reply.error);
    return reply;
  }

  close(): void {
    this.#process.stdin.end();
    this.#process.kill('SIGKILL');
  }
}

function isFailure(reply: unknown): reply is Failure {
  return typeof reply === 'object' && reply !== null && 'error' in reply;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
