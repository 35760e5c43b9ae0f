import type { Outcome } from './bench.ts';
import type { Row } from './row.ts';
import { growthExponent } from './statistics.ts';
import type { Goal } from './workload.ts';

/** A goal beside what was measured. */
export interface Verdict {
  readonly workload: string;
  /** `≥ 0.9× jax`. */
  readonly goal: string;
  /** The same quantity as measured; `undefined` where a row is missing. */
  readonly measured: number | undefined;
  /** What `measured` is counted in: `×`, `s`, or nothing. */
  readonly unit: string;
  readonly met: boolean | undefined;
}

/** What the goals of all workloads came to. */
export function judge(outcomes: readonly Outcome[]): readonly Verdict[] {
  return outcomes.flatMap((outcome) =>
    outcome.workload.goals.map((goal) => {
      const measured = measure(goal, outcome, outcomes);
      return {
        workload: outcome.workload.name,
        measured,
        ...describe(goal),
        met: isMet(goal, measured),
      };
    }),
  );
}

/** Our row with one thread. */
export function ours({ rows }: Outcome): Row | undefined {
  return rows.find(({ engine, threads }) => engine === 'cotangent' && threads === 1);
}

function measure(goal: Goal, outcome: Outcome, outcomes: readonly Outcome[]): number | undefined {
  const row = ours(outcome);
  if (row === undefined) return undefined;
  switch (goal.kind) {
    case 'ratio': {
      const threads = goal.threads === 'all' ? mostThreads(outcome) : 1;
      if (goal.threads === 'all' && threads === 1) return undefined;
      const at = (engine: string): Row | undefined =>
        outcome.rows.find((r) => r.engine === engine && r.threads === threads);
      return ratio(at(goal.against), at('cotangent'), goal.of ?? 'call');
    }
    case 'time':
      return row.medianUs / 1e6;
    case 'growth':
      return growthOf(outcome, outcomes);
    default:
      return goal satisfies never;
  }
}

function mostThreads({ rows }: Outcome): number {
  return Math.max(...rows.map(({ threads }) => threads));
}

function ratio(
  theirs: Row | undefined,
  own: Row | undefined,
  of: 'call' | 'first call',
): number | undefined {
  if (theirs === undefined || own === undefined) return undefined;
  if (of === 'call') return theirs.medianUs / own.medianUs;
  return theirs.firstCallMs / own.firstCallMs;
}

/** The exponent of growth since the next smaller workload of the family. */
export function growthOf(outcome: Outcome, outcomes: readonly Outcome[]): number | undefined {
  const { family } = outcome.workload;
  if (family === undefined) return undefined;
  const smaller = outcomes
    .filter(({ workload }) => workload.family?.name === family.name)
    .filter(({ workload }) => (workload.family?.size ?? Infinity) < family.size)
    .at(-1);
  const [a, b] = [smaller && ours(smaller), ours(outcome)];
  if (a === undefined || b === undefined) return undefined;
  return growthExponent(
    { size: smaller?.workload.family?.size ?? NaN, medianUs: a.medianUs },
    { size: family.size, medianUs: b.medianUs },
  );
}

function describe(goal: Goal): { readonly goal: string; readonly unit: string } {
  switch (goal.kind) {
    case 'ratio': {
      const what =
        goal.of === 'first call' ? ', first call' : goal.threads === 'all' ? ', all cores' : '';
      return {
        goal: `≥ ${Number(goal.atLeast.toPrecision(3))}× ${goal.against}${what}`,
        unit: '×',
      };
    }
    case 'time':
      return { goal: `≤ ${goal.atMostMs / 1000} s`, unit: ' s' };
    case 'growth':
      return { goal: `time grows at most as n^${goal.atMost}`, unit: '' };
    default:
      return goal satisfies never;
  }
}

function isMet(goal: Goal, measured: number | undefined): boolean | undefined {
  if (measured === undefined) return undefined;
  switch (goal.kind) {
    case 'ratio':
      return measured >= goal.atLeast;
    case 'time':
      return measured <= goal.atMostMs / 1000;
    case 'growth':
      return measured <= goal.atMost;
    default:
      return goal satisfies never;
  }
}
