import { storeValue, type DType, type TypedArray, type TypedArrayOf } from './dtype.ts';
import { ShapeError, ValueError } from './errors.ts';
import { formatTensor } from './format.ts';
import { formatShape } from './shape.ts';

/** What npm's `ndarray` has in common with {@link Tensor}: enough to read it. */
export interface NdArrayLike {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset: number;
  readonly dtype?: string;
}

/** Numbers or booleans in arrays of arrays; rank 0 is the number itself. */
export type Nested = number | boolean | readonly Nested[];

/** An argument of the `ndarray` methods: an index, or null or nothing to leave the axis as it is. */
export type AxisArgument = number | null | undefined;

/**
 * A rectangular array of numbers: typed storage seen through a shape, strides and an offset (in elements). Element
 * `(i, j, …)` is `data[offset + i·stride[0] + j·stride[1] + …]`; several tensors may share one storage.
 *
 * It has the fields and methods of npm's `ndarray` and can be handed to functions that take one. Where `ndarray` would
 * silently step outside the array (`get`, `set`, `pick`, `hi`, `lo`, `step`), this class throws.
 *
 * Make tensors with `tensorFrom`, `zerosTensor` or `fullTensor`; the constructor checks nothing.
 *
 * @example
 * ```ts
 * import { tensorFrom } from '@cotangent/tensor';
 * const t = tensorFrom([[1, 2, 3], [4, 5, 6]]);
 * t.get(1, 0); // 4
 * t.transpose(1, 0).shape; // [3, 2]
 * ```
 */
export class Tensor<D extends DType = DType> {
  /** Storage, possibly shared with other tensors. */
  readonly data: TypedArrayOf[D];
  /** Element type. */
  readonly dtype: D;
  /** Length of each axis. */
  readonly shape: readonly number[];
  /** Distance in `data` between neighbours along each axis; may be 0 (broadcast) or negative (flipped). */
  readonly stride: readonly number[];
  /** Position in `data` of the element whose indices are all 0. */
  readonly offset: number;
  /** Number of elements. */
  readonly size: number;

  constructor(
    data: TypedArrayOf[D],
    shape: readonly number[],
    stride: readonly number[],
    offset: number,
    dtype: D,
  ) {
    this.data = data;
    this.dtype = dtype;
    this.shape = shape;
    this.stride = stride;
    this.offset = offset;
    let size = 1;
    for (let axis = 0; axis < shape.length; axis++) size *= shape[axis]!;
    this.size = size;
  }

  /** Number of axes. */
  get dimension(): number {
    return this.shape.length;
  }

  /** Axes by increasing absolute stride, as `ndarray` has it. */
  get order(): number[] {
    const magnitude = this.stride.map(Math.abs);
    return magnitude.map((_, axis) => axis).sort((a, b) => magnitude[a]! - magnitude[b]!);
  }

  /**
   * Position in `data` of an element.
   *
   * @throws ShapeError `INDEX_COUNT` unless there is one index per axis.
   * @throws ValueError `INDEX_OUT_OF_RANGE` unless each is a whole number from 0 to its axis's length − 1.
   */
  index(...indices: number[]): number {
    return this.#position(indices, indices.length);
  }

  /** The element at the indices; `bool` gives 0 or 1. Errors as {@link Tensor.index}. */
  get(...indices: number[]): number {
    const data: TypedArray = this.data;
    return data[this.#position(indices, indices.length)]!;
  }

  /** Stores the last argument at the indices before it, converted as `storeValue` does. Errors as {@link Tensor.index}. */
  set(...indicesAndValue: number[]): number {
    const data: TypedArray = this.data;
    const count = indicesAndValue.length - 1;
    const value = indicesAndValue[count] ?? Number.NaN;
    data[this.#position(indicesAndValue, count)] = storeValue(value, this.dtype);
    return value;
  }

  /**
   * The only element of a tensor of size 1, as a number.
   *
   * @throws ShapeError `ITEM_SIZE` if there are more elements or none.
   */
  item(): number {
    if (this.size === 1) {
      const data: TypedArray = this.data;
      return data[this.offset]!;
    }
    throw new ShapeError(`item: a tensor of shape ${formatShape(this.shape)} is not one number`, {
      code: 'ITEM_SIZE',
      hint: 'use get(i, j, …) for one element, or toArray() for all',
      data: { shape: this.shape },
    });
  }

  /** The elements as nested arrays; a number for rank 0; booleans for dtype `bool`. */
  toArray(): Nested {
    const data: TypedArray = this.data;
    const { shape, stride, dtype } = this;
    const read = (axis: number, position: number): Nested => {
      if (axis === shape.length) return dtype === 'bool' ? data[position] !== 0 : data[position]!;
      const items: Nested[] = [];
      for (let i = 0; i < shape[axis]!; i++)
        items.push(read(axis + 1, position + i * stride[axis]!));
      return items;
    };
    return read(0, this.offset);
  }

  /** The tensor as text, see `formatTensor`. */
  toString(): string {
    return formatTensor(this);
  }

  static {
    // What Node.js prints for `console.log(tensor)`; a symbol from the registry needs no import.
    Object.defineProperty(Tensor.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Tensor): string {
        return formatTensor(this);
      },
    });
  }

