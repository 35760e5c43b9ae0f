import fc from 'fast-check';
import type { Arbitrary, RunDetails } from 'fast-check';
import type { TensorLike } from '@cotangent/tensor';
import type { Op } from '@cotangent/graph';
import { gradcheck, gradcheckRule } from '../modern/gradcheck.ts';
import type { GradcheckOptions } from '../modern/options.ts';
import type { GradcheckReport } from '../modern/report.ts';
import type { NumericRule } from '../modern/rule.ts';
import { checkOption, checkOptionNames, isPositive } from '../options.ts';
import type { SymbolicFunction } from '../verify-problem.ts';
import { defaultSeed } from '../verify-options.ts';

/** Options of {@link checkProperty}. */
export interface PropertyOptions {
  /** Of points and checks; default 0x5eed. */
  readonly seed?: number | undefined;
  /** How many points; default 50. */
  readonly numRuns?: number | undefined;
  /** Repeats one counterexample: the `path` of a report with the same seed. */
  readonly path?: string | undefined;
  /** Stops after so many milliseconds; at least one point is checked. */
  readonly interruptAfterMs?: number | undefined;
  /** Of `gradcheck` at each point. */
  readonly gradcheck?: Omit<GradcheckOptions, 'seed' | 'rng'> | undefined;
}

/** What {@link checkProperty} found. */
export interface PropertyReport {
  /** `error`: too many points were inconclusive, nothing was checked, or the function throws. */
  readonly verdict: 'pass' | 'fail' | 'error';
  readonly seed: number;
  /** Where the counterexample is in the stream of points; with `seed` it repeats it. */
  readonly path: string | undefined;
  readonly runs: number;
  /** Points at which the differences could not tell. */
  readonly discarded: number;
  /** Number of smaller counterexamples that were found on the way. */
  readonly shrinks: number;
  /** The smallest point found at which a derivative is wrong, and its report. */
  readonly counterexample?: {
    readonly inputs: readonly TensorLike[];
    readonly report: GradcheckReport;
  };
  readonly message: string;
}

/** Above this share of discarded points the domain is too tight. */
const mostDiscarded = 0.3;

/**
 * `gradcheck` at random points; a counterexample is shrunk to a small one with plain values. Points at which the
 * differences cannot tell are discarded, and never taken for a counterexample.
 *
 * @param points - as `arb.point` makes them.
 * @throws what `gradcheck` throws for wrong arguments; ValueError `GRADCHECK_UNKNOWN_OPTION`, `GRADCHECK_INVALID_OPTION`.
 * @example
 * ```ts
 * import { arb, checkProperty, domain } from '@cotangent/gradcheck/arbitraries';
 * import { log } from '@cotangent/ops';
 * checkProperty((x) => log(x), arb.point([domain.positive()])).verdict; // 'pass'
 * ```
 */
export function checkProperty(
  fn: SymbolicFunction | Op | NumericRule,
  points: Arbitrary<readonly TensorLike[]>,
  options: PropertyOptions = {},
): PropertyReport {
  checkPropertyOptions(options);
  const { seed = defaultSeed, numRuns = 50, path, interruptAfterMs } = options;
  const check = (inputs: readonly TensorLike[]): GradcheckReport => {
    const settings = { ...options.gradcheck, seed };
    const at = [{ inputs }];
    return isRule(fn) ? gradcheckRule(fn, at, settings) : gradcheck(fn, at, settings);
  };
  const property = fc.property(points, (inputs) => {
    const { verdict } = check(inputs);
    fc.pre(verdict !== 'inconclusive' && verdict !== 'skipped');
    return verdict === 'pass';
  });
  const result = fc.check(property, {
    seed,
    numRuns,
    maxSkipsPerRun: 1,
    ...(path !== undefined && { path }),
    ...(interruptAfterMs !== undefined && {
      interruptAfterTimeLimit: interruptAfterMs,
      markInterruptAsFailure: false,
    }),
  });
  return reportOf(result, check, seed);
}

function checkPropertyOptions(options: PropertyOptions): void {
  const caller = 'checkProperty';
  checkOptionNames(caller, options, ['seed', 'numRuns', 'path', 'interruptAfterMs', 'gradcheck']);
  const { seed, numRuns = 1, interruptAfterMs } = options;
  checkOption(caller, 'seed', seed, Number.isInteger(seed), 'a whole number');
  const isCount = Number.isInteger(numRuns) && numRuns > 0;
  checkOption(caller, 'numRuns', numRuns, isCount, 'a whole number ≥ 1');
  checkOption(
    caller,
    'interruptAfterMs',
    interruptAfterMs,
    isPositive(interruptAfterMs),
    'above 0',
  );
}

function isRule(fn: SymbolicFunction | Op | NumericRule): fn is NumericRule {
  return typeof fn === 'object' && fn !== null && 'vjp' in fn;
}

type Result = RunDetails<[readonly TensorLike[]]>;

function reportOf(
  result: Result,
  check: (inputs: readonly TensorLike[]) => GradcheckReport,
  seed: number,
): PropertyReport {
  const { numRuns: runs, numSkips: discarded, numShrinks: shrinks } = result;
  const path = result.counterexamplePath ?? undefined;
  const common = { seed, path, runs, discarded, shrinks };
  const inputs = result.counterexample?.[0];
  if (inputs !== undefined) {
    const report = check(inputs);
    const verdict = report.verdict === 'error' ? 'error' : 'fail';
    const where = `seed ${seed}, path ${JSON.stringify(path)}, after ${shrinks} shrinks`;
    const message = `${report.toText()}\n  point: ${inputs.map(String).join(', ')}   ${where}`;
    return { ...common, verdict, counterexample: { inputs, report }, message };
  }
  const share = discarded / Math.max(1, runs + discarded);
  if (runs === 0 || share > mostDiscarded) {
    const message = `domain too tight: ${discarded} of ${runs + discarded} points are inconclusive`;
    return { ...common, verdict: 'error', message };
  }
  return { ...common, verdict: 'pass', message: `${runs} points pass, ${discarded} discarded` };
}
