import ops from 'ndarray-ops';
import { isFloat, type DType } from '../dtype.ts';
import { DTypeError } from '../errors.ts';
import { floatResult, resultType, strongDType } from '../promotion.ts';
import type { Tensor } from '../tensor.ts';
import { doubles, stretchTogether, toTensor } from './arrays.ts';

/** A function applied to each element. */
export type UnaryKernel = (x: Tensor) => Tensor;
/** A function applied to pairs of elements, operands broadcast against each other. */
export type BinaryKernel = (x: Tensor, y: Tensor) => Tensor;

type Write1 = (typeof ops)['neg'];
type Write2 = (typeof ops)['add'];

function unary(name: string, write: Write1, result: (dtype: DType) => DType): UnaryKernel {
  return (x) => {
    const dtype = result(x.dtype);
    const { shape, arrays } = stretchTogether([x], name);
    return toTensor(write(doubles(shape), arrays[0]!), dtype);
  };
}

function binary(name: string, write: Write2, result: (x: DType, y: DType) => DType): BinaryKernel {
  return (x, y) => {
    const dtype = result(x.dtype, y.dtype);
    const { shape, arrays } = stretchTogether([x, y], name);
    return toTensor(write(doubles(shape), arrays[0]!, arrays[1]!), dtype);
  };
}

const same = (dtype: DType): DType => dtype;
const toFloat = (dtype: DType): DType => strongDType(floatResult(dtype));
const toBool = (): DType => 'bool';
const promoted = (x: DType, y: DType): DType => strongDType(resultType([x, y]));
const promotedFloat = (x: DType, y: DType): DType => toFloat(promoted(x, y));

function exceptBool(name: string): (dtype: DType) => DType {
  return (dtype) => {
    if (dtype !== 'bool') return dtype;
    throw new DTypeError(`${name}: not defined for bool`, {
      code: 'DTYPE_BOOL',
      hint: 'use logicalNot, notEqual or astype',
      data: { op: name },
    });
  };
}

/** Quotients of integers are float64. */
function quotient(x: DType, y: DType): DType {
  const dtype = promoted(x, y);
  return isFloat(dtype) ? dtype : 'float64';
}

export const neg: UnaryKernel = unary('neg', ops.neg, exceptBool('neg'));
export const abs: UnaryKernel = unary('abs', ops.abs, same);
export const floor: UnaryKernel = unary('floor', ops.floor, same);
export const ceil: UnaryKernel = unary('ceil', ops.ceil, same);
export const reciprocal: UnaryKernel = unary('reciprocal', ops.recip, toFloat);
export const exp: UnaryKernel = unary('exp', ops.exp, toFloat);
export const log: UnaryKernel = unary('log', ops.log, toFloat);
export const sqrt: UnaryKernel = unary('sqrt', ops.sqrt, toFloat);
export const sin: UnaryKernel = unary('sin', ops.sin, toFloat);
export const cos: UnaryKernel = unary('cos', ops.cos, toFloat);
export const tan: UnaryKernel = unary('tan', ops.tan, toFloat);
export const asin: UnaryKernel = unary('asin', ops.asin, toFloat);
export const acos: UnaryKernel = unary('acos', ops.acos, toFloat);
export const atan: UnaryKernel = unary('atan', ops.atan, toFloat);
export const logicalNot: UnaryKernel = unary('logicalNot', ops.not, toBool);

export const add: BinaryKernel = binary('add', ops.add, promoted);
export const sub: BinaryKernel = binary('sub', ops.sub, (x, y) =>
  exceptBool('sub')(promoted(x, y)),
);
export const mul: BinaryKernel = binary('mul', ops.mul, promoted);
export const div: BinaryKernel = binary('div', ops.div, quotient);
/** Remainder with the sign of the dividend, as JavaScript's `%`. */
export const fmod: BinaryKernel = binary('fmod', ops.mod, promoted);
export const pow: BinaryKernel = binary('pow', ops.pow, promoted);
export const atan2: BinaryKernel = binary('atan2', ops.atan2, promotedFloat);
/** The greater of two; NaN if either is. */
export const maximum: BinaryKernel = binary('maximum', ops.max, promoted);
/** The lesser of two; NaN if either is. */
export const minimum: BinaryKernel = binary('minimum', ops.min, promoted);

export const equal: BinaryKernel = binary('equal', ops.eq, toBool);
export const notEqual: BinaryKernel = binary('notEqual', ops.neq, toBool);
export const less: BinaryKernel = binary('less', ops.lt, toBool);
export const lessEqual: BinaryKernel = binary('lessEqual', ops.leq, toBool);
export const greater: BinaryKernel = binary('greater', ops.gt, toBool);
export const greaterEqual: BinaryKernel = binary('greaterEqual', ops.geq, toBool);
/** True where both are; NaN counts as true. */
export const logicalAnd: BinaryKernel = (x, y) => both(truth(x), truth(y));
/** True where either is; NaN counts as true. */
export const logicalOr: BinaryKernel = (x, y) => either(truth(x), truth(y));

const both: BinaryKernel = binary('logicalAnd', ops.and, toBool);
const either: BinaryKernel = binary('logicalOr', ops.or, toBool);
const truth: UnaryKernel = unary('truth', ops.assign, toBool);
