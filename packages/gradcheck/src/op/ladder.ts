/** A function of several numbers with several values; `undefined` outside its domain. */
export type VectorFunction = (x: Float64Array) => Float64Array | undefined;

/** Derivatives of every value of a function, each with a bound on its error. */
export interface Estimate {
  readonly value: Float64Array;
  readonly bound: Float64Array;
  /** Largest magnitude of the function's value at the widest step inside its domain. */
  readonly size: Float64Array;
}

/** One entry of a row of the tableau: an estimate for every value, and the noise in it. */
interface Entry {
  readonly value: Float64Array;
  readonly noise: Float64Array;
}

/** A central difference, and how large the function was. */
interface Difference extends Entry {
  readonly size: Float64Array;
}

/** Neither 2 nor whole, so that no period of the function can be hit at every step. */
const ratio = 2.9;
const maxLevels = 13;
const maxOrder = 3;
const machineEps = 2 ** -52;

/** A direction in the space of inputs, by the coordinates that are not 0. */
export interface Direction {
  readonly indices: readonly number[];
  readonly weights: readonly number[];
  /** Length of the first step, before `jitter`, in multiples of the direction: about 1/20 of x. */
  readonly reach: number;
}

/**
 * d/dt f(x + t·d) at t = 0 for every value of f, by central differences at steps h₀/ρᵏ, extrapolated; for
 * each value the estimate with the smallest error bound.
 *
 * Derivation. With noise η in every value of f, D(h) = (f(x+hd) − f(x−hd)) / 2h has a truncation error
 * c₁h² + c₂h⁴ + … and a noise of at most η/h. Richardson's R[k,m] = R[k,m−1] + (R[k,m−1] − R[k−1,m−1]) /
 * (ρ²ᵐ − 1) removes the terms up to h²ᵐ and carries the noises of both along. The bound is the change by
 * the last extrapolation, which exceeds the truncation left, plus that noise: so neither can be small by luck.
 *
 * @param noise - η for every value of f at x.
 * @param jitter - about 1; varies the steps from one direction to another.
 * @see Ridders (1982), Accurate computation of F′(x) and F″(x), for the tableau; the noise floor is ours.
 */
export function derivativeAlong(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  noise: Float64Array,
  jitter: number,
): Estimate {
  const best = emptyEstimate(noise.length);
  const first = direction.reach * jitter;
  let previous: readonly Entry[] = [];
  let settled = 0;
  let isSized = false;
  for (let level = 0; level < maxLevels && settled < 2; level++) {
    const h = first / ratio ** level;
    const base = differenceAt(f, x, direction, h, noise);
    if (base === undefined) {
      previous = [];
      settled = 0;
      continue;
    }
    if (!isSized) best.size.set(base.size);
    isSized = true;
    previous = extrapolate(base, previous, best);
    settled = hasSettled(best, noise, first) ? settled + 1 : 0;
  }
  return best;
}

/** No estimate yet: 0, with an infinite bound. */
function emptyEstimate(count: number): Estimate {
  const bound = new Float64Array(count).fill(Infinity);
  return { value: new Float64Array(count), bound, size: new Float64Array(count) };
}

function differenceAt(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  h: number,
  noise: Float64Array,
): Difference | undefined {
  const up = moved(x, direction, h);
  const down = moved(x, direction, -h);
  const width = widthOf(up, down, direction, h);
  if (!(width > 0)) return undefined;
  const ahead = f(up);
  const behind = f(down);
  if (!isFinite(ahead) || !isFinite(behind)) return undefined;
  const value = ahead.map((y, i) => (y - behind[i]!) / width);
  const inPosition = machineEps * farthest(x, direction);
  return {
    value,
    noise: value.map((d, i) => (noise[i]! + inPosition * Math.abs(d)) / h),
    size: ahead.map((y, i) => Math.max(Math.abs(y), Math.abs(behind[i]!))),
  };
}

function moved(x: Float64Array, { indices, weights }: Direction, h: number): Float64Array {
  const there = x.slice();
  indices.forEach((j, k) => (there[j]! += h * weights[k]!));
  return there;
}

/** 2h; along one coordinate as it is after rounding. */
function widthOf(
  up: Float64Array,
  down: Float64Array,
  { indices, weights }: Direction,
  h: number,
): number {
  const j = indices[0];
  return indices.length === 1 && j !== undefined ? (up[j]! - down[j]!) / weights[0]! : 2 * h;
}

/** How many multiples of the direction the point is away from 0: positions are rounded relative to that. */
function farthest(x: Float64Array, { indices, weights }: Direction): number {
  return indices.reduce((max, j, k) => Math.max(max, Math.abs(x[j]! / weights[k]!)), 0);
}

/** The next row of the tableau; improves `best` where an entry has a smaller bound. */
function extrapolate(base: Entry, previous: readonly Entry[], best: Estimate): readonly Entry[] {
  const row: Entry[] = [base];
  const coarser = previous[0];
  if (coarser !== undefined)
    improve(best, base, (i) => Math.abs(base.value[i]! - coarser.value[i]!));
  for (let m = 1; m <= maxOrder; m++) {
    const [finer, coarse] = [row[m - 1]!, previous[m - 1]];
    if (coarse === undefined) break;
    const weight = ratio ** (2 * m) - 1;
    const value = finer.value.map((r, i) => r + (r - coarse.value[i]!) / weight);
    const noise = finer.noise.map((r, i) => ((weight + 1) * r + coarse.noise[i]!) / weight);
    row.push({ value, noise });
    improve(best, row[m]!, (i) =>
      Math.max(Math.abs(value[i]! - finer.value[i]!), Math.abs(value[i]! - coarse.value[i]!)),
    );
  }
  return row;
}

function improve(best: Estimate, entry: Entry, change: (i: number) => number): void {
  for (let i = 0; i < best.value.length; i++) {
    const bound = change(i) + entry.noise[i]!;
    if (!(bound < best.bound[i]!)) continue;
    best.value[i] = entry.value[i]!;
    best.bound[i] = bound;
  }
}

function hasSettled(best: Estimate, noise: Float64Array, first: number): boolean {
  return best.bound.every(
    (bound, i) => bound <= Math.max(1e-10 * Math.abs(best.value[i]!), (4 * noise[i]!) / first),
  );
}

/** Whether there are values, all of them finite. */
export function isFinite(values: Float64Array | undefined): values is Float64Array {
  return values !== undefined && values.every(Number.isFinite);
}
