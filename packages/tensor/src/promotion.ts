import { isFloat, isInteger, isStorable, type DType } from './dtype.ts';
import { ValueError } from './errors.ts';

/** The kind of a JavaScript literal, which adapts to the dtype of the tensors it meets. */
export type WeakKind = 'weak-bool' | 'weak-integer' | 'weak-float';

/** An operand of promotion: the dtype of a tensor, or the kind of a literal. */
export type Promotable = DType | WeakKind;

const weakRank: { readonly [K in WeakKind]: number } = {
  'weak-bool': 0,
  'weak-integer': 1,
  'weak-float': 2,
};

/** Whether `p` is the kind of a literal and not a dtype. */
export function isWeak(p: Promotable): p is WeakKind {
  return p === 'weak-bool' || p === 'weak-integer' || p === 'weak-float';
}

/** The kind of a literal. JavaScript cannot tell `2.0` from `2`: every whole number is a weak integer. */
export function weakKindOf(value: number | boolean): WeakKind {
  if (typeof value === 'boolean') return 'weak-bool';
  return Number.isInteger(value) ? 'weak-integer' : 'weak-float';
}

/** NumPy 2's table for two dtypes (NEP 50): by dtype only, never by value. */
function promoteStrong(a: DType, b: DType): DType {
  if (a === b || b === 'bool') return a;
  if (a === 'bool') return b;
  if (a === 'float64' || b === 'float64') return 'float64';
  if (a === 'float32') return b === 'int32' ? 'float64' : 'float32'; // float32 cannot hold every int32
  if (b === 'float32') return a === 'int32' ? 'float64' : 'float32';
  return 'int32';
}

function promoteWithWeak(strong: DType, weak: WeakKind): DType {
  switch (weak) {
    case 'weak-bool':
      return strong;
    case 'weak-integer':
      return strong === 'bool' ? 'int32' : strong;
    case 'weak-float':
      return isFloat(strong) ? strong : 'float64';
    default:
      return weak satisfies never;
  }
}

/**
 * The type of an operation on several operands, by NumPy 2's rules. Tensors promote by dtype only; literals take the
 * tensors' kind where they can. If all operands are literals the result stays weak.
 *
 * @throws ValueError `PROMOTION_EMPTY` if there is no operand.
 * @example
 * ```ts
 * import { resultType } from '@cotangent/tensor';
 * resultType(['int32', 'float32']); // 'float64'
 * resultType(['float32', 'weak-float']); // 'float32'
 * resultType(['bool', 'weak-integer']); // 'int32'
 * ```
 * @see NumPy Enhancement Proposal 50.
 */
export function resultType(operands: readonly Promotable[]): Promotable {
  let strong: DType | undefined;
  let weak: WeakKind | undefined;
  for (const p of operands) {
    if (isWeak(p)) weak = weak === undefined || weakRank[p] > weakRank[weak] ? p : weak;
    else strong = strong === undefined ? p : promoteStrong(strong, p);
  }
  if (strong === undefined) {
    if (weak !== undefined) return weak;
    throw new ValueError('resultType: no operands', { code: 'PROMOTION_EMPTY' });
  }
  return weak === undefined ? strong : promoteWithWeak(strong, weak);
}

/** The dtype of a result that nothing made strong: `bool`, `int32` or `float64` for the three kinds of literal. */
export function strongDType(p: Promotable): DType {
  switch (p) {
    case 'weak-bool':
      return 'bool';
    case 'weak-integer':
      return 'int32';
    case 'weak-float':
      return 'float64';
    default:
      return p;
  }
}

/**
 * The type of a float-valued function (`exp`, `sqrt`, …) of an operand: `bool` and `uint8` give `float32`, `int32`
 * gives `float64`, floats stay, whole and boolean literals become weak floats.
 */
export function floatResult(p: Promotable): Promotable {
  if (isWeak(p)) return 'weak-float';
  if (isFloat(p)) return p;
  return p === 'int32' ? 'float64' : 'float32';
}

/**
 * The value of a literal that is about to become an element of `dtype`.
 *
 * @returns the number to store; `true` and `false` give 1 and 0.
 * @throws ValueError `LITERAL_OUT_OF_RANGE` if `dtype` is discrete and cannot hold the value (NumPy 2 raises too).
 * @example
 * ```ts
 * import { checkLiteral } from '@cotangent/tensor';
 * checkLiteral(255, 'uint8'); // 255; 256 throws
 * ```
 */
export function checkLiteral(value: number | boolean, dtype: DType): number {
  const x = Number(value);
  if (isStorable(x, dtype)) return x;
  throw new ValueError(`literal ${x} does not fit ${dtype}`, {
    code: 'LITERAL_OUT_OF_RANGE',
    hint: isInteger(dtype)
      ? 'convert the tensor to a wider dtype first'
      : 'a bool tensor takes true, false, 1 and 0',
    data: { value, dtype },
  });
}
