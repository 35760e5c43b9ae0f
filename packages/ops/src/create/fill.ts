import { checkDType, checkLiteral, fullTensor } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import { asVariable, constant, isKnownShape, isVariable } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { broadcastLike, broadcastTo } from '../shape/broadcast.ts';
import { asShapeVector, staticSizes } from '../shape/shape.ts';
import type { ShapeOperand } from '../shape/shape.ts';

/** Options of the functions that create tensors. */
export interface CreateOptions {
  /** Default `float64`, where the function does not say otherwise. */
  readonly dtype?: DType | undefined;
}

/**
 * Zeros (`false` for bool). A constant if every size is known.
 *
 * @param shape - sizes, each a number or a scalar of the graph, or one int32 vector of the graph.
 * @throws ValueError `OP_INVALID_SIZE`, `OP_UNKNOWN_RANK`; DTypeError `DTYPE_UNKNOWN`.
 * @example zeros([2, 3], { dtype: 'float32' })
 */
export function zeros(shape: ShapeOperand, options: CreateOptions = {}): Variable {
  return filled(shape, 0, options.dtype ?? 'float64', 'zeros');
}

/**
 * Ones (`true` for bool). A constant if every size is known.
 *
 * @param shape - as for {@link zeros}.
 * @throws as {@link zeros}.
 * @example ones([3])
 */
export function ones(shape: ShapeOperand, options: CreateOptions = {}): Variable {
  return filled(shape, 1, options.dtype ?? 'float64', 'ones');
}

/**
 * A tensor with `value` everywhere; a value that is not a scalar is broadcast to the shape. A constant if the value is a
 * number and every size is known. The gradient of `value` is the sum of what arrives.
 *
 * @param shape - as for {@link zeros}.
 * @param options.dtype - default: that of `value`, float64 for a number.
 * @throws as {@link zeros}; ValueError `LITERAL_OUT_OF_RANGE` if the dtype does not hold the number; ShapeError
 *   `SHAPE_BROADCAST` if the value does not broadcast to the shape.
 * @example full([2], 7) // [7, 7]
 */
export function full(shape: ShapeOperand, value: Operand, options: CreateOptions = {}): Variable {
  if (typeof value === 'boolean')
    return filled(shape, Number(value), options.dtype ?? 'bool', 'full');
  if (typeof value === 'number') return filled(shape, value, options.dtype ?? 'float64', 'full');
  const given = asVariable(value, 'full', 1);
  const dtype = options.dtype === undefined ? given.dtype : checkDType(options.dtype, 'full');
  return broadcastTo(castTo(given, dtype), asShapeVector(shape, 'full'));
}

/**
 * A tensor of the shape of `x` with `value` everywhere. No element depends on the elements of `x`.
 *
 * @param options.dtype - default: that of `x`. A variable is cast to it.
 * @throws ValueError `LITERAL_OUT_OF_RANGE` if the dtype does not hold the number; DTypeError `DTYPE_UNKNOWN`.
 * @example fullLike([[1, 2], [3, 4]], 0.5) // [[0.5, 0.5], [0.5, 0.5]]
 */
export function fullLike(x: Operand, value: Operand, options: CreateOptions = {}): Variable {
  const like = asVariable(x, 'fullLike');
  const dtype = options.dtype === undefined ? like.dtype : checkDType(options.dtype, 'fullLike');
  const fill =
    typeof value === 'number' || typeof value === 'boolean'
      ? constant(checkLiteral(value, dtype), { dtype })
      : castTo(asVariable(value, 'fullLike', 1), dtype);
  return broadcastLike(fill, like);
}

/**
 * A tensor whose values are of no interest: zeros here, so that programs that read them all the same do not differ from
 * run to run.
 *
 * @throws as {@link zeros}.
 * @example empty([2, 3])
 */
export function empty(shape: ShapeOperand, options: CreateOptions = {}): Variable {
  return filled(shape, 0, options.dtype ?? 'float64', 'empty');
}

/**
 * A tensor of the shape and dtype of `x` whose values are of no interest, as {@link empty}.
 *
 * @example emptyLike([1.5, 2.5])
 */
export function emptyLike(x: Operand): Variable {
  return fullLike(x, 0);
}

/**
 * The variable that a value stands for: a variable as it is, anything else as a constant.
 *
 * @param options.dtype - default: that of the value. A variable is cast to it.
 * @throws ArgumentTypeError `GRAPH_NOT_A_VARIABLE`; DTypeError `DTYPE_UNKNOWN`; for a value that the dtype does not hold
 *   exactly, ValueError `NOT_REPRESENTABLE`.
 * @example asTensor([[1, 2], [3, 4]], { dtype: 'float32' })
 */
export function asTensor(value: Operand, options: CreateOptions = {}): Variable {
  const { dtype } = options;
  if (isVariable(value)) {
    return dtype === undefined ? value : castTo(value, checkDType(dtype, 'asTensor'));
  }
  return constant(value, dtype === undefined ? {} : { dtype: checkDType(dtype, 'asTensor') });
}

function filled(shape: ShapeOperand, value: number, dtype: DType, op: string): Variable {
  const fill = checkLiteral(value, checkDType(dtype, op));
  const vector = asShapeVector(shape, op);
  const sizes = staticSizes(vector, op);
  return isKnownShape(sizes)
    ? constant(fullTensor(sizes, fill, dtype))
    : broadcastTo(constant(fill, { dtype }), vector);
}
