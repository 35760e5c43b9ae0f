import { bytesOf } from '@cotangent/loops';
import type { Buffer, ElementType } from '@cotangent/loops';
import { Tensor, isContiguous, rowMajorStrides, sizeOf } from '@cotangent/tensor';
import type { DType, TypedArray } from '@cotangent/tensor';
import type { Lazy } from '../lower/lazy.ts';

/** Tensors over a linear memory. */
export class Space {
  readonly #addresses: ReadonlyMap<Buffer, number>;
  readonly #arrays: { readonly [D in ElementType]: TypedArray };

  constructor({ buffer }: WebAssembly.Memory, addresses: ReadonlyMap<Buffer, number>) {
    this.#addresses = addresses;
    const bytes = new Uint8Array(buffer);
    this.#arrays = {
      float64: new Float64Array(buffer),
      float32: new Float32Array(buffer),
      int32: new Int32Array(buffer),
      uint8: bytes,
      bool: bytes,
    };
  }

  /** A dense tensor whose storage is exactly its elements. */
  dense(buffer: Buffer, shape: readonly number[]): Tensor {
    return this.#room(buffer, shape, 0);
  }

  /** A tensor with the elements of a value in memory; if they lie densely, as `dense` makes it. */
  viewOf({ view, shape }: Lazy): Tensor {
    if (view === undefined) throw new Error('wasm: a value that is read must be in memory');
    const { buffer, offset, strides } = view;
    const start = this.#start(buffer) + offset;
    const { dtype } = buffer;
    const tensor = new Tensor<DType>(this.#arrays[dtype], shape, strides, start, dtype);
    return isContiguous(tensor) ? this.#room(buffer, shape, offset) : tensor;
  }

  #room(buffer: Buffer, shape: readonly number[], offset: number): Tensor {
    const start = this.#start(buffer) + offset;
    const data = this.#arrays[buffer.dtype].subarray(start, start + sizeOf(shape));
    return new Tensor<DType>(data, shape, rowMajorStrides(shape), 0, buffer.dtype);
  }

  #start(buffer: Buffer): number {
    return (this.#addresses.get(buffer) ?? 0) / bytesOf[buffer.dtype];
  }
}
