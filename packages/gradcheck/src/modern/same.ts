import { denseData } from '@cotangent/tensor';
import { isAbsence, isNull } from '@cotangent/graph';
import { sameBits } from '../op/flat.ts';
import { sameShape } from '../op/reference.ts';
import type { Term } from './subject.ts';

/** Equal to the bit, or to a relative tolerance of the largest element. */
export function sameTerm(a: Term, b: Term, tolerance: number): boolean {
  if (isAbsence(a) || isAbsence(b)) return isAbsence(a) && isAbsence(b);
  if (sameBits(a, b)) return true;
  if (tolerance === 0 || !sameShape(a, b)) return false;
  const [x, y] = [Float64Array.from(denseData(a)), Float64Array.from(denseData(b))];
  const largest = largestOf(x);
  return x.every((value, k) => Math.abs(value - y[k]!) <= tolerance * largest);
}

/** As `sameTerm`, where zeros and an absence are the same too. */
export function sameOrZero(a: Term, b: Term, tolerance: number): boolean {
  const isNone = (term: Term): boolean =>
    isAbsence(term) ? !isNull(term) : Float64Array.from(denseData(term)).every((x) => x === 0);
  return sameTerm(a, b, tolerance) || (isNone(a) && isNone(b));
}

/** Largest finite magnitude. */
export function largestOf(values: Float64Array): number {
  return values.reduce((max, x) => (Number.isFinite(x) ? Math.max(max, Math.abs(x)) : max), 0);
}
