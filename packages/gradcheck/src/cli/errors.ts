import { CotangentError, ValueError } from '@cotangent/tensor';
import type { ErrorInfo } from '@cotangent/tensor';

/** A command line or configuration that makes no sense: exit code 2. */
export class UsageError extends ValueError {
  override get name(): string {
    return 'UsageError';
  }
}

/** The run itself could not go on: exit code 5. */
export class RunError extends CotangentError {
  override get name(): string {
    return 'RunError';
  }
}

/** An error as data, to cross threads. */
export interface ErrorData {
  readonly kind: 'usage' | 'run';
  readonly message: string;
  readonly info: Pick<ErrorInfo, 'code' | 'hint'>;
}

export function errorData(error: unknown): ErrorData {
  if (error instanceof CotangentError) {
    const { code, hint, message } = error;
    const kind = error instanceof ValueError ? 'usage' : 'run';
    const [first = ''] = message.split('\nHint: ');
    return { kind, message: first, info: { code, ...(hint !== undefined && { hint }) } };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'run', message, info: { code: 'GRADCHECK_INTERNAL' } };
}

export function errorFrom({ kind, message, info }: ErrorData): CotangentError {
  return kind === 'usage' ? new UsageError(message, info) : new RunError(message, info);
}
