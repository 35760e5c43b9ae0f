import type { Op } from '@cotangent/graph';
import { convolutions } from './nn/conv.ts';
import { losses } from './nn/records.ts';
import { poolings } from './nn/pool.ts';
import { randomOps } from './random/records.ts';
import { cast } from './cast.ts';
import { assert, ifElse, print, scan } from './control/index.ts';
import { arange, eye, oneHot } from './create/index.ts';
import { indexingOps } from './indexing/records.ts';
import {
  abs,
  acos,
  acosh,
  add,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  ceil,
  clip,
  cos,
  cosh,
  div,
  eq,
  exp,
  expm1,
  floor,
  floorDivide,
  ge,
  gt,
  hypot,
  identity,
  isFinite,
  isInf,
  isNan,
  le,
  log,
  log1mexp,
  log1p,
  logAddExp,
  logSigmoid,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logit,
  lt,
  maximum,
  minimum,
  mod,
  mul,
  ne,
  neg,
  pow,
  powInt,
  reciprocal,
  relu,
  round,
  sigmoid,
  sign,
  sin,
  sinh,
  softplus,
  sqrt,
  square,
  sub,
  tan,
  tanh,
  trunc,
  where,
  xlog1py,
  xlogy,
} from './elementwise/index.ts';
import { maximumSplit, minimumSplit } from './elementwise/selection.ts';
import { placeOp } from './linear/diagonal.ts';
import { choleskyAdjointOp } from './linear/cholesky.ts';
import { halfTriangle } from './linear/half-triangle.ts';
import {
  cholesky,
  det,
  diagonal,
  eigh,
  eigvalsh,
  inv,
  matmul,
  normVector,
  pinv,
  qr,
  slogdet,
  solve,
  solveTriangular,
  svd,
  svdvals,
  tensordot,
  tril,
} from './linear/index.ts';
import { shiftOp } from './reduce/affine-scan.ts';
import {
  affineScan,
  all,
  any,
  argmax,
  argmin,
  cumprod,
  cumsum,
  logSoftmax,
  logSumExp,
  max,
  min,
  prod,
  softmax,
  std,
  sum,
  variance,
} from './reduce/index.ts';
import { divOrZero } from './reduce/variance.ts';
import {
  addSlice,
  broadcastTo,
  concatenate,
  flip,
  reshape,
  second,
  setSlice,
  shape,
  shapeAt,
  size,
  slice,
  specifyShape,
  split,
  sumTo,
  transpose,
} from './shape/index.ts';
import { dimensions } from './shape/shape.ts';
import { argsort } from './sort/index.ts';
import {
  betaln,
  digamma,
  erf,
  erfc,
  erfcx,
  gammaln,
  logNdtr,
  ndtr,
  polygamma,
  trigamma,
} from './special/index.ts';
import { erfcxIntegral } from './special/error-function.ts';
import { disconnectedGrad, gradClip, gradScale, undefinedGrad, zeroGrad } from './shaping.ts';

interface WithRecord {
  readonly op: Op;
}

// Functions, so that a bundle without `standardOps` drops them and the ops that only they name.

/** Ops that act on each element by itself. */
const elementwiseOps = (): readonly WithRecord[] => [
  abs,
  acos,
  acosh,
  add,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  ceil,
  clip,
  cos,
  cosh,
  div,
  eq,
  exp,
  expm1,
  floor,
  floorDivide,
  ge,
  gt,
  hypot,
  identity,
  isFinite,
  isInf,
  isNan,
  le,
  log,
  log1mexp,
  log1p,
  logAddExp,
  logSigmoid,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logit,
  lt,
  maximum,
  minimum,
  mod,
  mul,
  ne,
  neg,
  pow,
  powInt,
  reciprocal,
  relu,
  round,
  sigmoid,
  sign,
  sin,
  sinh,
  softplus,
  sqrt,
  square,
  sub,
  tan,
  tanh,
  trunc,
  where,
  xlog1py,
  xlogy,
  maximumSplit,
  minimumSplit,
  divOrZero,
];

/** Special functions. */
const specialOps = (): readonly WithRecord[] => [
  betaln,
  digamma,
  erf,
  erfc,
  erfcx,
  gammaln,
  logNdtr,
  ndtr,
  polygamma,
  trigamma,
  erfcxIntegral,
];

/** Ops that read or change shapes, and those that cut and join. One record may serve several functions. */
const shapeOps = (): readonly WithRecord[] => [
  addSlice,
  broadcastTo,
  concatenate,
  flip,
  reshape,
  second,
  setSlice,
  shape,
  shapeAt,
  size,
  slice,
  specifyShape,
  split,
  sumTo,
  transpose,
  cast,
  dimensions,
];

/** Reductions and scans. */
const reductions = (): readonly WithRecord[] => [
  affineScan,
  all,
  any,
  argmax,
  argmin,
  cumprod,
  cumsum,
  logSoftmax,
  logSumExp,
  max,
  min,
  prod,
  softmax,
  std,
  sum,
  variance,
  shiftOp,
];

/** Products, diagonals, factorisations and solutions of linear equations. */
const linearOps = (): readonly WithRecord[] => [
  cholesky,
  det,
  diagonal,
  eigh,
  eigvalsh,
  inv,
  matmul,
  normVector,
  pinv,
  qr,
  slogdet,
  solve,
  solveTriangular,
  svd,
  svdvals,
  tensordot,
  tril,
  choleskyAdjointOp,
  halfTriangle,
  placeOp,
];

/** Ops that make tensors. */
const creators = (): readonly WithRecord[] => [arange, eye, oneHot];

/** Identities with a derivative of their own. */
const shapingOps = (): readonly WithRecord[] => [
  disconnectedGrad,
  gradClip,
  gradScale,
  undefinedGrad,
  zeroGrad,
];

/** Loops, branches, checks. */
const controlOps = (): readonly WithRecord[] => [assert, ifElse, print, scan];

/**
 * The records of all ops of this package, each once, those that only other ops use included: what `fromJSON` may
 * meet in a graph built from its functions. Ops with an inner graph (`opFromGraph`, `checkpoint`, `customGrad`) are
 * made anew at each call and have no record here.
 *
 * @example const { inputs, outputs } = fromJSON(JSON.parse(text), standardOps);
 */
export const standardOps: readonly Op[] = /* @__PURE__ */ allRecords();

function allRecords(): readonly Op[] {
  return [
    ...elementwiseOps(),
    ...specialOps(),
    ...shapeOps(),
    ...reductions(),
    ...linearOps(),
    ...creators(),
    ...indexingOps(),
    argsort,
    ...shapingOps(),
    ...convolutions(),
    ...losses(),
    ...poolings(),
    ...randomOps(),
    ...controlOps(),
  ].map(({ op }) => op);
}
