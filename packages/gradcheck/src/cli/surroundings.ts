import type { Output } from './progress.ts';

/** What the command needs of the process that it runs in. */
export interface Surroundings {
  /** The working directory. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Fires when the user interrupts. */
  readonly signal: AbortSignal;
}
