export {
  ArgumentTypeError,
  CotangentError,
  DTypeError,
  NotImplementedError,
  ShapeError,
  ValueError,
} from '@cotangent/tensor';
export type { ErrorInfo } from '@cotangent/tensor';
export * from './absence.ts';
export { Apply, applyOp } from './apply.ts';
export { rebuild, rebuildMapped, replace } from './clone.ts';
export { VariableTable } from './variable-table.ts';
export { connectionPatternOf, ioConnectionPattern } from './connection.ts';
export { callable, defineOp } from './define-op.ts';
export type { Arity, Callable, OpFunction, OpResult } from './define-op.ts';
export { SerializationError } from './document.ts';
export type {
  ConstantDocument,
  GraphDocument,
  JsonValue,
  NodeDocument,
  VariableDocument,
} from './document.ts';
export { toDot } from './dot.ts';
export type { DotOptions } from './dot.ts';
export { elementwise, foldingElementwise } from './elementwise.ts';
export type {
  Binary,
  Diff,
  ElementwiseFunction,
  ElementwiseSpec,
  Folding,
  ResultDType,
  Ternary,
  Unary,
} from './elementwise.ts';
export { mergeEqual, structuralHash, structurallyEqual } from './equality.ts';
export type { EqualityOptions, MergeOptions } from './equality.ts';
export { InnerGraph, innerGraphsOf } from './inner-graph.ts';
export { matrix, scalar, tensor, tensor3, tensor4, vector } from './inputs.ts';
export type { InputOptions } from './inputs.ts';
export type * from './op.ts';
export { asPromotedVariables, asVariable, constant } from './operand.ts';
export type { Operand } from './operand.ts';
export { debugPrint, printExpression } from './print.ts';
export type { DebugPrintOptions, ExpressionOptions } from './print.ts';
export { withRecordedNodes } from './recording.ts';
export type { Recorded } from './recording.ts';
export { fromJSON, toJSON } from './serialize.ts';
export type { LoadedGraph, ToJSONOptions } from './serialize.ts';
export { ConstructionSite, withConstructionSites } from './site.ts';
export { ancestorsOf, rootsOf, topologicalNodes } from './traversal.ts';
export {
  broadcastStatic,
  formatShape,
  formatType,
  isKnownShape,
  promotableOf,
  promotableType,
  sameShape,
  sameType,
  shapesConflict,
  tensorType,
} from './types.ts';
export type { Shape, TensorType } from './types.ts';
export {
  Constant,
  Input,
  Result,
  isVariable,
  nameIfUnnamed,
  named,
  provablySameShape,
  shapeSourceOf,
} from './variable.ts';
export type { Variable } from './variable.ts';
