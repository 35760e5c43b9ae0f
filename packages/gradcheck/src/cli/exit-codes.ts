import type { RunReport } from '../suite/result.ts';

/** What the command returns to whoever started it. */
export const exitCodes: Readonly<Record<Outcome, number>> = {
  pass: 0,
  fail: 1,
  usage: 2,
  undecided: 3,
  nothing: 4,
  broken: 5,
  interrupted: 130,
};
type Outcome = 'pass' | 'fail' | 'usage' | 'undecided' | 'nothing' | 'broken' | 'interrupted';

/** What a run has to reach besides no failure. */
export interface Demands {
  readonly strict: boolean;
  /** Percent of ops with samples. */
  readonly requireCoverage: number | undefined;
  /** Percent of mutants killed. */
  readonly requireMutation: number | undefined;
}

/** The exit code of a finished run: the first of 130, 5, 4, 1, 3 that applies, else 0. */
export function exitCodeOf(
  report: RunReport,
  demands: Demands,
  regressions: readonly string[],
): number {
  const { counts, ops } = report;
  if (report.interrupted) return exitCodes.interrupted;
  if (ops.some(({ checks }) => checks.some(({ code }) => code !== undefined))) {
    return exitCodes.broken;
  }
  if (counts.ops === counts.skipped) return exitCodes.nothing;
  if (counts.failed > 0 || regressions.length > 0 || lacksMutation(report, demands)) {
    return exitCodes.fail;
  }
  const isUndecided = counts.inconclusive > 0 || counts.skipped > 0;
  const lacksCoverage = coverageOf(report) < (demands.requireCoverage ?? 0);
  return lacksCoverage || (demands.strict && isUndecided) ? exitCodes.undecided : exitCodes.pass;
}

function lacksMutation({ mutationScore }: RunReport, { requireMutation }: Demands): boolean {
  return requireMutation !== undefined && 100 * (mutationScore ?? 0) < requireMutation;
}

/** Percent of the ops that have samples. */
export function coverageOf({ ops }: RunReport): number {
  return ops.length === 0
    ? 0
    : (100 * ops.filter(({ samples }) => samples > 0).length) / ops.length;
}
