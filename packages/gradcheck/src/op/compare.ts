import { formatElement, formatNumber, indexOf } from '../numbers.ts';
import { locate } from './flat.ts';
import type { Part } from './flat.ts';
import type { Product } from './jacobian.ts';
import type { Direction } from '../numeric/estimate.ts';
import type { Finding } from './report.ts';

/** Estimates exceed their bounds by less than 2; this much is allowed. */
const safety = 8;
/** Above this share of the derivative, the bound of a difference proves nothing. */
const leastResolution = 1e-2;
/** A derivative whose effect is below this share of the values counts as none. */
const leastEffect = 5e-8;

/** An analytic product with a Jacobian, and all that says how far it may be from the numeric one. */
export interface ProductComparison {
  readonly numeric: Product;
  /** As many entries as `numeric`; so have the next two. */
  readonly analytic: Float64Array;
  /** Sum of the magnitudes that were added to each entry of `analytic`. */
  readonly magnitude: Float64Array;
  /** Change of the exact rule when its inputs change by one rounding: what no rule can avoid. */
  readonly sensitivity: Float64Array;
  /** Machine epsilon of the dtype under test. */
  readonly epsilon: number;
  /** Number of terms in each entry of the product. */
  readonly terms: number;
  /** Length of the widest step of the differences behind an entry. */
  readonly reach: (k: number) => number;
  /** What an entry belongs to. */
  readonly label: (k: number) => string;
}

/**
 * The first way in which an analytic product differs from the numeric one by more than
 *
 *     8·E + 64·ε·√m·S + 8·ε·max|a| + 16·B + 1e-9·max(|a|, |d|)
 *
 * E: error bound of the differences. S: sum of the magnitudes of the m terms; rounding errors of a sum are
 * relative to it and grow like √m at random (Higham 2002, §4.2). B: what one rounding of the inputs changes:
 * forgives a point where the derivative itself is ill-conditioned, not sloppy arithmetic. The factors 64, 8
 * and 16 stand for the few operations of a rule. None depends on the size of the arrays.
 *
 * An entry whose tolerance is more than a hundredth of it proves nothing, which counts as a failure, unless
 * its effect on the function is nothing either.
 */
export function differs(comparison: ProductComparison): Finding {
  const { analytic, numeric } = comparison;
  const largest = largestOf(analytic);
  const findings = Array.from(analytic, (a, k) => {
    if (!Number.isFinite(a)) return describe(comparison, k, 'is not finite');
    const d = numeric.value[k]!;
    const size = Math.max(Math.abs(a), Math.abs(d));
    const uncertainty = safety * numeric.bound[k]!;
    const tolerance = uncertainty + roundingOf(comparison, k, largest) + 1e-9 * size;
    if (!(Math.abs(a - d) <= tolerance)) return describe(comparison, k, 'differs', tolerance);
    const matters =
      size > 1e-9 * Math.max(largest, largestOf(numeric.value)) &&
      size * comparison.reach(k) > leastEffect * numeric.size[k]!;
    if (!matters || uncertainty <= leastResolution * size) return undefined;
    return describe(comparison, k, 'cannot be judged, as at a kink or a jump', tolerance);
  });
  const found = findings.filter((finding) => finding !== undefined);
  return found[0] && `${found[0]}; ${found.length} of ${analytic.length} entries`;
}

function roundingOf(c: ProductComparison, k: number, largest: number): number {
  const sum = Math.max(c.numeric.magnitude[k]!, c.magnitude[k]!);
  const inSum = 64 * Math.sqrt(Math.max(1, c.terms)) * sum;
  return c.epsilon * (inSum + 8 * largest) + 16 * c.sensitivity[k]!;
}

function largestOf(values: Float64Array): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

function describe(c: ProductComparison, k: number, what: string, tolerance?: number): string {
  const [a, d] = [c.analytic[k]!, c.numeric.value[k]!];
  const ratio = a / d;
  const note = Number.isFinite(ratio) && ratio !== 0 ? `, ratio ${ratio.toPrecision(5)}` : '';
  const limit = tolerance === undefined ? '' : ` (tolerance ${formatNumber(tolerance)}${note})`;
  const bound = formatNumber(c.numeric.bound[k]!);
  return `${c.label(k)} ${what}: analytic ${formatNumber(a)}, numeric ${formatNumber(d)} ± ${bound}${limit}`;
}

/** `"input 0"[1,2]`: the element at a position in several tensors. */
export function elementLabel(
  position: number,
  parts: readonly Part[],
  names: readonly string[],
): string {
  const { part, flat } = locate(position, parts);
  return formatElement(names[part]!, indexOf(flat, parts[part]!.shape));
}

/** The element that a direction moves, or that it moves many. */
export function directionLabel(
  { indices }: Direction,
  parts: readonly Part[],
  names: readonly string[],
): string {
  return indices.length === 1
    ? elementLabel(indices[0]!, parts, names)
    : `along a random direction of all ${indices.length} elements, the derivative`;
}
