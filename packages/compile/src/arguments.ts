import {
  ArgumentTypeError,
  DTypeError,
  ShapeError,
  astype,
  fullTensor,
  isFloat,
  isNdArrayLike,
  isTensor,
  sizeOf,
  tensorFrom,
} from '@cotangent/tensor';
import type { DType, Tensor, TensorLike } from '@cotangent/tensor';
import { formatShape, formatType, isVariable } from '@cotangent/graph';
import type { TensorType } from '@cotangent/graph';
import { describeValue, restate } from './errors.ts';

/** To which dtypes each kind of typed data converts without changing a value: NumPy's casting `'safe'`. */
const safeCasts: Readonly<Record<string, readonly DType[]>> = {
  bool: ['bool', 'uint8', 'int32', 'float32', 'float64'],
  uint8: ['uint8', 'int32', 'float32', 'float64'],
  int32: ['int32', 'float64'],
  float32: ['float32', 'float64'],
  float64: ['float64'],
  // Typed arrays that no tensor is stored as.
  Uint8ClampedArray: ['uint8', 'int32', 'float32', 'float64'],
  Int8Array: ['int32', 'float32', 'float64'],
  Int16Array: ['int32', 'float32', 'float64'],
  Uint16Array: ['int32', 'float32', 'float64'],
  Uint32Array: ['float64'],
};

const storedAs: Readonly<Record<string, DType>> = {
  Float64Array: 'float64',
  Float32Array: 'float32',
  Int32Array: 'int32',
  Uint8Array: 'uint8',
};

/**
 * A value that a user passes for a variable of some type, as a tensor. Typed data of the right dtype is
 * shared, not copied; other typed data converts only safely, numbers and nested arrays if exact.
 *
 * @param label - what the value is for, as messages begin: `f: argument 0 (x: float64[?])`.
 * @throws ArgumentTypeError `COMPILE_ARGUMENT_TYPE` if it is no value; DTypeError
 *   `COMPILE_ARGUMENT_DTYPE`; ShapeError `COMPILE_ARGUMENT_RANK`, `COMPILE_ARGUMENT_SHAPE`; what
 *   `tensorFrom` throws for ragged arrays and values that the dtype cannot hold.
 */
export function readArgument(value: unknown, type: TensorType, label: string): Tensor {
  const tensor = toTensor(value, type.dtype, label);
  checkShape(tensor, type, label);
  return tensor;
}

/** In place of a value: its shape, where the value itself comes with each call. */
export interface ShapeOnly {
  readonly shape: readonly number[];
  readonly data?: undefined;
}

/** What is said about an argument ahead of a call. */
export type Placement = Tensor | ShapeOnly;

/**
 * A value like {@link readArgument}, or the shape of one.
 *
 * @throws what `readArgument` throws; ShapeError `SHAPE_INVALID`.
 */
export function readPlacement(value: unknown, type: TensorType, label: string): Placement {
  if (!isShapeOnly(value)) return readArgument(value, type, label);
  sizeOf(value.shape);
  checkShape(value, type, label);
  return { shape: [...value.shape] };
}

function isShapeOnly(value: unknown): value is ShapeOnly {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return 'shape' in value && Array.isArray(value.shape) && !('data' in value) && !isVariable(value);
}

function toTensor(value: unknown, dtype: DType, label: string): Tensor {
  if (isTensor(value)) {
    if (value.dtype === dtype) return value;
    checkSafe(value.dtype, dtype, label);
    return astype(value, dtype);
  }
  // The most frequent case, without the general reader of nested arrays.
  if (typeof value === 'number' && isFloat(dtype)) return fullTensor([], value, dtype);
  if (typeof value === 'number' || typeof value === 'boolean' || Array.isArray(value)) {
    return labelled(value, dtype, label);
  }
  const source = kindOfData(value);
  if (source === undefined) throw notAValue(value, label);
  if (source !== 'Array') checkSafe(source, dtype, label);
  // kindOfData has told apart the kinds of data that tensorFrom reads.
  return labelled(value as TensorLike, dtype, label);
}

/** The dtype or the class of typed data, `Array` for an ndarray over one, `undefined` for anything else. */
function kindOfData(value: unknown): string | undefined {
  if (ArrayBuffer.isView(value)) return kindOfArray(value);
  if (!isNdArrayLike(value)) return undefined;
  const kind = kindOfArray(value.data);
  return kind === 'uint8' && value.dtype === 'bool' ? 'bool' : kind;
}

function kindOfArray(data: unknown): string {
  const name = Object.prototype.toString.call(data).slice(8, -1);
  return storedAs[name] ?? name;
}

function labelled(value: TensorLike, dtype: DType, label: string): Tensor {
  try {
    return tensorFrom(value, { dtype });
  } catch (error) {
    if (error instanceof Error) {
      restate(error, `${label}: ${error.message.replace(/^tensorFrom: /, '')}`, { label });
    }
    throw error;
  }
}

function checkSafe(from: string, to: DType, label: string): void {
  if (safeCasts[from]?.includes(to)) return;
  throw new DTypeError(`${label}: ${from} does not convert safely to ${to}`, {
    code: 'COMPILE_ARGUMENT_DTYPE',
    hint: `convert it knowingly with astype(value, '${to}'), or declare the input as another dtype`,
    data: { label, from, to },
  });
}

function notAValue(value: unknown, label: string): ArgumentTypeError {
  return new ArgumentTypeError(`${label}: got ${describeValue(value)}, not a value`, {
    code: 'COMPILE_ARGUMENT_TYPE',
    hint: isVariable(value)
      ? 'a compiled function takes values; to compute with a variable, build a larger graph'
      : 'pass a number, a boolean, a nested array, a typed array, an ndarray or a tensor',
    data: { label, value },
  });
}

/**
 * Checks a tensor against the static shape of a type.
 *
 * @throws ShapeError `COMPILE_ARGUMENT_RANK`, `COMPILE_ARGUMENT_SHAPE`.
 */
export function checkShape(
  { shape }: Pick<Tensor, 'shape'>,
  type: TensorType,
  label: string,
): void {
  const expected = type.shape;
  if (shape.length !== expected.length) {
    throw new ShapeError(
      `${label}: got shape ${formatShape(shape)} of rank ${shape.length}, not ${expected.length}`,
      {
        code: 'COMPILE_ARGUMENT_RANK',
        hint: `it must fit ${formatType(type)}; tensorFrom(data, { shape }) gives data a shape`,
        data: { label, shape, expected },
      },
    );
  }
  for (let axis = 0; axis < shape.length; axis++) {
    const size = expected[axis] ?? null;
    if (size === null || size === shape[axis]) continue;
    throw new ShapeError(
      `${label}: got shape ${formatShape(shape)}, and axis ${axis} must have size ${size}`,
      {
        code: 'COMPILE_ARGUMENT_SHAPE',
        hint: `it must fit ${formatType(type)}`,
        data: { label, shape, expected, axis },
      },
    );
  }
}
