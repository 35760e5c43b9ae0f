import type { TypedArray } from '@cotangent/tensor';

/** Whether `a` must stand before `b`: NaN stands behind all others. Equal values keep their order. */
function isBefore(a: number, b: number): boolean {
  return a < b || (b !== b && a === a);
}

/**
 * The places of the entries of a row in ascending order, NaN last; stable.
 *
 * @see Knuth (1998), The Art of Computer Programming 3, 5.2.4, Algorithm N with runs of 1, 2, 4, …
 */
export function sortRow(
  x: TypedArray,
  start: number,
  n: number,
  out: TypedArray,
  outStart: number,
): void {
  let [from, to] = [new Int32Array(n), new Int32Array(n)];
  for (let k = 0; k < n; k++) from[k] = k;
  for (let width = 1; width < n; width *= 2) {
    for (let lo = 0; lo < n; lo += 2 * width) {
      const mid = Math.min(lo + width, n);
      const hi = Math.min(lo + 2 * width, n);
      let [i, j] = [lo, mid];
      for (let k = lo; k < hi; k++) {
        const takesRight =
          j < hi && (i >= mid || isBefore(x[start + from[j]!]!, x[start + from[i]!]!));
        to[k] = from[takesRight ? j++ : i++]!;
      }
    }
    [from, to] = [to, from];
  }
  for (let k = 0; k < n; k++) out[outStart + k] = from[k]!;
}
