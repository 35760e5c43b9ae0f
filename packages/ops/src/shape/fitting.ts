import { DTypeError, resultType, strongDType } from '@cotangent/tensor';
import { asPromotedVariables, formatType, promotableOf } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';

/**
 * What is written to a part of `x`, and `x`: the value in the dtype of `x`.
 *
 * @throws DTypeError `OP_DTYPE_NARROWING` if `x` does not hold the dtype of `v`.
 */
export function fitting(x: Variable, v: Operand, op: string): readonly [Variable, Variable] {
  const [, value] = asPromotedVariables([x, v], op);
  const common = strongDType(resultType([x.type, value!.type].map(promotableOf)));
  if (common === x.dtype) return [x, castTo(value!, common)];
  throw new DTypeError(
    `${op}: the value is ${formatType(value!.type)}, which ${x.dtype} does not hold`,
    {
      code: 'OP_DTYPE_NARROWING',
      hint: `cast the value to ${x.dtype}, or x to ${value!.dtype}`,
      data: { op, x: x.type, v: value!.type },
    },
  );
}
