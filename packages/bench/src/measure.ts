/** One measured quantity, as it is written to JSON. */
export interface Row {
  /** What was done, with its size: `chain: gradient, 100000 nodes`. */
  readonly workload: string;
  /** Who did it: `cotangent`, or a peer. */
  readonly engine: string;
  readonly threads: number;
  readonly medianUs: number;
  readonly minUs: number;
  /** The first call, before anything was warm. */
  readonly firstCallMs: number;
  /** A number that tells whether the result is right. */
  readonly value: number;
}

/** Something to time. */
export interface Workload {
  readonly name: string;
  /** Rows of one family are compared by size: time ∝ sizeᵏ. */
  readonly family: string;
  readonly size: number;
  /** What the peers' script calls it, if it has the same workload. */
  readonly peer?: string;
  /** Makes what a run needs; not timed. */
  readonly prepare: () => () => number;
  /** What a run must return; the timing of a wrong result is refused. */
  readonly expected: number;
}

/**
 * Times `repeats` runs after a first one. The median is what to quote: the machine may be shared.
 *
 * @throws Error if a run does not return what it must.
 */
export function measure(workload: Workload, repeats: number): Row {
  const run = workload.prepare();
  const [firstCallMs, value] = timed(run);
  check(workload, value);
  const times = Array.from({ length: repeats }, () => timed(run)[0] * 1000).sort((a, b) => a - b);
  return {
    workload: workload.name,
    engine: 'cotangent',
    threads: 1,
    medianUs: median(times),
    minUs: times[0] ?? firstCallMs * 1000,
    firstCallMs,
    value,
  };
}

function timed(run: () => number): readonly [milliseconds: number, value: number] {
  const start = performance.now();
  const value = run();
  return [performance.now() - start, value];
}

function check({ name, expected }: Workload, value: number): void {
  const error = Math.abs(value - expected) / Math.max(1, Math.abs(expected));
  if (error <= 1e-9) return; // results are sums of at most 10⁶ roundings of size 1e-16
  throw new Error(`${name}: the result is ${value}, not ${expected}; nothing was timed`);
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? NaN;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** k in time ∝ sizeᵏ between two measurements. */
export function growthExponent(
  smaller: { readonly size: number; readonly medianUs: number },
  larger: { readonly size: number; readonly medianUs: number },
): number {
  return Math.log(larger.medianUs / smaller.medianUs) / Math.log(larger.size / smaller.size);
}
