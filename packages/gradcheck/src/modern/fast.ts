import { dotAlong, signedDirection } from '../numeric/directions.ts';
import { kinds } from '../numeric/estimate.ts';
import type { Direction, VectorFunction } from '../numeric/estimate.ts';
import { derivativeAlong } from '../numeric/active.ts';
import { noiseOf } from '../numeric/noise.ts';
import { indexOf } from '../numbers.ts';
import { locate } from '../op/flat.ts';
import type { Rng } from '../rng.ts';
import { judge } from './judge.ts';
import type { Judged } from './judge.ts';
import { addResult, drawSigned, pull, push } from './point.ts';
import type { PointContext } from './point.ts';
import type { Mismatch } from './report.ts';

/** Levels of a ladder that go with one projection: 7 + 1 + 2·8 evaluations in all. */
const levels = 8;
/** Most wrong elements that are named. */
const maxNamed = 4;
/** Evaluations that naming elements may cost. */
const searchBudget = 500;

/** φ(x) = ⟨u, f(x)⟩ for one draw of u, with the rule's gradient of it. */
interface Projection {
  readonly phi: VectorFunction;
  readonly at: Float64Array;
  readonly noise: Float64Array;
  readonly gradient: Float64Array;
}

/**
 * Compares ⟨u, J v⟩ by differences with ⟨Jᵀu, v⟩ for signed random u and v: a constant number of evaluations for any
 * number of elements. On a failure, halves of the elements are tried until the wrong ones are named.
 */
export function checkFast(c: PointContext): void {
  const started = performance.now();
  const before = c.findings.count.evals;
  const rng = c.rng('fast');
  const all = Int32Array.from({ length: c.x.length }, (_, j) => j);
  const judged: Judged[] = [];
  let worst: Mismatch | undefined;
  for (let k = 0; k < c.settings.projections && worst === undefined; k++) {
    const projection = projectionOf(c, rng);
    const outcome = tryDirection(c, projection, signedDirection(all, c.scales, rng));
    judged.push(outcome);
    if (outcome.verdict === 'fail') worst = nameWorst(c, projection, all, rng, outcome);
  }
  const verdict =
    worst !== undefined
      ? 'fail'
      : judged.some((j) => j.verdict === 'inconclusive')
        ? 'inconclusive'
        : 'pass';
  const why = judged.find((j) => j.why !== undefined)?.why;
  addResult(c, 'vjp.value', verdict, why, {
    flags: ['fast'],
    resolution: Math.max(...judged.map(({ resolution }) => resolution)),
    ...(worst !== undefined && { worst, arg: worst.arg }),
    evals: c.findings.count.evals - before,
    ms: performance.now() - started,
  });
  if (c.subject.pushforward !== undefined && c.settings.hasMode('fwd')) checkForward(c, rng);
}

/** The pushforward along one direction, against the differences of all outputs mixed by a draw. */
function checkForward(c: PointContext, rng: Rng): void {
  if (!c.settings.wants('jvp.value')) return;
  const all = Int32Array.from({ length: c.x.length }, (_, j) => j);
  const outcomes = Array.from({ length: c.settings.projections }, () => {
    const u = drawSigned(c.at.length, rng);
    const direction = signedDirection(all, c.scales, rng);
    const projection = { ...phiOf(c, u, rng), gradient: c.x };
    return tryDirection(
      c,
      projection,
      direction,
      dot(u, push(c, Float64Array.from(direction.weights))),
    );
  });
  const failed = outcomes.find(({ verdict }) => verdict === 'fail');
  const verdict = failed?.verdict ?? outcomes.find((j) => j.verdict !== 'pass')?.verdict ?? 'pass';
  const message =
    failed &&
    `⟨u, J v⟩ is ${failed.item.numeric} by differences and ${failed.item.analytic} by the rule`;
  addResult(c, 'jvp.value', verdict, message, { flags: ['fast'] });
}

function projectionOf(c: PointContext, rng: Rng): Projection {
  const u = drawSigned(c.at.length, rng);
  return { ...phiOf(c, u, rng), gradient: pull(c, u) };
}

function phiOf(c: PointContext, u: Float64Array, rng: Rng): Omit<Projection, 'gradient'> {
  const phi: VectorFunction = (x) => {
    const y = c.f(x);
    return y && Float64Array.of(dot(u, y));
  };
  const at = Float64Array.of(dot(u, c.at));
  const size = Math.sqrt(c.at.reduce((sum, y, i) => sum + (y * u[i]!) ** 2, 0));
  const noise = noiseOf(
    phi,
    c.x,
    Float64Array.of(c.epsilon * Math.max(Math.abs(at[0]!), size)),
    rng,
  );
  return { phi, at, noise };
}

