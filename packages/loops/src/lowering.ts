import type { Statement } from './statements.ts';
import { binary, compare, constantOf, i32, load, typeOf } from './values.ts';
import type { Buffer, ElementType, Value, ValueType } from './values.ts';

/** A tensor in memory: element [i…] is buffer[base + offset + Σ iₖ · stridesₖ]. */
export interface StridedView {
  readonly buffer: Buffer;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  /** A part of the position that statements around it decide, such as the step of a loop; absent: 0. */
  readonly base?: Value | undefined;
}

/** What the lowering of an op is given: shapes are known, inputs may be strided, outputs are dense. */
export interface LoweringContext<A = object> {
  readonly inputs: readonly StridedView[];
  readonly outputs: readonly StridedView[];
  readonly attrs: A;
  /** Memory for intermediate results: it keeps its values only while the op's statements run. */
  readonly scratch: (dtype: ElementType, elements: number) => Buffer;
  /** Statements for a graph inside the op; `undefined` if some op of it can only be evaluated. */
  readonly inner: (request: InnerRequest) => InnerStatements | undefined;
}

/** A graph inside an op, and where its values are. */
export interface InnerRequest {
  /** Variables of the same graph library as the op; `inputs` are input variables. */
  readonly graph: { readonly inputs: readonly object[]; readonly outputs: readonly object[] };
  /** The values of its inputs, of their dtypes; the shapes of these views are the shapes it is compiled for. */
  readonly inputs: readonly StridedView[];
  /**
   * Where the values of its outputs go, of their dtypes and shapes. One may be the very view of an input,
   * whose values it then replaces; apart from that they overlap neither inputs nor one another.
   */
  readonly outputs: readonly StridedView[];
  /** For each input whether its values are the same whenever `each` runs; absent: none is. */
  readonly invariant?: readonly boolean[];
}

/** A graph inside an op as statements. */
export interface InnerStatements {
  /** Computes what depends on invariant inputs alone: to be run once, before the first `each`. */
  readonly before: readonly Statement[];
  /** Computes the outputs. */
  readonly each: readonly Statement[];
}

/**
 * An op as statements that write every element of its outputs; `undefined` where only the op's own `eval`
 * can compute it, for this dtype or these attributes, say.
 */
export type Lowering<A = object> = (
  context: LoweringContext<A>,
) => readonly Statement[] | undefined;

/**
 * An elementwise op as an expression, inputs and result in the register type in which it is computed;
 * `undefined` where the language cannot say it.
 */
export type ScalarLowering<X extends readonly Value[] = readonly Value[], A = object> = (
  xs: X,
  type: ValueType,
  attrs: A,
) => Value | undefined;

/** The element of a view at these indices. */
export function elementAt(view: StridedView, indices: readonly Value[]): Value {
  return load(view.buffer, addressIn(view, indices));
}

/** The position in its buffer of the element of a view at these indices. */
export function addressIn(view: StridedView, indices: readonly Value[]): Value {
  const at = addressOf(indices, view.strides, view.offset);
  return view.base === undefined ? at : sumOf(view.base, at);
}

/** The view of what the leading axes hold at these indices: `subview(x, [t])` is x[t]. */
export function subview(view: StridedView, indices: readonly Value[]): StridedView {
  const { buffer, shape, strides, offset } = view;
  const moved = addressOf(indices, strides.slice(0, indices.length), 0);
  const rest = {
    buffer,
    shape: shape.slice(indices.length),
    strides: strides.slice(indices.length),
  };
  if (moved.kind === 'const') return { ...rest, offset: offset + moved.value, base: view.base };
  const base = view.base === undefined ? moved : sumOf(view.base, moved);
  return { ...rest, offset, base };
}

/** A row-major view of a whole buffer. */
export function denseView(buffer: Buffer, shape: readonly number[]): StridedView {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, size) => n * size, 1));
  return { buffer, shape, strides, offset: 0 };
}

function sumOf(base: Value, at: Value): Value {
  if (base.kind === 'const') return plus(at, base.value);
  return at.kind === 'const' ? plus(base, at.value) : binary('add', base, at);
}

/** Σ indexₖ · strideₖ + offset, constants folded, in the form that emitters recognise as affine. */
export function addressOf(
  indices: readonly Value[],
  strides: readonly number[],
  offset: number,
): Value {
  let fixed = offset;
  let sum: Value | undefined;
  indices.forEach((k, axis) => {
    const stride = strides[axis] ?? 0;
    if (stride === 0) return;
    if (k.kind === 'const') fixed += k.value * stride;
    else sum = sum === undefined ? times(k, stride) : binary('add', sum, times(k, stride));
  });
  return sum === undefined ? i32(fixed) : plus(sum, fixed);
}

/** k · factor, constants folded. */
export function times(k: Value, factor: number): Value {
  if (k.kind === 'const') return i32(k.value * factor);
  return factor === 1 ? k : binary('mul', k, i32(factor));
}

/** k + offset, constants folded. */
export function plus(k: Value, offset: number): Value {
  if (k.kind === 'const') return i32(k.value + offset);
  return offset === 0 ? k : binary('add', k, i32(offset));
}

/** 1 where x ≠ 0 (NaN too), else 0: the truth of a value of any type. */
export function isNonzero(x: Value): Value {
  return x.kind === 'compare' ? x : compare('ne', x, constantOf(typeOf(x), 0));
}
