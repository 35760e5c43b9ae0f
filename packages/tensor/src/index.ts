/** Typed, strided, n-dimensional arrays: dtypes, promotion, views, conversion, printing, `.npy` files. */
export {
  ArgumentTypeError,
  CotangentError,
  DTypeError,
  NotImplementedError,
  ShapeError,
  ValueError,
  type ErrorInfo,
} from './errors.ts';
export {
  allocate,
  byteSize,
  checkDType,
  dtypes,
  integerRange,
  isDType,
  isFloat,
  isInteger,
  isStorable,
  storeValue,
  type DType,
  type FloatDType,
  type TypedArray,
  type TypedArrayOf,
} from './dtype.ts';
export {
  checkLiteral,
  floatResult,
  isWeak,
  resultType,
  strongDType,
  weakKindOf,
  type Promotable,
  type WeakKind,
} from './promotion.ts';
export {
  broadcastShapes,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  rowMajorStrides,
  sameShape,
  sizeOf,
} from './shape.ts';
export { denseTensor, fullTensor, zerosTensor } from './dense.ts';
export {
  isNdArrayLike,
  isTensor,
  Tensor,
  type AxisArgument,
  type NdArrayLike,
  type Nested,
} from './tensor.ts';
export { tensorFrom, type NumericArray, type TensorLike, type TensorOptions } from './create.ts';
export { astype, assign, contiguous, copy, denseData, hasDType, isContiguous } from './convert.ts';
export { mapInto, mapTensors, type Scalars } from './map.ts';
export { forEachRow, loopNest, unravel, type LoopNest, type RowVisitor } from './iterate.ts';
export { resolveShape } from './reshape.ts';
export { resolveRange, type ResolvedRange, type SliceEntry, type SliceRange } from './slice.ts';
export { parseSliceSpec } from './slice-spec.ts';
export * as views from './views.ts';
export { formatTensor, type FormatOptions } from './format.ts';
export { parseNpy, writeNpy, type NpyOptions } from './npy.ts';
export type { NpyVersion } from './npy-header.ts';
