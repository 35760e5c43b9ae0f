import { ArgumentTypeError, CotangentError, ValueError } from '@cotangent/tensor';
import type { ErrorInfo, Tensor } from '@cotangent/tensor';
import { formatShape, isAbsence, isVariable } from '@cotangent/graph';
import type { Apply, ConstructionSite, Input } from '@cotangent/graph';

/** Raised when outputs depend on an input that no argument and no shared value gives. */
export class MissingInputError extends ValueError {
  override get name(): string {
    return 'MissingInputError';
  }
  /** The inputs that are missing; empty where a stand-in for a missing path was to be computed. */
  readonly inputs: readonly Input[];

  constructor(message: string, info: ErrorInfo & { readonly inputs: readonly Input[] }) {
    super(message, info);
    this.inputs = info.inputs;
  }
}

/** Raised under `onUnusedInput: 'raise'` when nothing computed depends on an input. */
export class UnusedInputError extends ValueError {
  override get name(): string {
    return 'UnusedInputError';
  }
  readonly input: Input;

  constructor(message: string, info: ErrorInfo & { readonly input: Input }) {
    super(message, info);
    this.input = info.input;
  }
}

/** What mode `debug` found wrong with a node of the graph. */
export class DebugError extends CotangentError {
  override get name(): string {
    return 'DebugError';
  }
  readonly node: Apply;
  /** Where user code built the node, if that was recorded (`withConstructionSites`). */
  readonly site: ConstructionSite | undefined;

  constructor(message: string, info: ErrorInfo & { readonly node: Apply }) {
    super(message, info);
    this.node = info.node;
    this.site = info.node.site;
  }
}

/** What a value is, for messages: `a string`, `an array`, `x: float64[3]`, `undefined`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isAbsence(value)) return `a stand-in of ${value.type.toString()}`;
  if (isVariable(value)) return `the variable ${value.toString()}`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `an object of class ${value.constructor?.name || 'null'}`;
  return `a ${typeof value}`;
}

/** `mul(float64[3], float64[])`: an op with the run-time dtypes and shapes of its inputs. */
export function formatCall(node: Apply, inputs: readonly Tensor[]): string {
  return `${node.op.name}(${inputs.map((x) => `${x.dtype}${formatShape(x.shape)}`).join(', ')})`;
}

/** Lines that say where in the graph something happened. */
export function formatPlace(node: Apply, inputs: readonly Tensor[]): string {
  const site = node.site === undefined ? '' : `\nBuilt at: ${node.site.toString()}`;
  return `In: ${formatCall(node, inputs)}${site}`;
}

/**
 * Adds to an error of an op's evaluation which node it was, in the message and in `data`. Class and code
 * stay; what is not an error becomes the cause of one.
 */
export function locate(thrown: unknown, node: Apply, inputs: readonly Tensor[]): Error {
  const place = formatPlace(node, inputs);
  const data = { op: node.op.name, inputShapes: inputs.map((x) => x.shape), site: node.site };
  if (!(thrown instanceof Error)) {
    return new CotangentError(`${node.op.name}: its evaluation threw ${String(thrown)}\n${place}`, {
      code: 'COMPILE_EVALUATION_FAILED',
      data,
      cause: thrown,
    });
  }
  if (!thrown.message.includes(place)) restate(thrown, `${thrown.message}\n${place}`, data);
  return thrown;
}

/** Gives an error another message and more data. */
export function restate(
  error: Error,
  message: string,
  data: Readonly<Record<string, unknown>>,
): void {
  const before = error.message;
  const stack = error.stack;
  error.message = message;
  // Engines print the stack, which begins with the message of the time of construction.
  if (stack !== undefined) error.stack = stack.replace(before, () => message);
  if (error instanceof CotangentError || error instanceof ArgumentTypeError) {
    const merged = { ...error.data, ...data };
    Object.defineProperty(error, 'data', { value: merged, enumerable: true, configurable: true });
  }
}
