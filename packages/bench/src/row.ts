import type { Peer } from './workload.ts';

/** Who did it. */
export type EngineName = 'cotangent' | Peer;

/** One measured quantity, as it is written to JSON. */
export interface Row {
  readonly workload: string;
  readonly engine: EngineName;
  /** How many the engine may use. */
  readonly threads: number;
  /** Microseconds for one call: the median of the repeats, the least, and the quartiles. */
  readonly medianUs: number;
  readonly minUs: number;
  readonly p25Us: number;
  readonly p75Us: number;
  /** Building and the first call, in a fresh process with the engine loaded. */
  readonly firstCallMs: number;
  /** First entry of the first output, after the check. */
  readonly value: number;
  /** The largest difference from what is expected, relative to the largest entry of the output. */
  readonly error: number;
}

/** An engine that gave no row for a workload, and why. */
export interface Absent {
  readonly workload: string;
  readonly engine: EngineName;
  readonly threads: number;
  readonly reason: string;
}
