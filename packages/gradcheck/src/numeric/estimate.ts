/** A function of several numbers with several values; `undefined` outside its domain. */
export type VectorFunction = (x: Float64Array) => Float64Array | undefined;

/** A direction in the space of inputs, by the coordinates that are not 0. */
export interface Direction {
  readonly indices: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  /** Length of the first step, before `jitter`, in multiples of the direction: about 1/20 of x. */
  readonly reach: number;
}

/** How a function behaves at the point, along a direction; in `Estimate.kind`. */
export const kinds = {
  /** Differentiable, as far as the differences can tell. */
  smooth: 0,
  /** Its slopes to the left and to the right differ. */
  kink: 1,
  /** Its value jumps, or what it does could not be resolved. */
  jump: 2,
  /** No step stays inside its domain. */
  outside: 3,
} as const;

/** One pair of evaluations, at ±h. */
export interface Rung {
  readonly h: number;
  readonly up: Float64Array;
  readonly down: Float64Array;
  /** Distance of the two points: 2h but for rounding. */
  readonly width: number;
  /** The central differences D(h). */
  readonly value: Float64Array;
  /** How far noise may have moved them. */
  readonly noise: Float64Array;
}

/** Derivatives of every value of a function along a direction, each with a bound on its error. */
export interface Estimate {
  readonly value: Float64Array;
  readonly bound: Float64Array;
  /** Largest magnitude of the function's value at the widest step inside its domain. */
  readonly size: Float64Array;
  /** One of `kinds` for each value. */
  readonly kind: Uint8Array;
  /** At a kink, the least and the greatest subgradient; elsewhere the value. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** 1 where the value never changed, bit for bit: the derivative is exactly 0. */
  readonly still: Uint8Array;
  /** The evaluations behind it, widest step first. */
  readonly rungs: readonly Rung[];
}

/** Whether there are values, all of them finite. */
export function isFinite(values: Float64Array | undefined): values is Float64Array {
  return values !== undefined && values.every(Number.isFinite);
}

/** No estimate yet: 0, with an infinite bound. */
export function emptyEstimate(count: number, kind: number = kinds.smooth): Estimate {
  return {
    value: new Float64Array(count),
    bound: new Float64Array(count).fill(Infinity),
    size: new Float64Array(count),
    kind: new Uint8Array(count).fill(kind),
    low: new Float64Array(count).fill(-Infinity),
    high: new Float64Array(count).fill(Infinity),
    still: new Uint8Array(count),
    rungs: [],
  };
}
