import { addTo, coordinate, dotAlong } from '../numeric/directions.ts';
import { kinds } from '../numeric/estimate.ts';
import type { Direction, Estimate } from '../numeric/estimate.ts';
import { lengthOf } from '../op/flat.ts';
import { estimateAlong } from './along.ts';
import { Mixture, itemOf, judgeAll } from './judge.ts';
import type { Allowance, Item, Judgement } from './judge.ts';
import { mismatchOf } from './mismatch.ts';
import type { Comparison } from './mismatch.ts';
import { addResult, drawSigned, pull, push } from './point.ts';
import type { PointContext } from './point.ts';
import type { GradcheckId, ResultFlag } from './report.ts';

/** Outputs up to this many are compared one by one, if the Jacobian is small enough. */
const maxRows = 64;

/** Directions that span what the inputs may do: coordinates, or those of their tangent spaces. */
export function basisOf({
  settings,
  x,
  scales,
  wrt,
  wrtParts,
}: PointContext): readonly Direction[] {
  let start = 0;
  return wrtParts.flatMap((part, k) => {
    const size = lengthOf([part]);
    const first = start;
    start += size;
    const projector = settings.options.tangents?.[wrt[k]!];
    if (projector === undefined) {
      return Array.from({ length: size }, (_, j) => coordinate(first + j, scales[first + j]!));
    }
    return projector.basis(part.shape, x.slice(first, first + size)).map((d) => ({
      ...d,
      indices: Array.from(d.indices, (j) => first + j),
    }));
  });
}

/** What the rules say, as far as it is needed, and what differences are to be compared with it. */
interface Plan {
  readonly directions: readonly Direction[];
  readonly us: readonly Float64Array[];
  readonly pulled: readonly Float64Array[];
  /** Jᵀeᵢ for every output element, if the Jacobian is small. */
  readonly rows: readonly Float64Array[] | undefined;
  /** v = Σ weights[k]·directions[k], and Jv. */
  readonly weights: readonly Float64Array[];
  readonly pushed: readonly Float64Array[];
  readonly pushesEach: boolean;
}

/** Items by what they compare. */
interface Items {
  readonly full: Item[];
  readonly drawn: Item[];
  readonly forward: Item[];
  readonly forwardFull: Item[];
}

/** The estimates were small enough to keep; of a large Jacobian only these are. */
export interface ValueEvidence {
  /** Indices of directions with a kink. */
  readonly kinks: readonly number[];
  readonly directions: readonly Direction[];
}

/** Compares both modes with differences, entry by entry or by signed draws. */
export function checkValues(c: PointContext, directions: readonly Direction[]): ValueEvidence {
  const started = performance.now();
  const before = c.findings.count.evals;
  const plan = planOf(c, directions);
  const items: Items = { full: [], drawn: [], forward: [], forwardFull: [] };
  const mixtures = plan.weights.map(() => Array.from(c.at, () => new Mixture()));
  const jitter = c.rng('jitter');
  const kinkAt: number[] = [];
  for (const [t, direction] of directions.entries()) {
    if (performance.now() - started > c.settings.budget.ms) {
      c.findings.skip(
        `${directions.length - t} of ${directions.length} directions at ${c.sample}`,
        'out of time',
      );
      break;
    }
    const e = estimateAlong(c, direction, expectedOf(plan, direction, c), 0.8 + 0.4 * jitter());
    if (e.kind.includes(kinds.kink)) kinkAt.push(t);
    collect(c, plan, items, e, t);
    mixtures.forEach((mixture, k) => mixture.forEach((m, i) => m.add(e, i, plan.weights[k]![t]!)));
  }
  forwardItems(plan, mixtures, items);
  const cost = { evals: c.findings.count.evals - before, ms: performance.now() - started };
  conclude(c, plan, items, cost);
  return { kinks: kinkAt, directions };
}

function planOf(c: PointContext, directions: readonly Direction[]): Plan {
  const { settings, at, subject } = c;
  const rng = c.rng('draws');
  const us = Array.from({ length: settings.projections }, () => drawSigned(at.length, rng));
  const entries = directions.length * at.length;
  const isSmall = at.length <= maxRows && entries <= settings.budget.jacobianEntries;
  const reverse = settings.hasMode('rev') && settings.wants('vjp.value');
  const forward =
    subject.pushforward !== undefined && settings.hasMode('fwd') && settings.wants('jvp.value');
  const weights = forward ? us.map(() => drawSigned(directions.length, rng)) : [];
  return {
    directions,
    us: reverse ? us : [],
    pulled: reverse ? us.map((u) => pull(c, u)) : [],
    rows: reverse && isSmall ? Array.from(at, (_, i) => pull(c, unit(at.length, i))) : undefined,
    weights,
    pushed: weights.map((w) => push(c, combined(directions, w, c.x.length))),
    pushesEach: forward && isSmall,
  };
}

function unit(length: number, i: number): Float64Array {
  return new Float64Array(length).fill(1, i, i + 1);
}

export function combined(
  directions: readonly Direction[],
  weights: Float64Array,
  n: number,
): Float64Array {
  const sum = new Float64Array(n);
  directions.forEach((d, k) => addTo(sum, d, weights[k]!));
  return sum;
}

