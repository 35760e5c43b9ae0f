import { differentiateAlong } from '../numeric/methods.ts';
import type { Direction } from '../numeric/estimate.ts';
import { locate } from '../op/flat.ts';
import { indexOf } from '../numbers.ts';
import { hintsFor } from './hints.ts';
import type { Judged, Judgement } from './judge.ts';
import type { PointContext } from './point.ts';
import type { Mismatch } from './report.ts';
import { slopeOf } from './taylor.ts';

/** How the entries of a comparison are to be read. */
export interface Comparison {
  readonly directions: readonly Direction[];
  /** Weights of the outputs behind an item's `output`; absent: it is an element of the outputs. */
  readonly draws?: readonly Float64Array[];
  /** What the analytic side is: Jᵀu or Jv. */
  readonly side: 'vjp' | 'jvp';
}

/** The worst of the items that failed, described. */
export function mismatchOf(
  c: PointContext,
  judgement: Judgement,
  comparison: Comparison,
): Mismatch | undefined {
  const worst = judgement.failed.reduce<Judged | undefined>(
    (best, j) => (best === undefined || severity(j) > severity(best) ? j : best),
    undefined,
  );
  if (worst === undefined) return undefined;
  const { item, tol } = worst;
  const absErr = Math.abs(item.analytic - item.numeric);
  return {
    ...placeOf(c, item.direction, item.output, comparison),
    analytic: item.analytic,
    numeric: item.numeric,
    absErr,
    relErr: absErr / Math.max(Math.abs(item.analytic), Math.abs(item.numeric)),
    bound: item.bound,
    tol,
    ratio: item.analytic / item.numeric,
    mismatched: judgement.failed.length,
    total: judgement.count,
    ...secondOpinion(c, worst, comparison),
    hints: hintsFor(c, judgement, comparison),
  };
}

function severity({ item, tol }: Judged): number {
  const ratio = Math.abs(item.analytic - item.numeric) / tol;
  return Number.isFinite(ratio) ? ratio : Infinity;
}

type Place = Pick<
  Mismatch,
  'arg' | 'argName' | 'shape' | 'index' | 'output' | 'outIndex' | 'along'
>;

function placeOf(
  c: PointContext,
  direction: number,
  output: number,
  { directions, draws }: Comparison,
): Place {
  const d = directions[direction];
  const { part, flat } = locate(Number(d?.indices[0] ?? 0), c.wrtParts);
  const arg = c.wrt[part]!;
  const { shape } = c.wrtParts[part]!;
  const input = { arg, argName: c.names[arg]!, shape, index: indexOf(flat, shape) };
  if (draws !== undefined) {
    return { ...input, along: `output cotangent: signed draw ${output + 1} of ${draws.length}` };
  }
  const out = locate(output, c.outParts);
  const outIndex = indexOf(out.flat, c.outParts[out.part]!.shape);
  const along = `output ${c.outputs[out.part]}${outIndex.length === 0 ? '' : `[${outIndex.join(',')}]`}`;
  return { ...input, output: c.outputs[out.part]!, outIndex, along };
}

/** The ladder and the Taylor remainder along the worst direction. */
function secondOpinion(
  c: PointContext,
  { item }: Judged,
  { directions, draws }: Comparison,
): Pick<Mismatch, 'ladder' | 'taylorSlope'> {
  const direction = directions[item.direction];
  if (direction === undefined || c.at.length === 0) return { ladder: [] };
  const weights = draws?.[item.output] ?? unit(c.at.length, item.output);
  const e = differentiateAlong('ladder', c.f, c.x, direction, {
    noise: c.noise,
    at: c.at,
    jitter: 1,
  });
  const ladder = e.rungs.map((rung) => ({
    h: rung.h,
    value: dot(rung.value, weights),
    bound: absDot(rung.noise, weights),
  }));
  const slope = slopeOf(e.rungs, c.at, weights, item.analytic, absDot(c.noise, weights));
  return { ladder, ...(slope !== undefined && { taylorSlope: slope }) };
}

function unit(length: number, at: number): Float64Array {
  return new Float64Array(length).fill(1, at, at + 1);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}

function absDot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + Math.abs(value * b[k]!), 0);
}
