import { ValueError } from '@cotangent/tensor';
import { asVariable, isVariable } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { div, sub } from '../elementwise/arithmetic.ts';
import { where } from '../elementwise/selection.ts';
import { bernoulli } from '../random/distributions.ts';
import { shapeVectorOf } from '../shape/shape.ts';
import { undefinedGrad } from '../shaping.ts';

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Probability that an element is dropped, from 0 up to but not including 1; a number or a scalar of the graph. */
  readonly rate?: number | Variable | undefined;
}

/**
 * `x` with every element either set to 0, with probability `rate`, or divided by 1 − rate, so that its mean stays. The
 * derivative is that of the draw: the same elements are dropped. To evaluate a model, leave it out.
 *
 * @param key - as `randomKey`, `splitKey` or `foldIn` make it: another one for each call.
 * @param options.rate - default ½.
 * @throws ValueError `OP_DROPOUT_RATE` for a number outside [0, 1); ShapeError, DTypeError `RANDOM_KEY`; NullTypeGradError on
 *   differentiating by `rate`.
 * @example dropout(h, foldIn(key, step), { rate: 0.2 })
 * @see Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.
 */
export function dropout(x: Operand, key: Operand, options: DropoutOptions = {}): Variable {
  const { rate = 0.5 } = options;
  const variable = asVariable(x, 'dropout');
  if (!isVariable(rate) && !(rate >= 0 && rate < 1)) {
    throw new ValueError(`dropout: rate ${String(rate)}`, {
      code: 'OP_DROPOUT_RATE',
      hint: 'the rate is the probability that an element is dropped: 0 or more, below 1',
      data: { op: 'dropout', rate },
    });
  }
  if (rate === 0) return variable;
  const kept = sub(1, isVariable(rate) ? undefinedGrad(rate) : rate);
  const dtype = variable.dtype === 'float32' ? 'float32' : 'float64';
  const mask = bernoulli(key, shapeVectorOf(variable), { p: kept, dtype });
  return where(mask, div(variable, kept), 0);
}