/** What the rule expects of each value along a direction: bounds should be small relative to it. */
function expectedOf({ rows }: Plan, direction: Direction, { at }: PointContext): Float64Array {
  if (rows === undefined) return new Float64Array(at.length);
  return Float64Array.from(rows, (row) => {
    const a = Math.abs(dotAlong(row, direction));
    return Number.isFinite(a) ? a : 0;
  });
}

function collect(c: PointContext, plan: Plan, items: Items, e: Estimate, t: number): void {
  const direction = plan.directions[t]!;
  const { reach } = direction;
  plan.rows?.forEach((row, i) => {
    items.full.push(
      itemOf(e, i, dotAlong(row, direction), { direction: t, output: i, row: i }, reach),
    );
  });
  plan.pulled.forEach((xBar, k) => {
    const mixture = new Mixture();
    for (let i = 0; i < c.at.length; i++) mixture.add(e, i, plan.us[k]![i]!);
    items.drawn.push(
      mixture.item(dotAlong(xBar, direction), { direction: t, output: k, row: k }, reach),
    );
  });
  if (!plan.pushesEach) return;
  const yDot = push(c, combined([direction], Float64Array.of(1), c.x.length));
  yDot.forEach((a, i) => {
    items.forwardFull.push(itemOf(e, i, a, { direction: t, output: i, row: i }, reach));
  });
}

function forwardItems(plan: Plan, mixtures: readonly (readonly Mixture[])[], items: Items): void {
  const reach = plan.directions.reduce((max, d) => Math.max(max, d.reach), 0);
  plan.pushed.forEach((yDot, k) => {
    yDot.forEach((a, i) => {
      items.forward.push(mixtures[k]![i]!.item(a, { direction: 0, output: i, row: k }, reach));
    });
  });
}

function conclude(
  c: PointContext,
  { directions, us, pulled, pushed }: Plan,
  items: Items,
  cost: { readonly evals: number; readonly ms: number },
): void {
  const whole: Comparison = { directions, side: 'vjp' };
  const drawn: Comparison = { directions, side: 'vjp', draws: us };
  const forward: Comparison = { directions, side: 'jvp' };
  const extra = flagsOf(c);
  if (pulled.length > 0)
    compare(
      c,
      'vjp.value',
      [
        [items.full, whole],
        [items.drawn, drawn],
      ],
      extra,
      cost,
    );
  if (pushed.length > 0) {
    const free = { evals: 0, ms: 0 };
    compare(
      c,
      'jvp.value',
      [
        [items.forwardFull, forward],
        [items.forward, forward],
      ],
      extra,
      free,
    );
  }
}

function flagsOf({ noise, at, epsilon }: PointContext): readonly ResultFlag[] {
  const isSingle =
    epsilon < 1e-10 &&
    noise.some((eta, i) => eta > 1e-9 * Math.abs(at[i]!) && eta < 1e-5 * Math.abs(at[i]!));
  return isSingle || epsilon > 1e-10 ? ['noise-single'] : [];
}

/** Judges lists of items and adds one result: the first list that fails describes it. */
export function compare(
  c: PointContext,
  id: GradcheckId,
  lists: readonly (readonly [readonly Item[], Comparison])[],
  extra: readonly ResultFlag[],
  cost: { readonly evals: number; readonly ms: number },
  relative = 1e-9,
): Judgement['verdict'] {
  const allowance: Allowance = { epsilon: c.epsilon, relative };
  const skipsKinks = c.settings.atKinks === 'skip';
  const judged = lists.map(([items, comparison]) => {
    const kept = skipsKinks ? items.filter(({ kind }) => kind !== kinds.kink) : items;
    if (kept.length < items.length)
      c.findings.skip(`${items.length - kept.length} entries of ${id} at ${c.sample}`, 'a kink');
    return { judgement: judgeAll(kept, c.settings, allowance), comparison };
  });
  const order = ['fail', 'inconclusive', 'pass'] as const;
  const verdict =
    order.find((v) => judged.some(({ judgement }) => judgement.verdict === v)) ?? 'pass';
  const decisive = judged.find(({ judgement }) => judgement.verdict === verdict)!;
  const worst = mismatchOf(c, decisive.judgement, decisive.comparison);
  const flags = [...new Set([...judged.flatMap(({ judgement }) => judgement.flags), ...extra])];
  const message = messageOf(decisive.judgement);
  addResult(c, id, verdict, message, {
    flags,
    resolution: Math.max(...judged.map(({ judgement }) => judgement.resolution)),
    ...(worst !== undefined && {
      worst,
      arg: worst.arg,
      ...(worst.output !== undefined && { output: worst.output }),
    }),
    ...cost,
  });
  return verdict;
}

function messageOf({ failed, unsure, count }: Judgement): string | undefined {
  const why = failed[0]?.why ?? (failed.length === 0 ? unsure[0]?.why : undefined);
  if (why === undefined) return undefined;
  return failed.length > 0 ? why : `${why} (${unsure.length} of ${count} entries)`;
}
