import type { CheckId } from '../op/report.ts';
import type { GradcheckId, Mismatch, ResultFlag, SkippedItem, Verdict } from '../modern/report.ts';

/** Every check that an op goes through: those of `checkOp` and those of `gradcheck`. */
export type SuiteCheckId = CheckId | GradcheckId | 'run.completed';

/** The outcome of one check at one sample of an op. */
export interface SuiteCheck {
  readonly id: SuiteCheckId;
  /** Name or number of the sample, and in brackets its dtype and variant. */
  readonly sample: string;
  readonly verdict: Verdict;
  /** What is wrong, or why it was not checked. */
  readonly message?: string;
  /** Likely causes, the likeliest first. */
  readonly hints?: readonly string[];
  /** The entry that is worst, where numbers were compared. */
  readonly worst?: Mismatch;
  readonly flags?: readonly ResultFlag[];
  /** Smallest relative error that could have been seen at every entry. */
  readonly resolution?: number;
  /** Token for `--replay`; of what did not pass. */
  readonly replay?: string;
  /** Stable code of an error that ended the run of this op. */
  readonly code?: string;
}

/** How well an op's samples tell wrong rules from the right one. */
export interface SuiteMutation {
  readonly killed: number;
  readonly survived: number;
  readonly equivalent: number;
  /** killed / (killed + survived). */
  readonly score?: number;
  /** What the survivors are: each is a mistake that the samples would not notice. */
  readonly survivors: readonly string[];
}

/** Everything found about one op. Plain data. */
export interface OpResult {
  readonly name: string;
  /** The package or module that exports it. */
  readonly module: string;
  /** Where the op is defined, relative to the working directory, if that is known. */
  readonly file?: string;
  readonly line?: number;
  /** `skipped` means that nothing at all was checked. */
  readonly verdict: Verdict;
  /** How many samples it has, and in which dtypes they were taken. */
  readonly samples: number;
  readonly dtypes: readonly string[];
  readonly checks: readonly SuiteCheck[];
  /** What differences could not be taken of, and why. */
  readonly skipped: readonly SkippedItem[];
  readonly mutation?: SuiteMutation;
  readonly evals: number;
  readonly ms: number;
}

/** How many ops have each verdict; `failed` counts errors too. */
export interface RunCounts {
  readonly ops: number;
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly skipped: number;
}

/** What a run of the `gradcheck` command found. Plain data; `schema/gradcheck-run.schema.json` describes it. */
export interface RunReport {
  readonly schema: 'gradcheck-run/1';
  /** `skipped`: nothing was checked. */
  readonly verdict: Verdict;
  /** Hexadecimal. */
  readonly seed: string;
  readonly interrupted: boolean;
  readonly counts: RunCounts;
  readonly ops: readonly OpResult[];
  /** Ops that an interrupt left unchecked. */
  readonly unfinished: readonly string[];
  /** Σ killed / Σ (killed + survived) over the ops, of a run with mutants. */
  readonly mutationScore?: number;
  readonly ms: number;
}

const order: readonly Verdict[] = ['error', 'fail', 'inconclusive', 'pass', 'skipped'];

/** The worst of some verdicts: error, fail, inconclusive, pass; `skipped` only if there is nothing else. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'skipped';
}

/** Whether `a` is a worse verdict than `b`. */
export function isWorse(a: Verdict, b: Verdict): boolean {
  return order.indexOf(a) < order.indexOf(b);
}

/** @returns the report of a run over some ops. */
export function runReport(
  ops: readonly OpResult[],
  more: Pick<RunReport, 'seed' | 'interrupted' | 'unfinished' | 'ms'>,
): RunReport {
  const mutationScore = scoreOf(ops);
  return {
    schema: 'gradcheck-run/1',
    verdict: worstVerdict(ops.map(({ verdict }) => verdict)),
    seed: more.seed,
    interrupted: more.interrupted,
    counts: countsOf(ops),
    ops,
    unfinished: more.unfinished,
    ...(mutationScore !== undefined && { mutationScore }),
    ms: more.ms,
  };
}

function countsOf(ops: readonly OpResult[]): RunCounts {
  const count = (...verdicts: readonly Verdict[]): number =>
    ops.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return {
    ops: ops.length,
    passed: count('pass'),
    failed: count('fail', 'error'),
    inconclusive: count('inconclusive'),
    skipped: count('skipped'),
  };
}

function scoreOf(ops: readonly OpResult[]): number | undefined {
  const all = ops.flatMap(({ mutation }) => (mutation === undefined ? [] : [mutation]));
  const killed = all.reduce((sum, m) => sum + m.killed, 0);
  const alive = all.reduce((sum, m) => sum + m.killed + m.survived, 0);
  return alive === 0 ? undefined : killed / alive;
}
