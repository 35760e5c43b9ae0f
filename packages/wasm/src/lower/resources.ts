import { buffer as makeBuffer } from '@cotangent/loops';
import type { Buffer } from '@cotangent/loops';
import type { DType, Tensor } from '@cotangent/tensor';
import { sizeOf } from './lazy.ts';
import type { ResidentConstant } from './steps.ts';

/** The buffers of a module: made by the scheduler of the graph and by those of graphs inside its ops. */
export class Resources {
  readonly #sizes = new Map<Buffer, number>();
  #constants: ResidentConstant[] = [];

  /** Elements of each buffer. */
  get sizes(): ReadonlyMap<Buffer, number> {
    return this.#sizes;
  }

  get constants(): readonly ResidentConstant[] {
    return this.#constants;
  }

  buffer(dtype: DType, shape: readonly number[], prefix: string): Buffer {
    const made = makeBuffer(`${prefix}${this.#sizes.size}`, dtype);
    this.#sizes.set(made, sizeOf(shape));
    return made;
  }

  constant(value: Tensor): Buffer {
    const made = this.buffer(value.dtype, value.shape, 'c');
    this.#constants.push({ buffer: made, value });
    return made;
  }

  /** What `make` returns; if that is `undefined`, constants that it has placed are given up. */
  attempt<T>(make: () => T | undefined): T | undefined {
    const before = this.#constants.length;
    const made = make();
    if (made === undefined) this.#constants = this.#constants.slice(0, before);
    return made;
  }
}
