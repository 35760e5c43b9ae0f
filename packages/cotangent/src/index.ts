/** Symbolic differentiation for TypeScript: everything an application needs, from one import. */

// values
export {
  Tensor,
  formatTensor,
  fullTensor,
  isTensor,
  parseNpy,
  tensorFrom,
  views,
  writeNpy,
  zerosTensor,
} from '@cotangent/tensor';
export type { DType, FloatDType, NdArrayLike, Nested, TensorLike } from '@cotangent/tensor';

// graphs
export {
  ArgumentTypeError,
  CotangentError,
  DTypeError,
  DisconnectedType,
  NotImplementedError,
  NullType,
  SerializationError,
  ShapeError,
  ValueError,
  constant,
  debugPrint,
  defineOp,
  disconnected,
  elementwise,
  fromJSON,
  isDisconnected,
  isNull,
  isVariable,
  matrix,
  named,
  notImplemented,
  printExpression,
  replace,
  scalar,
  tensor,
  tensor3,
  tensor4,
  toDot,
  toJSON,
  undefinedAt,
  vector,
  withConstructionSites,
  zero,
} from '@cotangent/graph';
export type {
  Absence,
  Apply,
  Binary,
  Constant,
  ErrorInfo,
  GraphDocument,
  Input,
  InputOptions,
  Op,
  OpFunction,
  OpSample,
  Operand,
  Result,
  Shape,
  Tangent,
  TensorType,
  Unary,
  Variable,
} from '@cotangent/graph';

// ops
export * from '@cotangent/ops';

// derivatives
export {
  DisconnectedInputError,
  Lop,
  NullTypeGradError,
  Rop,
  considerConstant,
  explain,
  formatAs,
  gradNotImplemented,
  gradSourcesInputs,
  gradUndefined,
  hessian,
  hessianVectorProduct,
  jacobian,
  pullback,
  pushforward,
  pushforwardThroughPullback,
  subgraphGrad,
  vectorize,
} from '@cotangent/autodiff';
export type {
  DisconnectedReason,
  ExplainOptions,
  GradOptions,
  HessianOptions,
  HessianVectorProductOptions,
  JacobianOptions,
  Mirror,
  PullbackOptions,
  PushforwardOptions,
  WarningCode,
  WarningSink,
} from '@cotangent/autodiff';
export { grad } from './grad.ts';
export type { Grad, GradOfFunction } from './grad.ts';

// execution
export {
  DebugError,
  MissingInputError,
  Shared,
  UnusedInputError,
  referenceBackend,
  shared,
} from '@cotangent/compile';
export { compile } from './compile.ts';
export type { CompileOptions } from './compile.ts';
export { exportWasm, runWorker, wasmBackend } from '@cotangent/wasm';
export type {
  ExportOptions,
  ExportedModule,
  WasmOptions,
  WorkerFactory,
  WorkerLike,
} from '@cotangent/wasm';
export type { Backend, CompiledFunction, Mode, ShapeOnly, Statistics } from '@cotangent/compile';
export { jit } from './jit.ts';
export type { GraphArguments, TensorsLike, TraceOutput, ValueArguments } from './jit.ts';
export { jvp, vjp } from './products.ts';
export type { ValueAndPullback, ValueAndTangent } from './products.ts';
export type { TraceOptions } from './trace.ts';
export { valueAndGrad } from './value-and-grad.ts';
export type { ValueAndGrad, ValueAndGradOptions } from './value-and-grad.ts';

// checking
export {
  GradientError,
  GradcheckError,
  NumericGrad,
  assertGradcheck,
  assertOp,
  checkOp,
  gradcheck,
  gradcheckRule,
  numericGrad,
  numericJacobian,
  numericJvp,
  numeric_grad,
  verifyGrad,
  verify_grad,
} from '@cotangent/gradcheck';
export type { GradcheckOptions, GradcheckReport, Verdict } from '@cotangent/gradcheck';
