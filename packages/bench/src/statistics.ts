/** What repeated timings of one thing say; microseconds for one call. */
export interface Summary {
  readonly medianUs: number;
  readonly minUs: number;
  /** Half of the samples lie between the quartiles. */
  readonly p25Us: number;
  readonly p75Us: number;
}

/**
 * The `q`-quantile of numbers sorted in ascending order, linear between neighbours (type 7 of Hyndman & Fan 1996).
 *
 * @param q - from 0 (least) to 1 (greatest).
 * @throws RangeError if there are no numbers.
 */
export function quantile(sorted: readonly number[], q: number): number {
  const position = q * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError('quantile of no numbers');
  return below + (above - below) * (position - Math.floor(position));
}

/** Summary of samples in any order. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    medianUs: quantile(sorted, 0.5),
    minUs: quantile(sorted, 0),
    p25Us: quantile(sorted, 0.25),
    p75Us: quantile(sorted, 0.75),
  };
}

/** k in time ∝ sizeᵏ between two measurements. */
export function growthExponent(
  smaller: { readonly size: number; readonly medianUs: number },
  larger: { readonly size: number; readonly medianUs: number },
): number {
  return Math.log(larger.medianUs / smaller.medianUs) / Math.log(larger.size / smaller.size);
}
