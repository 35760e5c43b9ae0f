import { reshapeCopy } from './reshape.ts';
import { astype, contiguous, hasDType } from './convert.ts';
import {
  checkDType,
  isFloat,
  isStorable,
  kindOf,
  storageDType,
  isStorage,
  type DType,
  type TypedArray,
} from './dtype.ts';
import { ArgumentTypeError, DTypeError, ShapeError, ValueError } from './errors.ts';
import { unravel } from './iterate.ts';
import { readNested } from './nested.ts';
import { formatShape, sizeOf } from './shape.ts';
import { denseTensor } from './dense.ts';
import { isNdArrayLike, isTensor, Tensor, type NdArrayLike, type Nested } from './tensor.ts';

/** Typed arrays that {@link tensorFrom} reads: a tensor's own kinds, and smaller ones if a `dtype` is given. */
export type NumericArray =
  | TypedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array
  | Uint8ClampedArray;

/** Whatever {@link tensorFrom} makes a tensor of. */
export type TensorLike = Nested | NumericArray | NdArrayLike | Tensor;

/** Options of {@link tensorFrom}. */
export interface TensorOptions<D extends DType = DType> {
  /** Shape of the result, of the same size; one entry may be −1. */
  readonly shape?: readonly number[] | undefined;
  /** Dtype of the result. */
  readonly dtype?: D | undefined;
}

/**
 * A tensor of a number, a boolean, nested arrays, a typed array, an npm `ndarray` or a tensor.
 *
 * Numbers become `float64` and booleans `bool`; typed arrays keep their kind. Typed arrays, ndarrays and tensors whose
 * kind is already the wanted one are shared, not copied. A conversion to `int32`, `uint8` or `bool` must be exact
 * (`astype` converts with loss).
 *
 * @throws ShapeError `RAGGED_ARRAY` (with the path), `RANK_TOO_HIGH`, `RESHAPE_SIZE_MISMATCH`, `NDARRAY_SHAPE`.
 * @throws ValueError `NOT_REPRESENTABLE` (with the path), `NDARRAY_BOUNDS`.
 * @throws ArgumentTypeError `NOT_A_TENSOR`, `NOT_A_NUMBER`, `MIXED_KINDS`.
 * @throws DTypeError `DTYPE_UNKNOWN`, `DTYPE_UNSUPPORTED_ARRAY`.
 * @example
 * ```ts
 * import { tensorFrom } from '@cotangent/tensor';
 * tensorFrom([[1, 2], [3, 4]]).dtype; // 'float64'
 * tensorFrom(new Float32Array(6), { shape: [2, 3] }).shape; // [2, 3]
 * tensorFrom([1, 2], { dtype: 'int32' }).toArray(); // [1, 2]
 * ```
 */
export function tensorFrom<D extends DType>(
  value: TensorLike,
  options: TensorOptions<D> & { readonly dtype: D },
): Tensor<D>;
export function tensorFrom<D extends DType>(
  value: Tensor<D>,
  options?: TensorOptions<D>,
): Tensor<D>;
export function tensorFrom(value: TensorLike, options?: TensorOptions): Tensor;
export function tensorFrom(value: TensorLike, options: TensorOptions = {}): Tensor {
  const dtype = options.dtype === undefined ? undefined : checkDType(options.dtype, 'tensorFrom');
  const read = readAny(value, dtype);
  const converted = dtype === undefined ? read : convertExactly(read, dtype);
  return options.shape === undefined ? converted : reshapeCopy(converted, options.shape);
}

function readAny(value: unknown, dtype: DType | undefined): Tensor {
  if (isTensor(value)) return value;
  if (typeof value === 'number' || typeof value === 'boolean' || Array.isArray(value)) {
    return readNested(value, dtype);
  }
  if (ArrayBuffer.isView(value)) {
    const data = readStorage(value, dtype);
    return denseTensor(data, [data.length], storageDType(data) ?? 'float64');
  }
  if (isNdArrayLike(value)) return readNdArray(value, dtype);
  throw new ArgumentTypeError(`tensorFrom: cannot make a tensor of ${kindOf(value)}`, {
    code: 'NOT_A_TENSOR',
    hint: 'give a number, a boolean, nested arrays of them, a typed array, an ndarray or a tensor',
    data: { value },
  });
}

