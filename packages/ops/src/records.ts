import type { Op } from '@cotangent/graph';
import { convolutions } from './nn/conv.ts';
import { losses } from './nn/records.ts';
import { poolings } from './nn/pool.ts';
import { randomOps } from './random/records.ts';
import { cast } from './cast.ts';
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
import { diagonal, matmul, tensordot, tril } from './linear/index.ts';
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
  split,
  sumTo,
  transpose,
} from './shape/index.ts';
import { dimensions } from './shape/shape.ts';
import { argsort } from './sort/index.ts';
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

/** Products and diagonals. */
const linearOps = (): readonly WithRecord[] => [diagonal, matmul, tensordot, tril, placeOp];

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
  ].map(({ op }) => op);
}
