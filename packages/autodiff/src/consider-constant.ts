import type { Operand, Variable } from '@cotangent/graph';
import { zeroGrad } from '@cotangent/ops';
import { warnOnConsole } from './call.ts';
import type { WarningSink } from './call.ts';

/**
 * Theano's older name of `zeroGrad`: `x`, whose derivative is taken as zero. Not the same as the option
 * `considerConstant`, which disconnects.
 *
 * @deprecated use `zeroGrad`, or `disconnectedGrad`.
 */
export function considerConstant(
  x: Operand,
  options: { readonly onWarning?: WarningSink } = {},
): Variable {
  const warn = options.onWarning ?? warnOnConsole;
  warn('GRAD_DEPRECATED', 'considerConstant: use zeroGrad, or disconnectedGrad, instead');
  return zeroGrad(x);
}
