import ops from 'ndarray-ops';
import { isFloat, type DType } from '../dtype.ts';
import { ValueError } from '../errors.ts';
import { unravel } from '../iterate.ts';
import { formatShape, normalizeAxes } from '../shape.ts';
import { reshapeCopy } from '../reshape.ts';
import type { Tensor } from '../tensor.ts';
import { doubles, toNdArray, toTensor, type Strided } from './arrays.ts';

/** Which axes a reduction removes. */
export interface ReductionOptions {
  /** All axes if absent; none if empty. */
  readonly axes?: number | readonly number[] | undefined;
  /** Keep reduced axes with length 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

/** A function that turns groups of elements into one each. */
export type Reduction = (x: Tensor, options?: ReductionOptions) => Tensor;

function reduction(
  name: string,
  fold: (group: Strided) => number,
  result: (dtype: DType) => DType,
): Reduction {
  return (x, { axes, keepDims = false } = {}) => {
    const reduced = new Set(normalizeAxes(axes, x.shape.length, name));
    const kept = x.shape.flatMap((n, axis) => (reduced.has(axis) ? [] : [n]));
    const array = toNdArray(x);
    const out = doubles(kept);
    for (let k = 0; k < out.data.length; k++) {
      const indices = unravel(k, kept).values();
      const picked = x.shape.map((_, axis) =>
        reduced.has(axis) ? null : (indices.next().value ?? 0),
      );
      // `pick` of a rank-0 ndarray has no element.
      out.data[k] = fold(picked.length === 0 ? array : array.pick(...picked));
    }
    const shape = keepDims ? x.shape.map((n, axis) => (reduced.has(axis) ? 1 : n)) : kept;
    const tensor = toTensor(out, result(x.dtype));
    return reshapeCopy(tensor, shape);
  };
}

/** Sums and products of integers are int32. */
const accumulated = (dtype: DType): DType => (isFloat(dtype) ? dtype : 'int32');
const same = (dtype: DType): DType => dtype;
const toBool = (): DType => 'bool';

/** NaN if the group holds one, which `ndarray-ops` passes over. */
function extreme(name: string, fold: (group: Strided) => number): (group: Strided) => number {
  return (group) => {
    if (group.size === 0) {
      throw new ValueError(
        `${name}: no elements along the axes of shape ${formatShape(group.shape)}`,
        {
          code: 'REDUCE_EMPTY',
          data: { op: name, shape: group.shape },
        },
      );
    }
    const differs = ops.neq(doubles(group.shape), group, group);
    return ops.any(differs) ? Number.NaN : fold(group);
  };
}

/** Σ over the axes; 0 for an empty group. */
export const sum: Reduction = reduction('sum', ops.sum, accumulated);
/** Π over the axes; 1 for an empty group. */
export const prod: Reduction = reduction('prod', ops.prod, accumulated);
/** Greatest element over the axes; NaN wins. */
export const max: Reduction = reduction('max', extreme('max', ops.sup), same);
/** Least element over the axes; NaN wins. */
export const min: Reduction = reduction('min', extreme('min', ops.inf), same);
/** Whether any element is non-zero (NaN is). */
export const any: Reduction = reduction('any', (group) => Number(ops.any(nonZero(group))), toBool);
/** Whether all elements are non-zero (NaN is). */
export const all: Reduction = reduction('all', (group) => Number(ops.all(nonZero(group))), toBool);

function nonZero(group: Strided): Strided {
  return ops.neq(doubles(group.shape), group, doubles(group.shape));
}
