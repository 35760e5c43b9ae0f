/**
 * What every error of the library carries besides its message.
 *
 * `code` is stable between releases: match on the class and the code, never on the text of a message.
 */
export interface ErrorInfo {
  /** Stable identifier in upper case, for example `SHAPE_BROADCAST_MISMATCH`. */
  readonly code: string;
  /** What the reader can do about it; printed below the message. */
  readonly hint?: string | undefined;
  /** The offending values: op, shapes, position and the like. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

function fullMessage(message: string, info: ErrorInfo): string {
  return info.hint === undefined ? message : `${message}\nHint: ${info.hint}`;
}

function errorOptions(info: ErrorInfo): ErrorOptions | undefined {
  return info.cause === undefined ? undefined : { cause: info.cause };
}

/**
 * Base of the library's errors (those about a wrong kind of argument derive from `TypeError` instead, see
 * {@link ArgumentTypeError}).
 *
 * @example
 * ```ts
 * import { CotangentError } from '@cotangent/tensor';
 * const error = new CotangentError('nothing to do', { code: 'NOTHING', hint: 'give me something' });
 * error.code; // 'NOTHING'
 * ```
 */
export class CotangentError extends Error {
  /** Stable identifier. */
  readonly code: string;
  /** Advice, also part of the message. */
  readonly hint: string | undefined;
  /** The offending values. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, info: ErrorInfo) {
    super(fullMessage(message, info), errorOptions(info));
    this.code = info.code;
    this.hint = info.hint;
    this.data = info.data ?? {};
  }

  override get name(): string {
    return 'CotangentError';
  }
}

/** A value lies outside its domain: a number, an index, a malformed file. */
export class ValueError extends CotangentError {
  override get name(): string {
    return 'ValueError';
  }
}

/** Shapes that do not fit each other or the operation; `data` holds the shapes. */
export class ShapeError extends ValueError {
  override get name(): string {
    return 'ShapeError';
  }
}

/** Something that is not available (yet), with what to do instead in the hint. */
export class NotImplementedError extends CotangentError {
  override get name(): string {
    return 'NotImplementedError';
  }
}

/** An argument of the wrong JavaScript kind. A `TypeError` with `code`, `hint` and `data`. */
export class ArgumentTypeError extends TypeError {
  /** Stable identifier. */
  readonly code: string;
  /** Advice, also part of the message. */
  readonly hint: string | undefined;
  /** The offending values. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, info: ErrorInfo) {
    super(fullMessage(message, info), errorOptions(info));
    this.code = info.code;
    this.hint = info.hint;
    this.data = info.data ?? {};
  }

  override get name(): string {
    return 'ArgumentTypeError';
  }
}

/** A dtype that the operation does not accept. A `TypeError` with `code`, `hint` and `data`. */
export class DTypeError extends ArgumentTypeError {
  override get name(): string {
    return 'DTypeError';
  }
}
