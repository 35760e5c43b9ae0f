import type { Rung } from './estimate.ts';
import { kinds } from './estimate.ts';

// A local: sandboxes make looking up globals slow, and this runs for every value at every step.
const { abs } = Math;

/** What one-sided slopes at several steps say about one value of a function. */
export interface Behaviour {
  /** One of `kinds`; `undefined` if smaller steps are needed to tell. */
  readonly kind: number | undefined;
  /** First of the steps that do not reach beyond a kink or jump nearby. */
  readonly start: number;
}

/** |D⁺ − D⁻| counts only above this many times its noise. */
const significance = 80;
const smooth: Behaviour = { kind: kinds.smooth, start: 0 };

/**
 * Tells a kink, a jump and a smooth function apart by G(h) = |D⁺(h) − D⁻(h)|, the difference of the slopes to
 * the right and to the left. A smooth function has G = h·f″, so G falls with h; at a kink G stays, at a jump it
 * grows like 1/h; a kink at distance q has G = c·(1 − q/h) for h > q and none of it below.
 * (Convergence of the central differences is no evidence: those of |x| at 0 converge instantly, to 0.)
 *
 * @param rungs - widest step first.
 * @param at - the function's values at the point.
 */
export function behaviourOf(rungs: readonly Rung[], at: Float64Array, i: number): Behaviour {
  let last = rungs.length - 1;
  while (last >= 0 && !counts(rungs[last]!, at, i)) last--;
  if (last < 0) return smooth;
  const [gap, wider, widest] = [0, 1, 2].map((k) => {
    const rung = rungs[last - k];
    return rung !== undefined && counts(rung, at, i) ? gapOf(rung, at, i) : undefined;
  });
  const ratio = wider === undefined ? undefined : gap! / wider;
  const before = wider === undefined || widest === undefined ? undefined : wider / widest;
  const next = rungs[last + 1];
  if (next === undefined) return atFinest(ratio, before, last);
  // The next step saw nothing. Would it have, if G stayed, or if it fell as for a smooth function?
  const threshold = significance * next.noise[i]!;
  if (threshold < 0.15 * gap!) return { kind: kinds.smooth, start: last + 1 };
  const wouldStay = threshold < 0.9 * gap!;
  if (ratio === undefined) return smooth;
  if (ratio < 0.62) return smooth;
  return wouldStay ? { kind: kinds.smooth, start: last + 1 } : atFinest(ratio, before, last);
}

/** The verdict where the smallest step still counts, or the next one is lost in noise. */
function atFinest(ratio: number | undefined, before: number | undefined, last: number): Behaviour {
  const unknown = { kind: undefined, start: last + 1 };
  if (ratio === undefined) return last === 0 ? smooth : unknown;
  if (ratio < 0.62) return smooth;
  const isSteady = (q: number | undefined): boolean => q !== undefined && abs(q - 1) < 0.1;
  if (isSteady(ratio))
    return before === undefined || isSteady(before) || before < 1
      ? { kind: kinds.kink, start: 0 }
      : unknown;
  if (ratio > 1.8 && (before === undefined || before > 1.8)) return { kind: kinds.jump, start: 0 };
  return unknown;
}

function gapOf({ up, down, width }: Rung, at: Float64Array, i: number): number {
  return abs(up[i]! - 2 * at[i]! + down[i]!) / (width / 2);
}

/** Whether the slopes differ by more than noise can make them. */
function counts(rung: Rung, at: Float64Array, i: number): boolean {
  return gapOf(rung, at, i) > significance * rung.noise[i]!;
}

/** D⁺ and D⁻ at one step. */
export function slopesOf(
  { up, down, width }: Rung,
  at: Float64Array,
  i: number,
): readonly [right: number, left: number] {
  const h = width / 2;
  return [(up[i]! - at[i]!) / h, (at[i]! - down[i]!) / h];
}
