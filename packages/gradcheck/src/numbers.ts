/** A computed number as messages show it: seven digits, exponential, so that tiny ones do not print as 0. */
export function formatNumber(x: number): string {
  return Number.isFinite(x) ? x.toExponential(6) : String(x);
}

/** A number that somebody chose: as short as it is. */
export function formatChosen(x: number): string {
  return Number.isFinite(x) ? x.toExponential() : String(x);
}

/** `"x"[1,2]`, or `"x"` alone for a scalar. */
export function formatElement(name: string, index: readonly number[]): string {
  return JSON.stringify(name) + (index.length === 0 ? '' : `[${index.join(',')}]`);
}

/** Indices of the element that is `flat`-th in row-major order of `shape`. */
export function indexOf(flat: number, shape: readonly number[]): readonly number[] {
  const index: number[] = [];
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis]!;
    index.push(rest % n);
    rest = Math.floor(rest / n);
  }
  return index.reverse();
}
