import { DTypeError, ValueError } from './errors.ts';

/** The element types of a tensor. `bool` is stored as bytes 0 and 1. */
export type DType = 'float64' | 'float32' | 'int32' | 'uint8' | 'bool';

/** The floating element types, the only ones a derivative can have. */
export type FloatDType = 'float64' | 'float32';

/** The typed array that stores each dtype. */
export interface TypedArrayOf {
  readonly float64: Float64Array;
  readonly float32: Float32Array;
  readonly int32: Int32Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
}

/** Any storage a tensor may have. */
export type TypedArray = Float64Array | Float32Array | Int32Array | Uint8Array;

/** Every dtype, widest first. */
export const dtypes: readonly DType[] = ['float64', 'float32', 'int32', 'uint8', 'bool'];

/** Whether `x` is the name of a dtype. */
export function isDType(x: unknown): x is DType {
  return dtypes.some((dtype) => dtype === x);
}

/** Whether `dtype` is `float64` or `float32`. */
export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype === 'float64' || dtype === 'float32';
}

/** Whether `dtype` is `int32` or `uint8`; `bool` is not an integer. */
export function isInteger(dtype: DType): dtype is 'int32' | 'uint8' {
  return dtype === 'int32' || dtype === 'uint8';
}

/**
 * `x` itself if it names a dtype.
 *
 * @throws DTypeError `DTYPE_UNKNOWN` otherwise.
 */
export function checkDType(x: unknown, opName: string): DType {
  if (isDType(x)) return x;
  throw new DTypeError(`${opName}: unknown dtype ${JSON.stringify(x) ?? String(x)}`, {
    code: 'DTYPE_UNKNOWN',
    hint: `use one of ${dtypes.join(', ')}`,
    data: { op: opName, dtype: x },
  });
}

type Constructors = { readonly [D in DType]: new (length: number) => TypedArrayOf[D] };

const constructors: Constructors = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

const bytesPerElement: { readonly [D in DType]: number } = {
  float64: 8,
  float32: 4,
  int32: 4,
  uint8: 1,
  bool: 1,
};

/** Bytes that one element of `dtype` takes. */
export function byteSize(dtype: DType): number {
  return bytesPerElement[dtype];
}

/**
 * Fresh storage for `length` elements, all zero.
 *
 * @throws ValueError `OUT_OF_MEMORY` if the engine cannot allocate that much.
 */
export function allocate<D extends DType>(dtype: D, length: number): TypedArrayOf[D] {
  try {
    return new constructors[dtype](length);
  } catch (cause) {
    throw new ValueError(`cannot allocate ${length} elements of ${dtype}`, {
      code: 'OUT_OF_MEMORY',
      hint: 'one typed array holds at most a few GiB; work on parts of the data',
      data: { dtype, length },
      cause,
    });
  }
}

/** Least and greatest value of an integer dtype; `bool` counts as 0 to 1. */
export function integerRange(dtype: 'int32' | 'uint8' | 'bool'): readonly [number, number] {
  switch (dtype) {
    case 'int32':
      return [-(2 ** 31), 2 ** 31 - 1];
    case 'uint8':
      return [0, 255];
    case 'bool':
      return [0, 1];
    default:
      return dtype satisfies never;
  }
}

/**
 * What a tensor of `dtype` holds after `value` is stored in it: `float32` rounds to nearest, `int32` and `uint8` drop
 * the fraction and wrap (NaN becomes 0), `bool` is 1 unless `value` is 0 (NaN becomes 1).
 *
 * @example
 * ```ts
 * import { storeValue } from '@cotangent/tensor';
 * storeValue(-1, 'uint8'); // 255
 * storeValue(0.5, 'bool'); // 1
 * ```
 */
export function storeValue(value: number, dtype: DType): number {
  switch (dtype) {
    case 'float64':
      return value;
    case 'float32':
      return Math.fround(value);
    case 'int32':
      return value | 0;
    case 'uint8':
      return value & 255;
    case 'bool':
      return value !== 0 ? 1 : 0;
    default:
      return dtype satisfies never;
  }
}

/** Whether `value` can be stored in `dtype` without becoming another number (rounding to float32 apart). */
export function isStorable(value: number, dtype: DType): boolean {
  if (isFloat(dtype)) return true;
  const [least, greatest] = integerRange(dtype);
  return Number.isInteger(value) && value >= least && value <= greatest;
}

/** JavaScript's name of an object's kind, right also for objects of another realm (`Float64Array`, `Array`, …). */
export function kindOf(x: unknown): string {
  return Object.prototype.toString.call(x).slice(8, -1);
}

/** Whether `x` is a typed array that can be a tensor's storage. */
export function isStorage(x: unknown): x is TypedArray {
  return storageDType(x) !== undefined;
}

/** The dtype a typed array has as a tensor, or undefined if tensors have no such storage. */
export function storageDType(x: unknown): Exclude<DType, 'bool'> | undefined {
  switch (kindOf(x)) {
    case 'Float64Array':
      return 'float64';
    case 'Float32Array':
      return 'float32';
    case 'Int32Array':
      return 'int32';
    case 'Uint8Array':
      return 'uint8';
    default:
      return undefined;
  }
}
