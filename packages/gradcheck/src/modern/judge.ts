import { kinds } from '../numeric/estimate.ts';
import type { Estimate } from '../numeric/estimate.ts';
import type { GradcheckSettings } from './options.ts';
import type { ResultFlag, Verdict } from './report.ts';

/** One number by the rule and by differences. */
export interface Item {
  /** Which direction of the inputs, and which output element or draw. */
  readonly direction: number;
  readonly output: number;
  /** Items of one row have one scale. */
  readonly row: number;
  readonly analytic: number;
  readonly numeric: number;
  readonly bound: number;
  /** Sum of the magnitudes behind the two. */
  readonly magnitude: number;
  /** Change of the function that one first step of the derivative makes, relative to the function. */
  readonly effect: number;
  readonly kind: number;
  readonly low: number;
  readonly high: number;
  readonly still: boolean;
}

/** What is allowed, apart from `safety` and the like, which the settings say. */
export interface Allowance {
  readonly epsilon: number;
  /** Rounding of the rule, relative to the value: 1e-9, or less where many terms were added. */
  readonly relative: number;
}

/** The verdict on one item. */
export interface Judged {
  readonly item: Item;
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly tol: number;
  readonly isKink: boolean;
  readonly isWeak: boolean;
  readonly resolution: number;
  readonly why?: string;
}

/** A derivative whose effect is below this share of the values counts as none. */
const leastEffect = 5e-8;

/**
 * The decision. `tol = S·E + 64·ε·max(|a|, Σ|u||J|) + (1e-9 + functionError)·max(|a|, |d|)`; wrong beyond it where
 * the function is smooth and the differences are sharp enough to prove it, or far beyond it in any case.
 */
export function judge(
  item: Item,
  largestInRow: number,
  settings: GradcheckSettings,
  allowance: Allowance,
): Judged {
  const { analytic: a, numeric: d, bound: E } = item;
  const size = Math.max(Math.abs(a), Math.abs(d));
  const uncertainty = settings.safety * E;
  const rounding = 64 * allowance.epsilon * Math.max(Math.abs(a), item.magnitude);
  const tol = uncertainty + rounding + (allowance.relative + settings.functionError) * size;
  const resolution = size === 0 ? 0 : tol / size;
  const base = { item, tol, isKink: false, isWeak: false, resolution };
  if (item.kind === kinds.outside)
    return { ...base, verdict: 'inconclusive', why: 'outside domain' };
  // Who says that the function is inaccurate accepts that less can be proved.
  const leastResolution = Math.max(settings.minResolution, 1e3 * settings.functionError);
  if (!Number.isFinite(a)) {
    const isSharp = item.still || uncertainty <= leastResolution * Math.abs(d);
    return isSharp || Math.abs(d) * item.effect <= leastEffect
      ? {
          ...base,
          isKink: item.kind === kinds.kink,
          verdict: 'fail',
          why: 'the analytic value is not finite',
        }
      : { ...base, verdict: 'inconclusive', why: 'neither side is certainly finite' };
  }
  if (item.kind === kinds.jump) {
    return {
      ...base,
      verdict: 'inconclusive',
      why: 'discontinuity, or a kink that could not be resolved',
    };
  }
  if (item.kind === kinds.kink) return judgeKink(base, settings, rounding);
  const gap = Math.abs(a - d);
  // A sum whose terms cancel shows an error in any of them, whose share is what counts.
  const isWeak =
    !item.still &&
    !(uncertainty <= leastResolution * Math.max(size, item.magnitude)) &&
    size >= 1e-9 * largestInRow &&
    !(size * item.effect <= leastEffect);
  const verdict =
    gap > tol && !isWeak
      ? 'fail'
      : gap > 50 * uncertainty + tol
        ? 'fail'
        : isWeak
          ? 'inconclusive'
          : 'pass';
  return { ...base, verdict, isWeak, ...(isWeak && { why: 'the differences are too uncertain' }) };
}

/** A slope to six digits; what is noise beside the other slope is 0. */
function slopeText(slope: number, other: number): string {
  return Math.abs(slope) < 1e-12 * Math.abs(other) ? '0' : String(Number(slope.toPrecision(6)));
}

