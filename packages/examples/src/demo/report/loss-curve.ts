import asciichart from 'asciichart';

/** Below this a cost is drawn as if it were this: the scale has no place for zero. */
const leastCost = 1e-6;

/**
 * A line plot of the cost over the steps, in characters, on a logarithmic scale. Several steps share a column, which
 * shows their mean.
 *
 * @param costs - one finite number ≥ 0 per step.
 * @param columns - the most columns to use for the line.
 */
export function lossCurve(costs: readonly number[], columns = 72, height = 10): string {
  if (costs.length === 0) return '(no steps were made)';
  const logs = binMeans(costs, columns).map((cost) => Math.log(Math.max(cost, leastCost)));
  return asciichart.plot(logs, {
    height,
    format: (log) => Math.exp(log).toPrecision(2).padStart(8),
  });
}

/** Means over `bins` runs of neighbours of nearly equal length; `values` itself if it has no more than that. */
export function binMeans(values: readonly number[], bins: number): number[] {
  if (values.length <= bins) return [...values];
  return Array.from({ length: bins }, (_, bin) => {
    const start = Math.floor((bin * values.length) / bins);
    const end = Math.floor(((bin + 1) * values.length) / bins);
    return values.slice(start, end).reduce((sum, value) => sum + value, 0) / (end - start);
  });
}
