import { contiguous, copy, isFloat } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { firstMismatch } from './compare.ts';
import type { Tolerance } from './compare.ts';

/** Changes floating numbers by a few units in the last place, always the same way. */
export class Noise {
  #state = 1;

  /** A copy of `y`, every element off by up to 2 units in the last place; discrete tensors as they are. */
  on(y: Tensor): Tensor {
    if (!isFloat(y.dtype)) return y;
    const shaken = copy(contiguous(y));
    const unit = y.dtype === 'float64' ? 2 ** -52 : 2 ** -23;
    for (let k = 0; k < shaken.data.length; k++) {
      shaken.data[k] = shaken.data[k]! * (1 + 2 * unit * this.#next());
    }
    return shaken;
  }

  /** Uniform in [−1, 1): a linear congruential generator (Numerical Recipes, 3rd edition, section 7.1). */
  #next(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state / 2 ** 31 - 1;
  }
}

// How much further a variable may be off than it moved.
const safety = 64;

/** Whether rounding errors move `y` by no more than the tolerance over a margin of safety. */
export function isStable(y: Tensor, shaken: Tensor | undefined, tolerance: Tolerance): boolean {
  if (shaken === undefined) return false;
  const { absolute, relative } = tolerance;
  const allowed = { absolute: absolute / safety, relative: relative / safety };
  return firstMismatch(shaken, y, allowed) === undefined && isFiniteTensor(y);
}

function isFiniteTensor(y: Tensor): boolean {
  return !isFloat(y.dtype) || contiguous(y).data.every(Number.isFinite);
}
