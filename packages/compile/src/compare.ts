import { denseData, isFloat, unravel } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import { sameShape } from '@cotangent/graph';
import type { Apply } from '@cotangent/graph';

/** How far apart two elements may be: `absolute + relative · |expected|`. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
  /** An expected NaN or infinity may be any number. */
  readonly widens?: boolean;
}

/** Two elements that differ, or two tensors that cannot be compared. */
export interface Mismatch {
  readonly index: readonly number[];
  readonly actual: number | string;
  readonly expected: number | string;
}

/** Equal values: NaN equals NaN, −0 equals 0. */
export const exactly: Tolerance = { absolute: 0, relative: 0 };

// Distance from 1 to the next number, and the smallest number above 0.
const epsilon: { readonly [D in DType]: number } = {
  float64: 2 ** -52,
  float32: 2 ** -23,
  int32: 0,
  uint8: 0,
  bool: 0,
};
const least: { readonly [D in DType]: number } = {
  float64: 2 ** -1074,
  float32: 2 ** -149,
  int32: 0,
  uint8: 0,
  bool: 0,
};

/**
 * For two evaluations of one node from the same inputs.
 *
 * An elementwise op rounds once; good libraries of elementary functions stay within a few units in the
 * last place, so two of them within 16. Another op sums or solves, in any order, which loses more where
 * terms cancel: see {@link halfTheDigits}. Discrete results must be equal.
 */
export function toleranceOf(node: Apply, result: Tensor, inputs: readonly Tensor[]): Tolerance {
  if (node.op.elementwise === undefined) return halfTheDigits(result, inputs);
  return { relative: 16 * epsilon[result.dtype], absolute: 16 * least[result.dtype] };
}

/**
 * √ε times the largest magnitude around: half of the digits of the dtype. Rounding errors and the
 * cancellation that amplifies them take the lower half in any graph that is worth running; a wrong
 * formula shows in the upper half.
 */
export function halfTheDigits(result: Tensor, inputs: readonly Tensor[]): Tolerance {
  if (!isFloat(result.dtype)) return exactly;
  // Terms may be products of elements of all inputs.
  const product = inputs.reduce((scale, x) => scale * Math.max(1, largest(x)), 1);
  const scale = Math.max(largest(result), Math.min(product, Number.MAX_VALUE));
  return { relative: 0, absolute: Math.sqrt(epsilon[result.dtype]) * scale };
}

/** The largest finite magnitude of a floating tensor, 0 if there is none. */
function largest(x: Tensor): number {
  if (!isFloat(x.dtype)) return 0;
  let greatest = 0;
  for (const element of denseData(x)) {
    const magnitude = Math.abs(element);
    if (magnitude > greatest && magnitude !== Infinity) greatest = magnitude;
  }
  return greatest;
}

/** Where two tensors first differ by more than the tolerance, in row-major order. */
export function firstMismatch(
  actual: Tensor,
  expected: Tensor,
  tolerance: Tolerance,
): Mismatch | undefined {
  if (actual.dtype !== expected.dtype || !sameShape(actual.shape, expected.shape)) {
    return { index: [], actual: typeText(actual), expected: typeText(expected) };
  }
  const a = denseData(actual);
  const b = denseData(expected);
  for (let k = 0; k < a.length; k++) {
    if (isClose(a[k]!, b[k]!, tolerance)) continue;
    return { index: unravel(k, actual.shape), actual: a[k]!, expected: b[k]! };
  }
  return undefined;
}

function isClose(actual: number, expected: number, tolerance: Tolerance): boolean {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return true;
  if (!Number.isFinite(expected)) return tolerance.widens === true;
  const allowed = tolerance.absolute + tolerance.relative * Math.abs(expected);
  return Math.abs(actual - expected) <= Math.min(allowed, Number.MAX_VALUE);
}

function typeText({ dtype, shape }: Tensor): string {
  return `${dtype}[${shape.join(',')}]`;
}

/** `element [1,2] is 3 and not 4`. */
export function formatMismatch({ index, actual, expected }: Mismatch): string {
  const where = index.length === 0 ? 'it' : `element [${index.join(',')}]`;
  return `${where} is ${actual} and not ${expected}`;
}
