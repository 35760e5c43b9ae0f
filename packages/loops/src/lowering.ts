import type { Statement } from './statements.ts';
import { binary, compare, constantOf, i32, load, typeOf } from './values.ts';
import type { Buffer, Value, ValueType } from './values.ts';

/** A tensor in memory: element [i…] is buffer[offset + Σ iₖ · stridesₖ]. */
export interface StridedView {
  readonly buffer: Buffer;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** What the lowering of an op is given: shapes are known, inputs may be strided, outputs are dense. */
export interface LoweringContext<A = object> {
  readonly inputs: readonly StridedView[];
  readonly outputs: readonly StridedView[];
  readonly attrs: A;
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
export function addressIn({ strides, offset }: StridedView, indices: readonly Value[]): Value {
  return addressOf(indices, strides, offset);
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
