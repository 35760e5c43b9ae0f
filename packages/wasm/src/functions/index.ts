import type { UnaryOp } from '@cotangent/loops';
import type { ElementaryFunction } from './algebra.ts';
import { exp, expm1, sigmoid, softplus } from './exponential.ts';
import { acosh, asinh, atanh, cosh, sinh, tanh } from './hyperbolic.ts';
import { acos, asin, atan } from './inverse-trigonometric.ts';
import { log, log1p } from './logarithm.ts';
import { cos, sin, tan } from './trigonometric.ts';

/** The vector function of each elementary function of the loop language. */
export const elementaryFunctions: { readonly [Op in UnaryOp]?: ElementaryFunction } = {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atanh,
  cos,
  cosh,
  exp,
  expm1,
  log,
  log1p,
  sigmoid,
  sin,
  sinh,
  softplus,
  tan,
  tanh,
};