/** Differences along one direction, against the rule. */
function tryDirection(
  c: PointContext,
  { phi, at, noise, gradient }: Projection,
  direction: Direction,
  analytic: number = dotPairwise(gradient, direction),
): Judged {
  const e = derivativeAlong(phi, c.x, direction, { noise, at, jitter: 1, target: 1e-14, levels });
  // Rounding errors of independent terms add like their squares.
  let squares = 0;
  for (let k = 0; k < direction.indices.length; k++) {
    squares += (gradient[direction.indices[k]!]! * direction.weights[k]!) ** 2;
  }
  const item = {
    direction: 0,
    output: 0,
    row: 0,
    analytic,
    numeric: e.value[0]!,
    bound: e.bound[0]!,
    magnitude: Math.max(Math.sqrt(squares), Math.abs(e.value[0]!)),
    effect:
      at[0] === 0 ? Infinity : direction.reach / Math.max(Math.abs(at[0]!), Math.sqrt(squares)),
    kind: e.kind[0] === kinds.kink && direction.indices.length > 1 ? kinds.smooth : e.kind[0]!,
    low: e.low[0]!,
    high: e.high[0]!,
    still: e.still[0] === 1,
  };
  const relative = direction.indices.length > 1 ? 1e-13 : 1e-10;
  return judge(item, Math.abs(analytic), c.settings, { epsilon: c.epsilon, relative });
}

/** Halves the set of elements until the wrong ones stand alone. */
function nameWorst(
  c: PointContext,
  projection: Projection,
  all: Int32Array,
  rng: Rng,
  outcome: Judged,
): Mismatch {
  const limit = c.findings.count.evals + searchBudget - 2 * (levels + 1);
  const named: { readonly j: number; readonly judged: Judged }[] = [];
  const pending: Int32Array[] = [all];
  while (pending.length > 0 && named.length < maxNamed && c.findings.count.evals < limit) {
    const set = pending.pop()!;
    if (set.length === 1) {
      const judged = tryDirection(c, projection, unitDirection(c, set[0]!));
      if (judged.verdict === 'fail') named.push({ j: set[0]!, judged });
      continue;
    }
    const half = set.length >> 1;
    const parts = [set.subarray(0, half), set.subarray(half)];
    const isWrong = (part: Int32Array): boolean =>
      tryDirection(c, projection, signedDirection(part, c.scales, rng)).verdict === 'fail';
    const isFirst = isWrong(parts[0]!);
    // If the first half is right the second is wrong; if it is wrong the second is looked at later.
    if (!isFirst) pending.push(parts[1]!);
    else {
      if (named.length === 0 && set.length <= 64 && isWrong(parts[1]!)) pending.push(parts[1]!);
      pending.push(parts[0]!);
    }
  }
  return described(c, named, outcome);
}

function unitDirection({ scales }: PointContext, j: number): Direction {
  return { indices: [j], weights: [scales[j]!], reach: 0.05 };
}

function described(
  c: PointContext,
  named: readonly { readonly j: number; readonly judged: Judged }[],
  outcome: Judged,
): Mismatch {
  const first = named[0];
  const scale = first === undefined ? 1 : c.scales[first.j]!;
  const { item, tol } = first?.judged ?? outcome;
  const { part, flat } = locate(first?.j ?? 0, c.wrtParts);
  const { shape } = c.wrtParts[part]!;
  const [analytic, numeric] = [item.analytic / scale, item.numeric / scale];
  const absErr = Math.abs(analytic - numeric);
  const index = first === undefined ? [] : indexOf(flat, shape);
  const text =
    first === undefined
      ? 'wrong at elements that were not found within the budget'
      : `wrong at ${named.length === 1 ? 'one element' : `${named.length} elements or more`}`;
  return {
    arg: c.wrt[part]!,
    argName: c.names[c.wrt[part]!]!,
    shape,
    index,
    analytic,
    numeric,
    absErr,
    relErr: absErr / Math.max(Math.abs(analytic), Math.abs(numeric)),
    bound: item.bound / scale,
    tol: tol / scale,
    ratio: analytic / numeric,
    mismatched: Math.max(1, named.length),
    total: c.x.length,
    along: 'output cotangent: signed draw, found by halving',
    ladder: [],
    hints: [{ id: 'one-index', text }],
  };
}

/** Σ aⱼ·dⱼ, in blocks: the error grows with the logarithm of the length, about. */
function dotPairwise(a: Float64Array, direction: Direction): number {
  const { indices, weights } = direction;
  if (indices.length <= 4096) return dotAlong(a, direction);
  let total = 0;
  for (let start = 0; start < indices.length; start += 4096) {
    let sum = 0;
    const end = Math.min(indices.length, start + 4096);
    for (let k = start; k < end; k++) sum += a[indices[k]!]! * weights[k]!;
    total += sum;
  }
  return total;
}

/** Σ aᵢbᵢ, in blocks. */
function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let start = 0; start < a.length; start += 1024) {
    let sum = 0;
    const end = Math.min(a.length, start + 1024);
    for (let k = start; k < end; k++) sum += a[k]! * b[k]!;
    total += sum;
  }
  return total;
}
