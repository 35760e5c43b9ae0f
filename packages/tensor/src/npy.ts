import { denseData } from './convert.ts';
import { byteSize, type DType, type TypedArray } from './dtype.ts';
import { ArgumentTypeError, DTypeError } from './errors.ts';
import {
  headerBytes,
  npyError,
  readHeader,
  type NpyHeader,
  type NpyVersion,
} from './npy-header.ts';
import { zerosTensor } from './dense.ts';
import type { Tensor } from './tensor.ts';
import { transpose } from './views.ts';

/** How a file stores one element, and which dtype it becomes. */
interface Encoding {
  readonly dtype: DType;
  readonly bytes: number;
  readonly read: (view: DataView, at: number, little: boolean) => number;
  /** Stored exactly as a tensor of `dtype` stores it. */
  readonly same?: true;
}

const encodings: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ['f8', { dtype: 'float64', bytes: 8, read: (v, at, le) => v.getFloat64(at, le), same: true }],
  ['f4', { dtype: 'float32', bytes: 4, read: (v, at, le) => v.getFloat32(at, le), same: true }],
  ['i4', { dtype: 'int32', bytes: 4, read: (v, at, le) => v.getInt32(at, le), same: true }],
  ['u1', { dtype: 'uint8', bytes: 1, read: (v, at) => v.getUint8(at), same: true }],
  ['b1', { dtype: 'bool', bytes: 1, read: (v, at) => v.getUint8(at) }],
  ['i1', { dtype: 'int32', bytes: 1, read: (v, at) => v.getInt8(at) }],
  ['i2', { dtype: 'int32', bytes: 2, read: (v, at, le) => v.getInt16(at, le) }],
  ['u2', { dtype: 'int32', bytes: 2, read: (v, at, le) => v.getUint16(at, le) }],
  ['u4', { dtype: 'int32', bytes: 4, read: (v, at, le) => v.getUint32(at, le) }],
  ['i8', { dtype: 'int32', bytes: 8, read: (v, at, le) => Number(v.getBigInt64(at, le)) }],
  ['u8', { dtype: 'int32', bytes: 8, read: (v, at, le) => Number(v.getBigUint64(at, le)) }],
]);

const typeStrings: { readonly [D in DType]: string } = {
  float64: 'f8',
  float32: 'f4',
  int32: 'i4',
  uint8: 'u1',
  bool: 'b1',
};

/**
 * Reads a NumPy `.npy` file: format 1.0, 2.0 or 3.0, row- or column-major, little- or big-endian.
 *
 * `f8 f4 i4 u1 b1` become the dtype of the same meaning; the other integers (`i1 i2 u2 u4 i8 u8`) become `int32`, and
 * a value that does not fit is refused. A column-major file gives a tensor with the strides of its file.
 *
 * Nothing in the file is executed, and memory is allocated only after the file proves long enough.
 *
 * @param bytes - the whole file; it is not kept.
 * @throws ValueError with `data.position`, a byte position: `NPY_MAGIC`, `NPY_VERSION`, `NPY_HEADER`, `NPY_TRUNCATED`,
 *   `NPY_TRAILING`, `NPY_SHAPE`, `NPY_VALUE` (an element that its dtype cannot hold).
 * @throws DTypeError `NPY_DTYPE` for types that tensors do not have.
 * @example
 * ```ts
 * import { parseNpy, tensorFrom, writeNpy } from '@cotangent/tensor';
 * parseNpy(writeNpy(tensorFrom([[1, 2], [3, 4]]))).toArray(); // [[1, 2], [3, 4]]
 * ```
 * @see NumPy, numpy.lib.format (NEP 1).
 */
export function parseNpy(bytes: Uint8Array | ArrayBuffer): Tensor {
  const file = asBytes(bytes);
  const header = readHeader(file);
  const { encoding, little } = encodingOf(header.descr);
  checkLength(file, header, encoding);
  const { shape, fortranOrder, dataStart } = header;
  const stored = fortranOrder ? shape.toReversed() : shape;
  const tensor = zerosTensor(stored, encoding.dtype);
  decode(file.subarray(dataStart), encoding, little, tensor.data, dataStart);
  return fortranOrder ? transpose(tensor) : tensor;
}

function asBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  if (ArrayBuffer.isView(bytes)) {
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  if (Object.prototype.toString.call(bytes) === '[object ArrayBuffer]')
    return new Uint8Array(bytes);
  throw new ArgumentTypeError('parseNpy: the file must be a Uint8Array or an ArrayBuffer', {
    code: 'NPY_BYTES',
    hint: 'for example new Uint8Array(await response.arrayBuffer())',
  });
}

function encodingOf(descr: string): { readonly encoding: Encoding; readonly little: boolean } {
  const [, order, kind = ''] = /^([<>|])([a-z]\d+)$/.exec(descr) ?? [];
  const encoding = encodings.get(kind);
  if (encoding !== undefined && (order !== '|' || encoding.bytes === 1)) {
    return { encoding, little: order !== '>' };
  }
  throw new DTypeError(`parseNpy: cannot read elements of type ${JSON.stringify(descr)}`, {
    code: 'NPY_DTYPE',
    hint: descr.includes('O')
      ? 'object arrays hold Python programs (pickles), which are never executed'
      : `save as one of ${[...encodings.keys()].join(', ')}, for example by x.astype('f8')`,
    data: { descr },
  });
}

/** The data must be exactly as long as the shape says: checked before anything of that size is allocated. */
function checkLength(file: Uint8Array, header: NpyHeader, encoding: Encoding): void {
  const { shape, dataStart } = header;
  const count = shape.reduce((product, n) => product * n, 1);
  const possible = shape.reduce((product, n) => product * Math.max(n, 1), 1);
  if (!Number.isSafeInteger(possible)) {
    throw npyError('NPY_SHAPE', `shape (${shape.join(', ')}) is too large`, dataStart);
  }
  const present = file.length - dataStart;
  const needed = count * encoding.bytes;
  if (present < needed) {
    throw npyError('NPY_TRUNCATED', `${needed} bytes of data expected, the file ends`, file.length);
  }
  if (present > needed) {
    throw npyError(
      'NPY_TRAILING',
      `${present - needed} bytes after the data`,
      dataStart + needed,
      'a file holds one array; cut the bytes first if it holds several',
    );
  }
}

function decode(
  bytes: Uint8Array,
  encoding: Encoding,
  little: boolean,
  target: TypedArray,
  dataStart: number,
): void {
  const { dtype, read, same } = encoding;
  if (same && (encoding.bytes === 1 || little === isHostLittleEndian())) {
    new Uint8Array(target.buffer).set(bytes);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const exact = dtype === 'int32' || dtype === 'bool';
  for (let k = 0; k < target.length; k++) {
    const value = read(view, k * encoding.bytes, little);
    target[k] = value;
    const fits = dtype === 'bool' ? value <= 1 : target[k] === value;
    if (exact && !fits) {
      const position = dataStart + k * encoding.bytes;
      throw npyError('NPY_VALUE', `${value} does not fit ${dtype}`, position);
    }
  }
}

/** How {@link writeNpy} lays out a file. */
export interface NpyOptions {
  /** Which axis varies fastest: the last (default) or the first. */
  readonly order?: 'row-major' | 'column-major' | undefined;
  /** Byte order; default little. */
  readonly endian?: 'little' | 'big' | undefined;
  /** Format version; default 1, which every NumPy reads. */
  readonly version?: NpyVersion | undefined;
}

/**
 * The bytes of a NumPy `.npy` file.
 *
 * @example
 * ```ts
 * import { fullTensor, writeNpy } from '@cotangent/tensor';
 * writeNpy(fullTensor([2], 1, 'uint8')).length; // 130: a header of 128 bytes and the two elements
 * ```
 */
export function writeNpy(tensor: Tensor, options: NpyOptions = {}): Uint8Array {
  const { order = 'row-major', endian = 'little', version = 1 } = options;
  const { dtype, shape } = tensor;
  const fortranOrder = order === 'column-major';
  const width = byteSize(dtype);
  const byteOrder = width === 1 ? '|' : endian === 'little' ? '<' : '>';
  const head = headerBytes({ descr: byteOrder + typeStrings[dtype], fortranOrder, shape }, version);
  const data: TypedArray = denseData(fortranOrder ? transpose(tensor) : tensor);
  const file = new Uint8Array(head.length + data.length * width);
  file.set(head);
  const body = file.subarray(head.length);
  body.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (width > 1 && (endian === 'little') !== isHostLittleEndian()) reverseEach(body, width);
  return file;
}

function reverseEach(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

function isHostLittleEndian(): boolean {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
}
