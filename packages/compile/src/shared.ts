import { ShapeError, ValueError, checkDType, copy, tensorFrom } from '@cotangent/tensor';
import type { DType, Tensor, TensorLike } from '@cotangent/tensor';
import { Input, formatShape, tensorType } from '@cotangent/graph';
import type { Shape, TensorType } from '@cotangent/graph';
import { checkShape, readArgument } from './arguments.ts';
import { describeValue } from './errors.ts';

/** Options of {@link shared}. */
export interface SharedVariableOptions {
  /** For messages and printed graphs. */
  readonly name?: string | undefined;
  /** Default: that of a tensor or typed array, `bool` for booleans, else `float64`. */
  readonly dtype?: DType | undefined;
  /** Static shape, `null` where later values may have another size. Default: the shape of the value. */
  readonly shape?: Shape | undefined;
}

/** Options of {@link Shared.get} and {@link Shared.set}. */
export interface StorageOptions {
  /** Hand out or take over the tensor itself instead of a copy. Default false. */
  readonly borrow?: boolean;
}

/** The value of a shared variable: its own storage, or a room in memory of a compiled function. */
export class Cell {
  #value: Tensor;
  #version = 0;
  #isLent = false;

  constructor(value: Tensor) {
    this.#value = value;
  }

  get version(): number {
    return this.#version;
  }

  /** The value where it is, for reading at once: it may be in memory that is used again. */
  get value(): Tensor {
    return this.#value;
  }

  keep(value: Tensor): void {
    this.#value = value;
    this.#isLent = false;
    this.#version++;
  }

  /**
   * Replaces the value by one that stays in memory of the function that computed it. Whoever lends must
   * `settle` before the room is given up or written to, unless `value` is another tensor by then.
   */
  lend(room: Tensor): void {
    this.#value = room;
    this.#isLent = true;
    this.#version++;
  }

  /** Gives the value storage of its own, and returns it. */
  settle(): Tensor {
    if (this.#isLent) this.#value = copy(this.#value);
    this.#isLent = false;
    return this.#value;
  }
}

/**
 * A variable that holds a value between calls. Compiled functions read it without being passed it, and
 * change it by `updates`. Make one with {@link shared}.
 */
export class Shared extends Input {
  /** For compiled functions, not for users. */
  readonly cell: Cell;

  /** Use {@link shared}, which checks. The tensor is taken over. */
  constructor(type: TensorType, value: Tensor, name: string | undefined) {
    super(type, name);
    this.cell = new Cell(value);
  }

  /** How often the value was replaced, by `set` or by an update. */
  get version(): number {
    return this.cell.version;
  }

  /**
   * The present value.
   *
   * @param options.borrow - the value itself instead of a copy: do not write to it.
   */
  get(options: StorageOptions = {}): Tensor {
    return options.borrow === true ? this.cell.settle() : copy(this.cell.value);
  }

  /**
   * Replaces the value by a copy of another one of the same dtype (or one that converts to it safely)
   * and of a shape that fits.
   *
   * @param options.borrow - keep a tensor of the right dtype itself: do not write to it afterwards.
   * @throws ArgumentTypeError, DTypeError, ShapeError naming the variable, as for an argument of a
   *   compiled function.
   */
  set(value: TensorLike, options: StorageOptions = {}): void {
    const tensor = readArgument(value, this.type, labelOf(this));
    this.cell.keep(options.borrow === true ? tensor : copy(tensor));
  }
}

/** How messages about a shared variable begin. */
export function labelOf(variable: Shared): string {
  return `shared ${variable.toString()}`;
}

/**
 * A variable that holds a value between calls: model parameters, the state of an optimiser.
 *
 * @param value - copied.
 * @throws ShapeError `SHARED_SHAPE` if `shape` does not fit the value; ValueError `SHARED_OPTION` for
 *   an unknown option; what `tensorFrom` throws for a value that is none.
 * @example
 * const w = shared([0, 0], { name: 'w' });
 * const step = compile([x, y], cost, { updates: [[w, sub(w, mul(0.1, grad(cost, w)))]] });
 * step(xData, yData);
 * w.get().toArray();
 */
export function shared(value: TensorLike, options: SharedVariableOptions = {}): Shared {
  checkOptions(options);
  const { name, dtype } = options;
  const label = `shared ${name ?? '(unnamed)'}`;
  if (dtype !== undefined) checkDType(dtype, label);
  const tensor = copy(tensorFrom(value, { dtype }));
  const type = tensorType(tensor.dtype, options.shape ?? tensor.shape);
  if (options.shape !== undefined) checkStatic(tensor, type, label);
  return new Shared(type, tensor, name);
}

function checkOptions(options: SharedVariableOptions): void {
  for (const [option, value] of Object.entries(options)) {
    const known = ['name', 'dtype', 'shape'].includes(option);
    if (known && (option !== 'name' || value === undefined || typeof value === 'string')) continue;
    const problem = known ? `is ${describeValue(value)}` : 'is not known';
    throw new ValueError(`shared: option ${JSON.stringify(option)} ${problem}`, {
      code: 'SHARED_OPTION',
      hint: 'known are name (a string), dtype and shape',
      data: { option, value },
    });
  }
}

function checkStatic(value: Tensor, type: TensorType, label: string): void {
  try {
    checkShape(value, type, label);
  } catch (cause) {
    throw new ShapeError(
      `${label}: a value of shape ${formatShape(value.shape)} does not fit ${formatShape(type.shape)}`,
      { code: 'SHARED_SHAPE', hint: 'use null for a size that may change', cause },
    );
  }
}
