import { resultType } from '@cotangent/tensor';
import type { Promotable } from '@cotangent/tensor';

/** The promoted dtype, and int32 for booleans: squares, powers and quotients of them are numbers. */
export function numericResult(dtypes: readonly Promotable[]): Promotable {
  const common = resultType(dtypes);
  if (common === 'bool') return 'int32';
  return common === 'weak-bool' ? 'weak-integer' : common;
}