  /** `ndarray`'s `hi`: keeps the first `lengths[axis]` entries of each axis. A view. */
  hi(...lengths: AxisArgument[]): Tensor<D> {
    const shape = this.shape.map((n, axis) => this.#bound(lengths[axis], n, axis, 'hi') ?? n);
    return new Tensor(this.data, shape, this.stride, this.offset, this.dtype);
  }

  /** `ndarray`'s `lo`: drops the first `starts[axis]` entries of each axis. A view. */
  lo(...starts: AxisArgument[]): Tensor<D> {
    let offset = this.offset;
    const shape = this.shape.map((n, axis) => {
      const start = this.#bound(starts[axis], n, axis, 'lo') ?? 0;
      offset += start * this.stride[axis]!;
      return n - start;
    });
    return new Tensor(this.data, shape, this.stride, offset, this.dtype);
  }

  /**
   * `ndarray`'s `step`: every `steps[axis]`-th entry; a negative step runs from the end. A view.
   *
   * @throws ValueError `STEP_INVALID` if a step is 0 or not whole.
   */
  step(...steps: AxisArgument[]): Tensor<D> {
    let offset = this.offset;
    const stride = [...this.stride];
    const shape = this.shape.map((n, axis) => {
      const step = steps[axis] ?? 1;
      if (!Number.isInteger(step) || step === 0) throw invalidStep(step);
      if (step < 0 && n > 0) offset += (n - 1) * stride[axis]!;
      stride[axis] = stride[axis]! * step;
      return Math.ceil(n / Math.abs(step));
    });
    return new Tensor(this.data, shape, stride, offset, this.dtype);
  }

  /**
   * `ndarray`'s `transpose`: axis `k` of the result is axis `axes[k]` of this tensor; axes not given stay in place (so
   * `transpose()` changes nothing; `views.transpose` follows NumPy and reverses them). A view.
   *
   * @throws ValueError `AXES_NOT_PERMUTATION` unless every axis occurs once.
   */
  transpose(...axes: AxisArgument[]): Tensor<D> {
    const order = this.shape.map((_, k) => axes[k] ?? k);
    const rank = order.length;
    if (axes.length > rank || new Set(order).size < rank || order.some((k) => !(k in order))) {
      throw new ValueError(`transpose: ${formatShape(order)} is no permutation of ${rank} axes`, {
        code: 'AXES_NOT_PERMUTATION',
        data: { axes, rank },
      });
    }
    const shape = order.map((axis) => this.shape[axis]!);
    const stride = order.map((axis) => this.stride[axis]!);
    return new Tensor(this.data, shape, stride, this.offset, this.dtype);
  }

  /** `ndarray`'s `pick`: fixes the axes for which a number is given and drops them; null (or −1) keeps one. A view. */
  pick(...indices: AxisArgument[]): Tensor<D> {
    let offset = this.offset;
    const kept: number[] = [];
    this.shape.forEach((n, axis) => {
      const i = indices[axis] ?? -1;
      if (i < 0) kept.push(axis);
      else if (Number.isInteger(i) && i < n) offset += i * this.stride[axis]!;
      else throw indexOutOfRange('pick', i, axis, this.shape);
    });
    const shape = kept.map((axis) => this.shape[axis]!);
    const stride = kept.map((axis) => this.stride[axis]!);
    return new Tensor(this.data, shape, stride, offset, this.dtype);
  }

  #position(indices: readonly number[], count: number): number {
    const { shape, stride } = this;
    if (count !== shape.length) throw wrongIndexCount(count, shape);
    let position = this.offset;
    for (let axis = 0; axis < count; axis++) {
      const i = indices[axis]!;
      if (!(i >= 0 && i < shape[axis]! && Number.isInteger(i))) {
        throw indexOutOfRange('index', i, axis, shape);
      }
      position += i * stride[axis]!;
    }
    return position;
  }

  #bound(value: AxisArgument, n: number, axis: number, opName: string): number | undefined {
    if (value === undefined || value === null || value < 0) return undefined;
    if (Number.isInteger(value) && value <= n) return value;
    throw indexOutOfRange(opName, value, axis, this.shape);
  }
}

function indexOutOfRange(
  opName: string,
  index: number,
  axis: number,
  shape: readonly number[],
): ValueError {
  return new ValueError(
    `${opName}: ${index} is outside axis ${axis} of shape ${formatShape(shape)}`,
    {
      code: 'INDEX_OUT_OF_RANGE',
      hint: 'indices are whole numbers from 0; views.slice takes negative ones',
      data: { op: opName, index, axis, shape },
    },
  );
}

function wrongIndexCount(count: number, shape: readonly number[]): ShapeError {
  return new ShapeError(`index: ${count} indices for a tensor of shape ${formatShape(shape)}`, {
    code: 'INDEX_COUNT',
    hint: `give ${shape.length}, one per axis`,
    data: { count, shape },
  });
}

function invalidStep(step: number): ValueError {
  return new ValueError(`step: ${step} is not a step`, {
    code: 'STEP_INVALID',
    hint: 'steps are whole numbers other than 0',
    data: { step },
  });
}

/** Whether `x` is a {@link Tensor} of this package. */
export function isTensor(x: unknown): x is Tensor {
  return x instanceof Tensor;
}

/** Whether `x` has the fields of an `ndarray` (a {@link Tensor} has). */
export function isNdArrayLike(x: unknown): x is NdArrayLike {
  if (typeof x !== 'object' || x === null) return false;
  if (!('data' in x && 'shape' in x && 'stride' in x && 'offset' in x)) return false;
  return Array.isArray(x.shape) && Array.isArray(x.stride) && typeof x.offset === 'number';
}
