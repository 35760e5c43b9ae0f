import type { Op, OpSample } from '@cotangent/graph';
import { casesFor, checkRulesAt, isFinitePoint, opOf } from '../check-op.ts';
import type { OpCarrier } from '../check-op.ts';
import type { OpCase } from '../op/cases.ts';
import { Recorder } from '../op/report.ts';
import type { CheckResult, SkippedCheck } from '../op/report.ts';
import { defaultSeed } from '../verify-options.ts';
import { Equivalence } from './equivalence.ts';
import { checkMutationOptions, mutantsOf } from './mutants.ts';
import type { MutantResult, MutationOptions, MutationReport, RuleMutant } from './types.ts';

/**
 * How well the samples of an op tell its rules from wrong ones: every mutant of {@link mutantsOf} is checked as
 * `checkOp` checks rules, and is killed by the first check that fails. One that nothing finds has survived: some kind of
 * point is missing among the samples. A mutant with the op's own derivatives at many random points is equivalent, no
 * error at all, and does not count.
 *
 * @param samples - default: those of the op's record.
 * @throws ArgumentTypeError `GRADCHECK_NOT_AN_OP`; ValueError `GRADCHECK_INVALID_OPTION`, `GRADCHECK_UNKNOWN_OPTION`.
 * @example
 * ```ts
 * import { mutationScore } from '@cotangent/gradcheck';
 * import { tanh } from '@cotangent/ops';
 * mutationScore(tanh).score; // 1
 * ```
 * @see DeMillo, Lipton & Sayward (1978), Hints on test data selection, for the score.
 */
export function mutationScore(
  carrier: OpCarrier,
  samples?: readonly OpSample[],
  options: MutationOptions = {},
): MutationReport {
  const op = opOf(carrier);
  checkMutationOptions('mutationScore', options);
  const seed = options.seed ?? defaultSeed;
  const mutants = mutantsOf(op, samples, options);
  const tester = new Tester(op, samples, options);
  const equivalence = new Equivalence(op, samples, seed, options.order ?? 2);
  const results = mutants.map((mutant) => judged(mutant, tester, equivalence));
  return reportOf(op.name, seed, results);
}

function judged(mutant: RuleMutant, tester: Tester, equivalence: Equivalence): MutantResult {
  const { id, operator, description } = mutant;
  const differsAt = equivalence.difference(mutant.op);
  if (differsAt === undefined) return { id, operator, description, verdict: 'equivalent' };
  const failure = tester.firstFailure(mutant.op);
  if (failure === undefined) return { id, operator, description, verdict: 'survived', differsAt };
  const { id: check, sample, message } = failure;
  return { id, operator, description, verdict: 'killed', by: { check, sample, message } };
}

/** Thrown by the recorder to end a check at its first failure. */
class Stop extends Error {
  readonly result: CheckResult;

  constructor(result: CheckResult) {
    super('the first failure is enough');
    this.result = result;
  }
}

/** Runs the checks of rules at the cases of an op, for other records in its place. */
class Tester {
  readonly #cases: readonly OpCase[];
  readonly #options: MutationOptions;
  /** What fails for the op itself at each case proves nothing about a mutant. */
  readonly #own = new Map<OpCase, readonly SkippedCheck[]>();

  constructor(op: Op, samples: readonly OpSample[] | undefined, options: MutationOptions) {
    this.#options = options;
    const finite = (c: OpCase): boolean => isFinitePoint(c, new Recorder([]));
    this.#cases = casesFor(op, samples, undefined).filter(
      (c) => !c.isEdge && c.wrt.length > 0 && finite(c),
    );
  }

  firstFailure(op: Op): CheckResult | undefined {
    for (const c of this.#cases) {
      if (this.#failureAt(c, op, []) === undefined) continue;
      const failure = this.#failureAt(c, op, this.#ownFailures(c));
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #failureAt(c: OpCase, op: Op, own: readonly SkippedCheck[]): CheckResult | undefined {
    const recorder = new Recorder([...(this.#options.skip ?? []), ...own], (result) => {
      throw new Stop(result);
    });
    try {
      checkRulesAt({ ...c, op }, recorder, this.#checks());
      return undefined;
    } catch (error) {
      if (error instanceof Stop) return error.result;
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { id: 'grad.shape', sample: c.label, verdict: 'fail', message: `threw ${message}` };
    }
  }

  #ownFailures(c: OpCase): readonly SkippedCheck[] {
    const before = this.#own.get(c);
    if (before !== undefined) return before;
    const recorder = new Recorder(this.#options.skip ?? []);
    checkRulesAt(c, recorder, this.#checks());
    const reason = 'fails without a mutation';
    const own = recorder
      .report('')
      .checks.filter(({ verdict, id }) => verdict === 'fail' && id !== 'skip.needed')
      .map(({ id, sample }): SkippedCheck => ({ check: id, sample, reason }));
    this.#own.set(c, own);
    return own;
  }

  #checks(): Pick<MutationOptions, 'seed' | 'order'> {
    return { seed: this.#options.seed, order: this.#options.order };
  }
}

function reportOf(name: string, seed: number, mutants: readonly MutantResult[]): MutationReport {
  const count = (verdict: MutantResult['verdict']): number =>
    mutants.filter((mutant) => mutant.verdict === verdict).length;
  const [killed, survived, equivalent] = [count('killed'), count('survived'), count('equivalent')];
  const score = killed + survived === 0 ? undefined : killed / (killed + survived);
  const content = {
    schema: 'gradcheck-mutation/1' as const,
    name,
    seed: seed.toString(16),
    killed,
    survived,
    equivalent,
    score,
    mutants,
  };
  return { ...content, toText: () => textOf(content) };
}

function textOf(report: Omit<MutationReport, 'toText'>): string {
  const { name, killed, survived, equivalent, score, mutants } = report;
  const share = score === undefined ? 'nothing to change' : `${(100 * score).toFixed(1)} %`;
  const head = `${name}: ${share} (${killed} killed, ${survived} survived, ${equivalent} equivalent)`;
  const lines = mutants
    .filter(({ verdict }) => verdict === 'survived')
    .map(({ id, description, differsAt }) => `  ${id}\n    ${description}\n    ${differsAt ?? ''}`);
  return [head, ...lines].join('\n');
}
