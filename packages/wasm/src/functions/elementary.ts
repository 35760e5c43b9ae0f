import type { Algebra } from './algebra.ts';
import { erf, erfc } from './error-function.ts';
import { exp, expm1, sigmoid, softplus } from './exponential.ts';
import { acosh, asinh, atanh, cosh, sinh, tanh } from './hyperbolic.ts';
import { acos, asin, atan } from './inverse-trigonometric.ts';
import { log, log1p } from './logarithm.ts';
import { pow } from './power.ts';
import type { VectorFunction } from './trace.ts';
import { cos, sin, tan } from './trigonometric.ts';

/** A function of one or two vectors, in both widths of lanes. */
export interface Elementary {
  readonly arity: 1 | 2;
  readonly evaluate: VectorFunction;
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
  log: unary(log),
  log1p: unary(log1p),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  sin: unary(sin),
  cos: unary(cos),
  tan: unary(tan),
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
