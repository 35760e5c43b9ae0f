import { tensorFrom } from 'cotangent';
import type { Tensor } from 'cotangent';
import { contiguous } from '@cotangent/tensor';

/**
 * The first 64 bits of SHA-256 of dtypes, shapes and elements, in hexadecimal digits. All NaNs count as one: their
 * payload is no result, and engines are free to change it.
 */
export async function hashOf(tensors: readonly Tensor[]): Promise<string> {
  const header = JSON.stringify(tensors.map(({ dtype, shape }) => [dtype, shape]));
  const parts = [new TextEncoder().encode(header), ...tensors.map(canonicalBytes)];
  const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A tensor of bytes, to be hashed like a result. */
export function bytesTensor(bytes: Uint8Array): Tensor {
  return tensorFrom(bytes, { dtype: 'uint8' });
}

function canonicalBytes(tensor: Tensor): Uint8Array {
  const { data, offset, size } = contiguous(tensor);
  const dense = data.slice(offset, offset + size);
  const words = new Uint32Array(dense.buffer, 0, Math.floor(dense.byteLength / 4));
  // Written as integers: a NaN that is stored as a number may get any payload. Little-endian, as WebAssembly is.
  if (dense instanceof Float64Array) {
    dense.forEach((x, k) => {
      if (Number.isNaN(x)) words.set([0, 0x7ff80000], 2 * k);
    });
  } else if (dense instanceof Float32Array) {
    dense.forEach((x, k) => {
      if (Number.isNaN(x)) words[k] = 0x7fc00000;
    });
  }
  return new Uint8Array(dense.buffer);
}
