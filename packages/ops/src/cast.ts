import { astype, checkDType, isFloat } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import { callable, defineOp, tensorType, zero } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { batched } from './batch.ts';

type CastAttrs = { readonly dtype: DType };

/** y = x in another dtype.  Between floats, and from integers to floats: ẏ = cast ẋ; else a step function. */
const castOp: OpFunction<1, 1, CastAttrs> = defineOp<1, 1, CastAttrs>(
  'cast',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], { dtype }) => [tensorType(dtype, x.shape)],
    pushforward: ([xDot], { attrs: { dtype } }) => [isFloat(dtype) ? castTo(xDot, dtype) : zero],
    pullback: ([yBar], { attrs: { dtype } }) => [isFloat(dtype) ? yBar : zero],
    eval: ([x], { dtype }) => [astype(x, dtype)],
    batch: ([{ value }], { attrs }) => [batched(castOp(value, attrs))],
    shapeLike: ([x]) => x,
    samples: [
      { name: 'float64 to float32', inputs: [[0.1, -2.5, 3]], attrs: { dtype: 'float32' } },
      { name: 'to itself', inputs: [[0.1, -2.5, 3]], attrs: { dtype: 'float64' } },
      { name: 'float to integer', inputs: [[0.4, -2.5, 3.2]], attrs: { dtype: 'int32' } },
      {
        name: 'integer to float',
        inputs: [{ value: [1, -2, 3], dtype: 'int32' }],
        attrs: { dtype: 'float64' },
      },
    ],
  },
);

/**
 * `x` in another dtype: float64 rounds to float32, floats truncate towards zero to integers, nonzero
 * is true. The gradient passes unchanged into floats and from integers to floats, and is zero behind a
 * cast to a discrete dtype.
 *
 * @param dtype - one of the five dtypes.
 * @throws DTypeError if `dtype` is not a dtype.
 * @example cast(x, 'float32')
 */
export const cast: Callable<(x: Operand, dtype: DType) => Variable> = callable(
  castOp.op,
  (x: Operand, dtype: DType): Variable => castOp(x, { dtype: checkDType(dtype, 'cast') }),
);

/**
 * `x` in `dtype`, the same object if it has it already: {@link cast} for rules.
 *
 * @example castTo(g, x.dtype)
 */
export function castTo(x: Variable, dtype: DType): Variable {
  return x.dtype === dtype ? x : castOp(x, { dtype });
}
