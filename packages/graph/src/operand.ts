import {
  ArgumentTypeError,
  DTypeError,
  Tensor,
  checkLiteral,
  copy,
  isStorable,
  resultType,
  strongDType,
  tensorFrom,
  weakKindOf,
} from '@cotangent/tensor';
import type { DType, Nested, NdArrayLike, Promotable, TypedArray } from '@cotangent/tensor';
import { isAbsence } from './absence.ts';
import { promotableOf, promotableType, tensorType } from './types.ts';
import { Constant, isVariable } from './variable.ts';
import type { Variable } from './variable.ts';

/**
 * Whatever an op accepts: a variable, or what becomes a constant (a number, a boolean, nested arrays of
 * them, a tensor, an ndarray, a typed array).
 */
export type Operand = Variable | Nested | Tensor | NdArrayLike | TypedArray;

/**
 * A constant with a copy of `value`.
 *
 * @param options.dtype - default: that of a tensor or typed array, `bool` for booleans, else `float64`.
 * @throws ShapeError for ragged nested arrays, with the path to the element at fault; ValueError if an
 *   integer `dtype` or `bool` cannot hold an element exactly.
 * @example constant([[1, 2], [3, 4]]); // float64[2,2]
 */
export function constant(
  value: Exclude<Operand, Variable>,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Constant {
  const tensor = copy(tensorFrom(value, { dtype: options.dtype }));
  return new Constant(tensorType(tensor.dtype, tensor.shape), tensor, options.name);
}

/** A constant for a number or boolean literal, of the dtype that `promotable` asks for. */
export function literal(value: number | boolean, promotable: Promotable): Constant {
  const dtype = strongDType(promotable);
  if (dtype === promotable) checkLiteral(value, dtype);
  return new Constant(promotableType(promotable, []), tensorFrom(value, { dtype }));
}

/**
 * The variable that an operand stands for. A number or boolean becomes a weak constant.
 *
 * @throws ArgumentTypeError naming the op and the position if `operand` is none of the allowed kinds.
 */
export function asVariable(operand: Operand, op = 'asVariable', position = 0): Variable {
  if (isVariable(operand)) return operand;
  if (typeof operand === 'number' || typeof operand === 'boolean') {
    return literal(operand, literalKind(operand));
  }
  return constantOperand(operand, op, position);
}

/**
 * The variables of an op whose operands promote each other: literals take the dtype that promotion
 * with the other operands gives.
 *
 * @param promotes - for each position whether it takes part; default: all.
 * @throws ValueError if a whole-number literal does not fit the integer dtype it must take.
 */
export function asPromotedVariables(
  operands: readonly Operand[],
  op: string,
  promotes?: readonly boolean[],
): readonly Variable[] {
  const known = operands.map((operand, position) =>
    typeof operand === 'number' || typeof operand === 'boolean'
      ? operand
      : isVariable(operand)
        ? operand
        : constantOperand(operand, op, position),
  );
  if (known.every(isVariable)) return known;
  const common = resultType(
    known
      .filter((_, position) => promotes?.[position] !== false)
      .map((x) => (isVariable(x) ? promotableOf(x.type) : literalKind(x))),
  );
  return known.map((x, position) => {
    if (isVariable(x)) return x;
    return literal(x, promotes?.[position] === false ? literalKind(x) : common);
  });
}

function literalKind(value: number | boolean): Promotable {
  const kind = weakKindOf(value);
  // A whole number beyond int32 can only be held as a float while nothing says otherwise.
  return kind === 'weak-integer' && !isStorable(Number(value), 'int32') ? 'weak-float' : kind;
}

function constantOperand(operand: unknown, op: string, position: number): Constant {
  if (!isConstantData(operand)) throw notAVariable(operand, op, position);
  return constant(operand);
}

function isConstantData(value: unknown): value is Tensor | NdArrayLike | Nested | TypedArray {
  if (value instanceof Tensor || Array.isArray(value) || ArrayBuffer.isView(value)) return true;
  return typeof value === 'object' && value !== null && 'data' in value && 'stride' in value;
}

/** The error for something that is neither a variable nor a value. */
export function notAVariable(value: unknown, op: string, position: number): ArgumentTypeError {
  if (isAbsence(value)) {
    return new DTypeError(`${op}: input ${position} is ${value.toString()}, which has no values`, {
      code: 'GRAPH_ABSENT_OPERAND',
      hint: 'test a derivative with isDisconnected and isNull before computing with it',
      data: { op, position },
    });
  }
  return new ArgumentTypeError(`${op}: input ${position} is ${describe(value)}, not a variable`, {
    code: 'GRAPH_NOT_A_VARIABLE',
    hint: 'pass a variable, a number, a nested array, a typed array, a tensor or an ndarray',
    data: { op, position },
  });
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `the string ${JSON.stringify(value)}`;
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`;
  return `of type ${typeof value === 'object' ? value.constructor?.name || 'object' : typeof value}`;
}
