import { DTypeError, ValueError } from '@cotangent/graph';
import type { Apply, ErrorInfo, NullReason, Variable } from '@cotangent/graph';

/** Why a variable does not reach the cost. */
export type DisconnectedReason =
  | 'not-in-graph'
  | 'metadata-only'
  | 'blocked-by-constant'
  | 'disconnected-grad'
  | 'blocked-by-known-gradient';

/** Raised when a derivative is asked for along no path, under `'raise'`. */
export class DisconnectedInputError extends ValueError {
  override get name(): string {
    return 'DisconnectedInputError';
  }
  /** The variable without a path: a `wrt` in reverse mode, an output in forward mode. */
  readonly variable: Variable;
  readonly reason: DisconnectedReason;
  /** The nodes at which the paths end, if there are any. */
  readonly blockingNodes: readonly Apply[];

  constructor(
    message: string,
    info: ErrorInfo & {
      readonly variable: Variable;
      readonly reason: DisconnectedReason;
      readonly blockingNodes: readonly Apply[];
    },
  ) {
    super(message, info);
    this.variable = info.variable;
    this.reason = info.reason;
    this.blockingNodes = info.blockingNodes;
  }
}

/** Raised when a derivative that does not exist is asked for, under `'raise'`. */
export class NullTypeGradError extends DTypeError {
  override get name(): string {
    return 'NullTypeGradError';
  }
  readonly variable: Variable;
  readonly whyNull: string;
  readonly kind: NullReason;

  constructor(
    message: string,
    info: ErrorInfo & {
      readonly variable: Variable;
      readonly whyNull: string;
      readonly kind: NullReason;
    },
  ) {
    super(message, info);
    this.variable = info.variable;
    this.whyNull = info.whyNull;
    this.kind = info.kind;
  }
}
