import { DTypeError, isFloat, tensorFrom } from '@cotangent/tensor';
import type { FloatDType, NdArrayLike, NumericArray, Tensor, TensorLike } from '@cotangent/tensor';

/** One argument that is given by itself. A plain array is always a list of arguments. */
export type SinglePoint = Tensor | NdArrayLike | NumericArray | number;

/** The arguments of a function: one by itself, or a list. */
export type Point = SinglePoint | readonly TensorLike[];

/** One tensor for a point that is one argument, else one per entry. */
export type Packed<P extends Point, R> = P extends readonly unknown[] ? readonly R[] : R;

/** The arguments of a point, as a list. */
export function argumentsOf(pt: Point): readonly TensorLike[] {
  return isList(pt) ? pt : [pt];
}

export function isList(pt: Point): pt is readonly TensorLike[] {
  return Array.isArray(pt);
}

/**
 * An argument as a tensor of floating dtype.
 *
 * @throws DTypeError (a TypeError) `GRADCHECK_POINT_DTYPE` with the position and dtype of any other.
 */
export function floatTensor(value: TensorLike, position: number, caller: string): FloatTensor {
  const tensor = tensorFrom(value);
  if (isFloatTensor(tensor)) return tensor;
  throw new DTypeError(`${caller}: argument ${position} has dtype ${tensor.dtype}`, {
    code: 'GRADCHECK_POINT_DTYPE',
    hint: 'only float64 and float32 points can be differentiated; close over the other arguments',
    data: { position, dtype: tensor.dtype },
  });
}

export type FloatTensor = Tensor<FloatDType>;

function isFloatTensor(tensor: Tensor): tensor is FloatTensor {
  return isFloat(tensor.dtype);
}