/** Kinds that no tensor is stored as but whose elements all fit a double. */
const convertible: ReadonlySet<string> = new Set([
  'Int8Array',
  'Int16Array',
  'Uint16Array',
  'Uint32Array',
  'Uint8ClampedArray',
]);

/** `data` itself if tensors are stored like that; a float64 copy if a conversion was asked for. */
function readStorage(data: unknown, dtype: DType | undefined): TypedArray {
  if (isStorage(data)) return data;
  const kind = kindOf(data);
  if (dtype !== undefined && convertible.has(kind) && isArrayLike(data)) {
    return Float64Array.from(data);
  }
  throw new DTypeError(`tensorFrom: no dtype is stored as ${kind}`, {
    code: 'DTYPE_UNSUPPORTED_ARRAY',
    hint: convertible.has(kind)
      ? "give a dtype to convert to, for example { dtype: 'int32' }"
      : 'convert the elements to numbers first, for example by Float64Array.from(data, Number)',
    data: { kind },
  });
}

function isArrayLike(x: unknown): x is ArrayLike<number> {
  return typeof x === 'object' && x !== null && 'length' in x;
}

function readNdArray(array: NdArrayLike, dtype: DType | undefined): Tensor {
  checkNdArray(array);
  const { shape, stride, offset } = array;
  const plain = Array.isArray(array.data);
  const data = plain ? readPlain(array.data) : readStorage(array.data, dtype);
  const stored = storageDType(data) ?? 'float64';
  const tensor = new Tensor(data, [...shape], [...stride], offset, stored);
  if (array.dtype !== 'bool' || !hasDType(tensor, 'uint8')) return tensor;
  checkStorable(tensor, 'bool');
  return new Tensor(tensor.data, tensor.shape, tensor.stride, offset, 'bool');
}

function readPlain(data: ArrayLike<unknown>): Float64Array {
  return Float64Array.from(data, (element, position) => {
    if (typeof element === 'number' || typeof element === 'boolean') return Number(element);
    throw new ArgumentTypeError(`tensorFrom: data[${position}] is no number`, {
      code: 'NOT_A_NUMBER',
      data: { position, value: element },
    });
  });
}

/** An ndarray is only fields: make sure that no index leads outside its data. */
function checkNdArray({ data, shape, stride, offset }: NdArrayLike): void {
  const size = sizeOf(shape);
  if (stride.length !== shape.length || ![...stride, offset].every(Number.isSafeInteger)) {
    throw new ShapeError(
      `tensorFrom: strides ${formatShape(stride)} do not go with shape ${formatShape(shape)}`,
      { code: 'NDARRAY_SHAPE', data: { shape, stride, offset } },
    );
  }
  if (size === 0) return;
  const reaches = shape.map((n, axis) => (n - 1) * stride[axis]!);
  const least = reaches.reduce((sum, reach) => sum + Math.min(0, reach), offset);
  const greatest = reaches.reduce((sum, reach) => sum + Math.max(0, reach), offset);
  if (least >= 0 && greatest < data.length) return;
  throw new ValueError(
    `tensorFrom: positions ${least} to ${greatest} leave the ${data.length} elements of data`,
    {
      code: 'NDARRAY_BOUNDS',
      hint: 'shape, stride and offset must stay inside data',
      data: { shape, stride, offset, length: data.length },
    },
  );
}

/** {@link astype}, refusing what a discrete dtype cannot hold. */
function convertExactly(tensor: Tensor, dtype: DType): Tensor {
  if (tensor.dtype !== dtype && !isFloat(dtype)) checkStorable(tensor, dtype);
  return astype(tensor, dtype);
}

function checkStorable(tensor: Tensor, dtype: DType): void {
  const { data, offset, size } = contiguous(tensor);
  for (let k = 0; k < size; k++) {
    const value = data[offset + k]!;
    if (isStorable(value, dtype)) continue;
    const path = unravel(k, tensor.shape);
    const at = path.map((i) => `[${i}]`).join('');
    throw new ValueError(`tensorFrom: ${value}${at && ` at ${at}`} is no ${dtype}`, {
      code: 'NOT_REPRESENTABLE',
      hint: 'astype converts with loss (it drops fractions and wraps)',
      data: { value, dtype, path },
    });
  }
}
