/** The loop language: types and builders only. Nothing here runs or emits code. */
export { addressIn, addressOf, elementAt, isNonzero, plus, times } from './lowering.ts';
export type { Lowering, LoweringContext, ScalarLowering, StridedView } from './lowering.ts';
export { printProcedure, printValue } from './print.ts';
export { accumulate, assign, forLoop, ifThen, letIn, store, whileLoop } from './statements.ts';
export type {
  Accumulate,
  Assign,
  For,
  If,
  Let,
  MatrixProduct,
  MatrixView,
  Procedure,
  ReduceOp,
  Statement,
  Store,
  While,
} from './statements.ts';
export {
  affine,
  binary,
  buffer,
  bytesOf,
  compare,
  constantOf,
  convert,
  dependsOn,
  i32,
  index,
  load,
  local,
  operandsOf,
  registerType,
  select,
  strideIn,
  typeOf,
  unary,
} from './values.ts';
export type {
  BinaryOp,
  Buffer,
  CompareOp,
  ElementType,
  Index,
  Local,
  UnaryOp,
  Value,
  ValueType,
} from './values.ts';
