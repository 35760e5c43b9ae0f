import { emptyEstimate, isFinite, kinds } from './estimate.ts';
import type { Direction, Estimate, Rung, VectorFunction } from './estimate.ts';
import { behaviourOf, slopesOf } from './kink.ts';
import { farthest, moved, rungAt } from './steps.ts';
import { Tableau, ratio } from './tableau.ts';
import type { Best } from './tableau.ts';

/** How a ladder is climbed. */
export interface LadderOptions {
  /** η: absolute noise of every value of f at x. */
  readonly noise: Float64Array;
  /** About 1; varies the steps from one direction to another. */
  readonly jitter: number;
  /** f(x); evaluated if absent. */
  readonly at?: Float64Array | undefined;
  /** Magnitudes the derivatives should be known relative to: widens steps while that helps. */
  readonly expected?: Float64Array | undefined;
  /** Stops at this relative bound; default 1e-10. */
  readonly target?: number | undefined;
  /** Most steps on the way down; default 13. */
  readonly levels?: number | undefined;
}

const maxLevels = 13;
const maxGrowth = 8;

/**
 * d/dt f(x + t·d) at t = 0 for every value of f: central differences at steps h₀/ρᵏ, extrapolated; the estimate
 * with the smallest bound for each value. Slopes to both sides tell kinks and jumps from smooth behaviour.
 * Where no step stays inside the domain on both sides, the side that does is used.
 */
export function derivativeOfAll(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  options: LadderOptions,
): Estimate {
  const { noise } = options;
  const at = options.at ?? f(x);
  const first = direction.reach * options.jitter;
  const rungs = climb(f, x, direction, options, at, first);
  if (rungs.length === 0) return oneSided(f, x, direction, options, at, first);
  const estimate = estimateFrom(rungs, at, noise);
  grow(f, x, direction, options, estimate);
  return estimate;
}

/** From wide steps to narrow ones, until the bounds are small or no longer improve. */
function climb(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  { noise, target = 1e-10, levels = maxLevels }: LadderOptions,
  at: Float64Array | undefined,
  first: number,
): readonly Rung[] {
  let rungs: Rung[] = [];
  let tableau = new Tableau(noise.length, 2);
  let settled = 0;
  for (let level = 0; level < levels; level++) {
    const rung = rungAt(f, x, direction, first / ratio ** level, noise);
    if (rung === undefined) {
      [rungs, tableau, settled] = [[], new Tableau(noise.length, 2), 0];
      continue;
    }
    rungs.push(rung);
    tableau.add(rung.value, rung.noise);
    settled = hasSettled(tableau, noise, first, target) ? settled + 1 : 0;
    if (settled >= 2 && isResolved(rungs, at)) break;
  }
  return rungs;
}

function hasSettled(best: Best, noise: Float64Array, first: number, target: number): boolean {
  return best.bound.every(
    (bound, i) => bound <= Math.max(target * Math.abs(best.value[i]!), (4 * noise[i]!) / first),
  );
}

function isResolved(rungs: readonly Rung[], at: Float64Array | undefined): boolean {
  if (!isFinite(at)) return true;
  return at.every((_, i) => {
    const { kind, start } = behaviourOf(rungs, at, i);
    return kind !== undefined && start <= Math.max(0, rungs.length - 3);
  });
}

/**
 * Tries wider steps for values whose bound is large relative to what is expected, while they make it smaller. A wider
 * estimate is taken only if it lies within the bound of the one before: far out a function may be another.
 */
function grow(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  { noise, expected }: LadderOptions,
  e: Estimate,
): void {
  if (expected === undefined) return;
  const isLoose = (i: number): boolean => {
    const size = Math.max(Math.abs(e.value[i]!), Math.abs(expected[i]!));
    const effect = size * direction.reach > 1e-13 * e.size[i]!;
    return e.kind[i] === kinds.smooth && effect && e.bound[i]! > 1e-7 * size;
  };
  let rungs = e.rungs;
  for (let k = 0; k < maxGrowth && e.value.some((_, i) => isLoose(i)); k++) {
    const rung = rungAt(f, x, direction, rungs[0]!.h * ratio, noise);
    if (rung === undefined) return;
    rungs = [rung, ...rungs];
    const next = tableauOf(rungs, 0);
    let helps = false;
    for (let i = 0; i < e.value.length; i++) {
      if (!isLoose(i) || !(next.bound[i]! < 0.9 * e.bound[i]!)) continue;
      if (Math.abs(next.value[i]! - e.value[i]!) > e.bound[i]!) continue;
      helps = true;
      e.value[i] = e.low[i] = e.high[i] = next.value[i]!;
      e.bound[i] = next.bound[i]!;
    }
    if (!helps) return;
  }
}

