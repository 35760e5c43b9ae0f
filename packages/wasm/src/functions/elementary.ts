import type { Algebra } from './algebra.ts';
import { erf, erfc } from './error-function.ts';
import { exp, expm1, sigmoid, softplus } from './exponential.ts';
import { acosh, asinh, atanh, cosh, sinh, tanh } from './hyperbolic.ts';
import { acos, asin, atan } from './inverse-trigonometric.ts';
import { log, log1p, logIsRare, logOfNormal } from './logarithm.ts';
import { pow } from './power.ts';
import type { VectorFunction } from './trace.ts';
import {
  cos,
  cosOfCommon,
  isHugeAngle,
  sin,
  sinOfCommon,
  tan,
  tanOfCommon,
} from './trigonometric.ts';

/** A function of one or two vectors, in both widths of lanes. */
export interface Elementary {
  readonly arity: 1 | 2;
  /** Right on every lane. Straight-line code; hundreds of instructions if there is a `common` form. */
  readonly evaluate: VectorFunction;
  /**
   * A short form with the same bits on every lane outside the mask `isRare`, so that a loop may use it and call
   * `evaluate`, out of line, for a vector with any such lane.
   */
  readonly common?: { readonly evaluate: VectorFunction; readonly isRare: VectorFunction };
}

type OneVector = <V>(m: Algebra<V>, x: V) => V;

/** With the number of arguments checked, which the type of a list cannot express. */
function ofOne(f: OneVector): VectorFunction {
  return (m, x) => {
    if (x === undefined) throw new RangeError('An elementary function needs its argument');
    return f(m, x);
  };
}

const unary = (evaluate: OneVector): Elementary => ({ arity: 1, evaluate: ofOne(evaluate) });

const guarded = (evaluate: OneVector, common: OneVector, isRare: OneVector): Elementary => ({
  ...unary(evaluate),
  common: { evaluate: ofOne(common), isRare: ofOne(isRare) },
});

const powRecord: Elementary = {
  arity: 2,
  evaluate: (m, x, y) => {
    if (x === undefined || y === undefined) throw new RangeError('pow needs two arguments');
    return pow(m, x, y);
  },
};

/** Names of the elementary functions. */
export type ElementaryName =
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sigmoid'
  | 'softplus'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'asinh'
  | 'acosh'
  | 'atanh'
  | 'erf'
  | 'erfc'
  | 'pow';

/** The elementary functions by name. */
export const elementary: { readonly [name in ElementaryName]: Elementary } = {
  exp: unary(exp),
  expm1: unary(expm1),
  log: guarded(log, logOfNormal, logIsRare),
  log1p: unary(log1p),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  sin: guarded(sin, sinOfCommon, isHugeAngle),
  cos: guarded(cos, cosOfCommon, isHugeAngle),
  tan: guarded(tan, tanOfCommon, isHugeAngle),
  asin: unary(asin),
  acos: unary(acos),
  atan: unary(atan),
  sinh: unary(sinh),
  cosh: unary(cosh),
  tanh: unary(tanh),
  asinh: unary(asinh),
  acosh: unary(acosh),
  atanh: unary(atanh),
  erf: unary(erf),
  erfc: unary(erfc),
  pow: powRecord,
};
