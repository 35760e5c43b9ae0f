import type { Tensor } from '@cotangent/tensor';
import { ValueError } from '@cotangent/tensor';
import { GradientError } from './gradient-error.ts';
import { GradcheckError } from './modern/error.ts';
import { gradcheck } from './modern/gradcheck.ts';
import type { GradcheckReport, Mismatch } from './modern/report.ts';
import type { VerifyGradOptions } from './verify-options.ts';
import type { SymbolicFunction } from './verify-problem.ts';

/** Options that say how `verifyGrad` differences and compares: the modern engine finds that out by itself. */
const foreign = [
  'eps',
  'absTol',
  'relTol',
  'differences',
  'castToOutputType',
  'noDebugRef',
] as const;

/**
 * `verifyGrad` by the engine of `gradcheck`, with the arguments it already has.
 *
 * @throws GradientError with the `report` if a derivative differs; GradcheckError if anything else is wrong or could not
 *   be decided; ValueError `GRADCHECK_INVALID_OPTION` for an option of the other engine.
 */
export function verifyModern(
  fun: SymbolicFunction,
  points: readonly Tensor[],
  options: VerifyGradOptions,
): void {
  const option = foreign.find((name) => options[name] !== undefined);
  if (option !== undefined) {
    throw new ValueError(`verifyGrad: ${option} has no meaning for engine 'modern'`, {
      code: 'GRADCHECK_INVALID_OPTION',
      hint: 'its steps and tolerances follow from the function; leave the option out',
      data: { option },
    });
  }
  const { nTests, rng, mode, order } = options;
  if (points.every(({ size }) => size === 0)) return; // as in the other engine
  const report = gradcheck(fun, [{ inputs: points }], {
    projections: nTests,
    order,
    compileModes: mode && [mode],
    ...(typeof rng === 'function' ? { rng } : { seed: rng }),
  });
  if (report.verdict === 'pass') return;
  throw report.worst === undefined
    ? new GradcheckError(report)
    : errorOf(report, report.worst, options);
}

function errorOf(
  report: GradcheckReport,
  worst: Mismatch,
  options: VerifyGradOptions,
): GradientError {
  const failed = report.checks.find((check) => check.worst === worst);
  const errPos = worst.index.reduce((flat, i, axis) => flat * worst.shape[axis]! + i, 0);
  const mismatch = { ...worst, errPos };
  return new GradientError({
    caller: 'verifyGrad',
    reason: Number.isFinite(worst.analytic) ? 'mismatch' : 'non-finite',
    quantity: failed?.id === 'jvp.value' ? 'pushforward' : 'gradient',
    order: failed?.id.startsWith('order2') === true ? 2 : 1,
    mismatches: [mismatch],
    count: worst.mismatched,
    total: worst.total,
    absTol: worst.tol,
    relTol: worst.tol / Math.max(Math.abs(worst.analytic), Math.abs(worst.numeric)),
    args: [worst.argName],
    testNumber: 1,
    nTests: options.nTests ?? 3,
    seed: typeof options.rng === 'function' ? undefined : options.rng,
    eps: undefined,
    differences: 'extrapolated central',
    report,
  });
}
