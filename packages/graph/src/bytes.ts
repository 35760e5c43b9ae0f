import { Tensor, byteSize, denseData, rowMajorStrides } from '@cotangent/tensor';
import type { DType, TypedArrayOf } from '@cotangent/tensor';

type FromBuffer = { readonly [D in DType]: (buffer: ArrayBuffer) => TypedArrayOf[D] };

const fromBuffer: FromBuffer = {
  float64: (buffer) => new Float64Array(buffer),
  float32: (buffer) => new Float32Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  uint8: (buffer) => new Uint8Array(buffer),
  bool: (buffer) => new Uint8Array(buffer),
};

/**
 * The elements of a tensor in row-major order, little-endian: the same bytes exactly if dtype, order and
 * every bit of every element agree. Treat as read-only: it may share the tensor's storage.
 */
export function bytesOf(tensor: Tensor): Uint8Array {
  const data = denseData(tensor);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return isLittleEndian() ? bytes : reversedElements(bytes, byteSize(tensor.dtype));
}

/** The row-major tensor that {@link bytesOf} gives `bytes` for. Their number must fit the shape. */
export function tensorOfBytes(dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const ordered = isLittleEndian()
    ? new Uint8Array(bytes)
    : reversedElements(bytes, byteSize(dtype));
  const data = fromBuffer[dtype](ordered.buffer);
  return new Tensor<DType>(data, [...shape], rowMajorStrides(shape), 0, dtype);
}

/** A copy of `bytes` with the bytes of each element in reverse order: to or from big-endian. */
export function reversedElements(bytes: Uint8Array, elementSize: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const inElement = i % elementSize;
    result[i] = bytes[i - inElement + (elementSize - 1 - inElement)]!;
  }
  return result;
}

function isLittleEndian(): boolean {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
}

// A multiple of 3, so that chunks join without padding; small enough to be spread as arguments.
const chunkSize = 0x6000;

/** Bytes as standard base64 text with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  const chunks: string[] = [];
  for (let start = 0; start < bytes.length; start += chunkSize) {
    chunks.push(btoa(String.fromCharCode(...bytes.subarray(start, start + chunkSize))));
  }
  return chunks.join('');
}

/** How many bytes a base64 text stands for, found without decoding it; `undefined` if it is not base64. */
export function base64Length(text: string): number | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

/** The bytes of a text that {@link base64Length} accepts. */
export function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
