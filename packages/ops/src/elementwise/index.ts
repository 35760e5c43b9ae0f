export { add, div, mul, neg, sub } from './arithmetic.ts';
export {
  eq,
  ge,
  gt,
  isFinite,
  isInf,
  isNan,
  le,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  ne,
} from './comparison.ts';
export { floorDivide, mod } from './division.ts';
export { exp, expm1, log, log1mexp, log1p, logAddExp, xlog1py, xlogy } from './exponential.ts';
export { acosh, asinh, atanh, cosh, sinh, tanh } from './hyperbolic.ts';
export { hypot } from './hypot.ts';
export { pow, powInt, reciprocal, sqrt, square } from './power.ts';
export { ceil, floor, round, trunc } from './rounding.ts';
export { clip, identity, maximum, minimum, where } from './selection.ts';
export type { Extremum, TiesOptions } from './selection.ts';
export { logSigmoid, logit, relu, sigmoid, softplus } from './sigmoid.ts';
export { abs, sign } from './sign.ts';
export { acos, asin, atan, atan2, cos, sin, tan } from './trigonometric.ts';
