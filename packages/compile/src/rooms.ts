import { Tensor, allocate, isNdArrayLike, isTensor } from '@cotangent/tensor';
import type { DType, TypedArray } from '@cotangent/tensor';

// A room is a dense tensor over exactly its storage: offset 0, row-major, `data.length` = `size`.

/** Up to here a loop in JavaScript copies faster than the engine's `set`, which first has to be called. */
const longestLoop = 16;

/** Copies `size` elements between arrays of one kind. */
function transfer(to: TypedArray, from: TypedArray, start: number, size: number): void {
  if (size <= longestLoop) for (let k = 0; k < size; k++) to[k] = from[start + k]!;
  else to.set(from.length === size ? from : from.subarray(start, start + size));
}

/** Whether a tensor has the dtype and shape of a room, and lies densely. */
export function fitsRoom(x: Tensor, room: Tensor): boolean {
  const { shape, stride } = x;
  const rank = room.shape.length;
  if (x.dtype !== room.dtype || shape.length !== rank) return false;
  for (let axis = 0; axis < rank; axis++) {
    const n = shape[axis]!;
    if (n !== room.shape[axis] || (n !== 1 && stride[axis] !== room.stride[axis])) return false;
  }
  return true;
}

/** Whether a tensor is a room itself, or another one over the same elements. */
export function isRoom(x: Tensor, room: Tensor): boolean {
  if (x === room) return true;
  const { data, offset } = x;
  if (data.buffer !== room.data.buffer || !fitsRoom(x, room)) return false;
  return data.byteOffset + offset * data.BYTES_PER_ELEMENT === room.data.byteOffset;
}

/**
 * Stores an argument of a compiled function in a room, if it is of the most frequent kinds: a dense tensor
 * of the same type, a typed array of the same kind, a flat array of numbers or a number for a float.
 *
 * @returns whether it was stored; if not, the room holds anything.
 */
export function storeArgument(room: Tensor, value: unknown): boolean {
  if (isTensor(value)) {
    if (!fitsRoom(value, room)) return false;
    transfer(room.data, value.data, value.offset, room.size);
    return true;
  }
  if (typeof value === 'number') return storeNumber(room, value);
  if (Array.isArray(value)) return storeList(room, value);
  return storeTyped(room, value);
}

/** Whether an argument is typed data in some storage. */
export function isIn(value: unknown, storage: ArrayBufferLike): boolean {
  const data = isNdArrayLike(value) ? value.data : value;
  return ArrayBuffer.isView(data) && data.buffer === storage;
}

function isFloatRoom({ dtype }: Tensor): boolean {
  return dtype === 'float64' || dtype === 'float32';
}

function storeNumber(room: Tensor, value: number): boolean {
  if (room.shape.length !== 0 || !isFloatRoom(room)) return false;
  room.data[0] = value;
  return true;
}

function storeList({ data, shape, dtype }: Tensor, list: readonly unknown[]): boolean {
  if (shape.length !== 1 || list.length !== shape[0]) return false;
  if (dtype !== 'float64' && dtype !== 'float32') return false;
  for (let k = 0; k < list.length; k++) {
    const element = list[k];
    if (typeof element !== 'number') return false;
    data[k] = element;
  }
  return true;
}

function storeTyped({ data, shape, dtype, size }: Tensor, value: unknown): boolean {
  if (shape.length !== 1 || dtype === 'bool') return false;
  const isSame =
    (value instanceof Float64Array && dtype === 'float64') ||
    (value instanceof Float32Array && dtype === 'float32') ||
    (value instanceof Int32Array && dtype === 'int32') ||
    (value instanceof Uint8Array && dtype === 'uint8');
  if (!isSame || value.length !== size) return false;
  transfer(data, value, 0, size);
  return true;
}

/** A room over the elements of a dense tensor. */
export function roomOf({ data, shape, stride, offset, size, dtype }: Tensor): Tensor {
  return new Tensor<DType>(data.subarray(offset, offset + size), shape, stride, 0, dtype);
}

/** Copies a room to a dense tensor that fits it. */
export function writeRoom(target: Tensor, room: Tensor): void {
  const { data, offset } = target;
  if (room.size <= longestLoop)
    for (let k = 0; k < room.size; k++) data[offset + k] = room.data[k]!;
  else data.set(room.data, offset);
}

/** A new tensor with the values of a room. */
export function copyRoom({ data, shape, stride, size, dtype }: Tensor): Tensor {
  const made = allocate(dtype, size);
  transfer(made, data, 0, size);
  return new Tensor<DType>(made, shape.slice(), stride.slice(), 0, dtype);
}