function judgeKink(
  base: Omit<Judged, 'verdict' | 'why'>,
  { atKinks, functionError, safety }: GradcheckSettings,
  rounding: number,
): Judged {
  const { low, high, analytic } = base.item;
  if (atKinks === 'fail') return { ...base, isKink: true, verdict: 'fail', why: 'a kink' };
  const slack =
    rounding + (1e-9 + functionError) * Math.max(Math.abs(low), Math.abs(high)) * safety;
  const isInside = analytic >= low - slack && analytic <= high + slack;
  const why = `a kink: between ${slopeText(low, high)} and ${slopeText(high, low)} is right`;
  return { ...base, isKink: true, verdict: isInside ? 'pass' : 'fail', why };
}

/** The verdicts on many items, and what they amount to. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly failed: readonly Judged[];
  readonly unsure: readonly Judged[];
  readonly kinks: number;
  readonly count: number;
  readonly resolution: number;
  readonly flags: readonly ResultFlag[];
}

export function judgeAll(
  items: readonly Item[],
  settings: GradcheckSettings,
  allowance: Allowance,
): Judgement {
  const largest = new Map<number, number>();
  for (const { row, analytic, numeric } of items) {
    const size = Math.max(Math.abs(numeric), Number.isFinite(analytic) ? Math.abs(analytic) : 0);
    largest.set(row, Math.max(largest.get(row) ?? 0, size));
  }
  const judged = items.map((item) => judge(item, largest.get(item.row)!, settings, allowance));
  const failed = judged.filter(({ verdict }) => verdict === 'fail');
  const unsure = judged.filter(({ verdict }) => verdict === 'inconclusive');
  const kinksSeen = judged.filter(({ isKink }) => isKink).length;
  const flags: ResultFlag[] = [];
  if (kinksSeen > 0) flags.push('kink');
  if (judged.some(({ isWeak }) => isWeak)) flags.push('weak');
  if (items.length > 0 && items.every(({ still }) => still)) flags.push('zero-evidence');
  const sharp = judged.filter((j) => !j.isKink && j.verdict === 'pass' && !j.item.still);
  const resolution = sharp.reduce((max, j) => {
    const matters = Math.abs(j.item.numeric) >= 1e-9 * largest.get(j.item.row)!;
    return matters ? Math.max(max, j.resolution) : max;
  }, 0);
  const verdict = failed.length > 0 ? 'fail' : unsure.length > 0 ? 'inconclusive' : 'pass';
  return { verdict, failed, unsure, kinks: kinksSeen, count: items.length, resolution, flags };
}

/** One value of an estimate as an item. */
export function itemOf(
  e: Estimate,
  i: number,
  analytic: number,
  place: Pick<Item, 'direction' | 'output' | 'row'>,
  reach: number,
): Item {
  const numeric = e.value[i]!;
  return {
    ...place,
    analytic,
    numeric,
    bound: e.bound[i]!,
    magnitude: Math.abs(numeric),
    effect: e.size[i]! > 0 ? reach / e.size[i]! : Infinity,
    kind: e.kind[i]!,
    low: e.low[i]!,
    high: e.high[i]!,
    still: e.still[i] === 1,
  };
}

/** A running weighted sum of values of estimates, with bounds and intervals. */
export class Mixture {
  #numeric = 0;
  #bound = 0;
  #magnitude = 0;
  #size = 0;
  #low = 0;
  #high = 0;
  #kind: number = kinds.smooth;
  #still = true;

  add(e: Estimate, i: number, weight: number): void {
    if (weight === 0) return;
    if (e.still[i] === 1) {
      this.#bound += Math.abs(weight) * e.bound[i]!; // 0, but for what noise may hide
      return;
    }
    const [a, b] = [weight * e.low[i]!, weight * e.high[i]!];
    this.#numeric += weight * e.value[i]!;
    this.#bound += Math.abs(weight) * e.bound[i]!;
    this.#magnitude += Math.abs(weight * e.value[i]!);
    this.#size += Math.abs(weight) * e.size[i]!;
    this.#low += Math.min(a, b);
    this.#high += Math.max(a, b);
    this.#kind = Math.max(this.#kind, e.kind[i]!);
    this.#still &&= e.still[i] === 1;
  }

  item(analytic: number, place: Pick<Item, 'direction' | 'output' | 'row'>, reach: number): Item {
    return {
      ...place,
      analytic,
      numeric: this.#numeric,
      bound: this.#bound,
      magnitude: this.#magnitude,
      effect: this.#size > 0 ? reach / this.#size : Infinity,
      kind: this.#kind,
      low: this.#low,
      high: this.#high,
      still: this.#still,
    };
  }
}