function tableauOf(rungs: readonly Rung[], start: number): Tableau {
  const tableau = new Tableau(rungs[0]!.value.length, 2);
  for (const rung of rungs.slice(start)) tableau.add(rung.value, rung.noise);
  return tableau;
}

/** The estimate from all steps, or for a value with a kink nearby from those that do not reach it. */
function estimateFrom(
  rungs: readonly Rung[],
  at: Float64Array | undefined,
  noise: Float64Array,
): Estimate {
  const count = noise.length;
  const { value, bound } = tableauOf(rungs, 0);
  const size = rungs[0]!.up.map((y, i) => Math.max(Math.abs(y), Math.abs(rungs[0]!.down[i]!)));
  const [low, high] = [value.slice(), value.slice()];
  const estimate: Estimate = {
    value,
    bound,
    size,
    kind: new Uint8Array(count),
    low,
    high,
    still: new Uint8Array(count),
    rungs,
  };
  if (isFinite(at)) for (let i = 0; i < count; i++) classify(estimate, at, noise, i);
  return estimate;
}

function classify(e: Estimate, at: Float64Array, noise: Float64Array, i: number): void {
  const { rungs } = e;
  if (rungs.every(({ up, down }) => up[i] === at[i] && down[i] === at[i])) {
    e.still[i] = 1;
    e.value[i] = e.low[i] = e.high[i] = 0;
    e.bound[i] = noise[i]! / rungs[0]!.h;
    return;
  }
  const { kind, start } = behaviourOf(rungs, at, i);
  if (kind === undefined && start >= rungs.length) {
    e.kind[i] = kinds.jump;
    return;
  }
  e.kind[i] = kind ?? kinds.jump;
  if (start > 0) restrict(e, i, start);
  if (kind === kinds.kink) setInterval(e, at, i);
}

/** Uses narrow steps only for one value. */
function restrict(e: Estimate, i: number, start: number): void {
  const own = new Tableau(1, 2);
  for (const { value, noise } of e.rungs.slice(start)) {
    own.add(value.slice(i, i + 1), noise.slice(i, i + 1));
  }
  e.value[i] = e.low[i] = e.high[i] = own.value[0]!;
  e.bound[i] = own.bound[0]!;
}

/** The slopes to both sides, widened by their change at the last step and by noise. */
function setInterval(e: Estimate, at: Float64Array, i: number): void {
  const finest = e.rungs.findLast((rung) => {
    const [right, left] = slopesOf(rung, at, i);
    return Math.abs(right - left) > 80 * rung.noise[i]!;
  });
  const k = finest === undefined ? e.rungs.length - 1 : e.rungs.indexOf(finest);
  const [right, left] = slopesOf(e.rungs[k]!, at, i);
  const [rightBefore, leftBefore] = slopesOf(e.rungs[Math.max(0, k - 1)]!, at, i);
  const change = Math.max(Math.abs(right - rightBefore), Math.abs(left - leftBefore));
  const slack = 2 * change + 4 * e.rungs[k]!.noise[i]!;
  e.low[i] = Math.min(right, left) - slack;
  e.high[i] = Math.max(right, left) + slack;
}

/** At an end of the domain: (f(x + h·d) − f(x)) / h to the side that can be evaluated. */
function oneSided(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  { noise, levels = maxLevels }: LadderOptions,
  at: Float64Array | undefined,
  first: number,
): Estimate {
  const none = emptyEstimate(noise.length, kinds.outside);
  if (!isFinite(at)) return none;
  const inPosition = 2 ** -52 * farthest(x, direction);
  for (const side of [1, -1]) {
    const tableau = new Tableau(noise.length, 1);
    let rows = 0;
    for (let level = 0; level < levels; level++) {
      const h = (side * first) / ratio ** level;
      const there = f(moved(x, direction, h));
      if (!isFinite(there)) continue;
      const slopes = there.map((y, i) => (y - at[i]!) / h);
      tableau.add(
        slopes,
        slopes.map((d, i) => {
          const inValues = Math.max(noise[i]!, 2 ** -52 * Math.abs(there[i]!));
          return (noise[i]! + inValues + inPosition * Math.abs(d)) / Math.abs(h);
        }),
      );
      rows++;
    }
    if (rows < 3) continue;
    const { value, bound } = tableau;
    return { ...none, value, bound, kind: new Uint8Array(noise.length), low: value, high: value };
  }
  return none;
}
