/**
 * Reference kernels on npm's `ndarray` and `ndarray-ops`: slow, short, and the oracle that every fast path is tested
 * against. They generate code with `new Function`, so they do not run under a Content-Security-Policy that forbids it;
 * nothing but tests and tools should import them.
 */
export {
  abs,
  acos,
  add,
  asin,
  atan,
  atan2,
  ceil,
  cos,
  div,
  equal,
  exp,
  floor,
  fmod,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  pow,
  reciprocal,
  sin,
  sqrt,
  sub,
  tan,
  type BinaryKernel,
  type UnaryKernel,
} from './elementwise.ts';
export { all, any, max, min, prod, sum, type Reduction, type ReductionOptions } from './reduce.ts';
export { matmul } from './matmul.ts';
export { broadcastTo, concatenate, transpose } from './structure.ts';
