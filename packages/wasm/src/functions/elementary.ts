import type { BinaryOp, UnaryOp } from '@cotangent/loops';
import type { ElementaryFunction, FunctionOfTwo } from './algebra.ts';
import { erf, erfc } from './error-function.ts';
import { exp, expm1, sigmoid, softplus } from './exponential.ts';
import { acosh, asinh, atanh, cosh, sinh, tanh } from './hyperbolic.ts';
import { acos, asin, atan, atan2 } from './inverse-trigonometric.ts';
import { log, log1p } from './logarithm.ts';
import { pow } from './power.ts';
import { remainder } from './remainder.ts';
import { cos, sin, tan } from './trigonometric.ts';

/** Operations of one float that are instructions, or a few of them. */
export type ExactUnary = 'neg' | 'abs' | 'sqrt' | 'floor' | 'ceil' | 'trunc' | 'round';

/** Functions of two floats that are no instructions. */
export type ElementaryBinary = Extract<BinaryOp, 'pow' | 'atan2' | 'remainder'>;

/** Operations of two values that are instructions, or a few of them. */
export type ExactBinary = Exclude<BinaryOp, ElementaryBinary>;

/** Names of the elementary functions: the operations of the loop language that are no instructions. */
export type ElementaryName = Exclude<UnaryOp, ExactUnary> | ElementaryBinary;

/** A vector function for each operation that is no instruction. */
export type ElementaryTable = {
  readonly [Op in ElementaryName]: Op extends ElementaryBinary ? FunctionOfTwo : ElementaryFunction;
};

/** The elementary functions by name. */
export const elementaryFunctions: ElementaryTable = {
  exp,
  expm1,
  log,
  log1p,
  sigmoid,
  softplus,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  erf,
  erfc,
  pow,
  atan2,
  remainder,
};

/** How many vectors a function of the table takes. */
export function arityOf(name: ElementaryName): number {
  return elementaryFunctions[name].length - 1;
}
