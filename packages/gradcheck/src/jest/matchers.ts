import { ArgumentTypeError, ValueError, mapTensors, tensorFrom } from '@cotangent/tensor';
import type { Tensor, TensorLike } from '@cotangent/tensor';
import type { Op, OpSample } from '@cotangent/graph';
import { checkOp } from '../check-op.ts';
import type { CheckOpOptions, OpCarrier } from '../check-op.ts';
import { gradcheck, gradcheckRule } from '../modern/gradcheck.ts';
import type { PointSet } from '../modern/gradcheck.ts';
import { checkOptionNames } from '../options.ts';
import type { GradcheckOptions } from '../modern/options.ts';
import { gradcheckIds } from '../modern/report.ts';
import type { GradcheckId, GradcheckReport } from '../modern/report.ts';
import type { NumericRule, RuleValues } from '../modern/rule.ts';
import type { SymbolicFunction } from '../verify-problem.ts';
import { matched } from './context.ts';
import type { MatcherContext, MatcherResult, Outcome } from './context.ts';

/** What has derivatives to check: a function of variables, an op, or a function with rules in plain numbers. */
export type Differentiable = SymbolicFunction | Op | NumericRule;

/** Options of a matcher: those of `gradcheck` that do not belong to `assertGradcheck`. */
export type MatcherOptions = Omit<GradcheckOptions, 'onInconclusive' | 'onWarning'>;

/** The matchers as `expect(…)` has them; `R` is what they return. */
export interface GradcheckMatchers<R> {
  /** Every derivative of the function, op or rule is right at the points, by all checks of `gradcheck`. */
  toHaveCorrectGradientsAt(points: PointSet, options?: MatcherOptions): R;
  /** The same, and so are the derivatives of the gradient. */
  toHaveCorrectHessianAt(points: PointSet, options?: MatcherOptions): R;
  /** The pullback is linear in the cotangent, of the right shape and dtype, repeatable: all but its values. */
  toBeLinearPullbackAt(points: PointSet, options?: MatcherOptions): R;
  /** The numbers are the gradient of the scalar function `f` of plain tensors, by differences. */
  toMatchNumericGradient(
    f: (...xs: readonly Tensor[]) => RuleValues,
    point: readonly TensorLike[],
    options?: MatcherOptions,
  ): R;
  /** The op keeps its contract, as `checkOp` checks it; default samples: its own. */
  toPassOpSuite(samples?: readonly OpSample[], options?: CheckOpOptions): R;
}

/** One matcher, as `expect.extend` of jest and of vitest takes it. */
export type Matcher<Args extends readonly unknown[]> = (
  this: MatcherContext,
  received: unknown,
  ...args: Args
) => MatcherResult;

/** The functions behind {@link GradcheckMatchers}. */
export type GradcheckMatcherFunctions = {
  readonly [K in keyof GradcheckMatchers<void>]: Matcher<Parameters<GradcheckMatchers<void>[K]>>;
};

/**
 * Matchers for `expect.extend`, the same for jest and vitest. `.not` holds only where something is definitely wrong;
 * where the differences cannot tell, where nothing was checked or where the function throws, the assertion fails with
 * and without `.not`. Wrong arguments raise the errors of the functions behind the matchers.
 *
 * @example
 * ```ts
 * import { expect, it } from '@jest/globals';
 * import { gradcheckMatchers } from '@cotangent/gradcheck/jest';
 * import { mul, tanh } from '@cotangent/ops';
 * expect.extend(gradcheckMatchers);
 * it('has right gradients', () => {
 *   expect((x, y) => mul(tanh(x), y)).toHaveCorrectGradientsAt([[0.5, -1], [2, 3]]);
 * });
 * ```
 */
export const gradcheckMatchers: GradcheckMatcherFunctions = {
  toHaveCorrectGradientsAt(received, points, options = {}) {
    const call = { name: 'toHaveCorrectGradientsAt', received: 'fn', expected: 'points' };
    return matched(this, call, outcomeOf(checked(received, points, call.name, options)));
  },
  toHaveCorrectHessianAt(received, points, options = {}) {
    const call = { name: 'toHaveCorrectHessianAt', received: 'fn', expected: 'points' };
    const order = options.order === 3 ? 3 : 2;
    const report = checked(received, points, call.name, { ...options, order });
    return matched(this, call, outcomeOf(report));
  },
  toBeLinearPullbackAt(received, points, options = {}) {
    const call = { name: 'toBeLinearPullbackAt', received: 'rule', expected: 'points' };
    const report = checked(received, points, call.name, { ...options, checks: 'structural' });
    return matched(this, call, outcomeOf(report));
  },
  toMatchNumericGradient(received, f, point, options = {}) {
    const call = { name: 'toMatchNumericGradient', received: 'gradient', expected: 'f, point' };
    refuseAssertOptions(call.name, options);
    const rule: NumericRule = {
      name: f.name || 'f',
      f,
      vjp: (_, us) => scaled(received, us, point),
    };
    const report = gradcheckRule(rule, [{ inputs: point }], { ...options, checks: valueChecks() });
    return matched(this, call, outcomeOf(report));
  },
  toPassOpSuite(received, samples, options = {}) {
    const call = { name: 'toPassOpSuite', received: 'op', expected: samples ? 'samples' : '' };
    return matched(this, call, suiteOutcome(received, samples, options));
  },
};

/** `gradcheck` or `gradcheckRule`, which refuse anything that is neither. */
function checked(
  received: unknown,
  points: PointSet,
  name: string,
  options: MatcherOptions,
): GradcheckReport {
  refuseAssertOptions(name, options);
  if (isRule(received)) return gradcheckRule(received, points, options);
  if (isFunctionOrOp(received)) return gradcheck(received, points, options);
  throw new ArgumentTypeError(`${name}: received a ${typeof received}`, {
    code: 'GRADCHECK_NOT_A_FUNCTION',
    hint: 'expect() a function of variables, an op, or a rule { f, vjp }',
  });
}

function refuseAssertOptions(name: string, options: object): void {
  const { onInconclusive, onWarning }: GradcheckOptions = options;
  const given = { ...(onInconclusive && { onInconclusive }), ...(onWarning && { onWarning }) };
  checkOptionNames(`${name} (always strict)`, given, []);
}

function isRule(value: unknown): value is NumericRule {
  return typeof value === 'object' && value !== null && 'vjp' in value;
}

function isFunctionOrOp(value: unknown): value is SymbolicFunction | Op {
  return (
    typeof value === 'function' || (typeof value === 'object' && value !== null && 'infer' in value)
  );
}

function outcomeOf(report: GradcheckReport): Outcome {
  const { verdict, worst } = report;
  return {
    verdict: verdict === 'pass' ? 'right' : verdict === 'fail' ? 'wrong' : 'undecided',
    denied: 'Expected a derivative to be wrong, but all are right:',
    text: [report.toText(), ...(worst === undefined ? [] : stepLine(worst.ladder))].join('\n'),
  };
}

/** The step with the best bound, and how many were tried. */
function stepLine(ladder: NonNullable<GradcheckReport['worst']>['ladder']): readonly string[] {
  if (ladder.length === 0) return [];
  const best = ladder.reduce((a, b) => (b.bound < a.bound ? b : a));
  return [`  best step of the difference: ${best.h.toPrecision(3)} (of ${ladder.length})`];
}

/** Everything off that concerns a rule rather than numbers. */
function valueChecks(): Partial<Record<GradcheckId, boolean>> {
  const own: readonly GradcheckId[] = [
    'primal.finite',
    'grad.shape',
    'vjp.value',
    'kink.subgradient',
    'taylor.slope',
  ];
  return Object.fromEntries(gradcheckIds.map((id) => [id, own.includes(id)]));
}

/** The received gradients times the cotangent of the scalar, one per input. */
function scaled(
  received: unknown,
  [u]: readonly Tensor[],
  point: readonly TensorLike[],
): readonly Tensor[] {
  if (u === undefined || u.size !== 1) {
    throw new ValueError('toMatchNumericGradient: the function has more than one value', {
      code: 'GRADCHECK_NOT_SCALAR',
      hint: 'a gradient belongs to a scalar: reduce the result, or use toHaveCorrectGradientsAt',
    });
  }
  const list: readonly unknown[] =
    point.length === 1 ? [received] : Array.isArray(received) ? received : [];
  if (list.length !== point.length) {
    throw new ValueError(`toMatchNumericGradient: received no list of ${point.length} gradients`, {
      code: 'GRADCHECK_GRADIENT_COUNT',
      hint: 'pass one gradient per input',
    });
  }
  const factor = u.item();
  return list.map((gradient) =>
    // tensorFrom refuses whatever is no array of numbers
    mapTensors((a) => a * factor, [tensorFrom(gradient as TensorLike)], 'float64'),
  );
}

/** Failures that say nothing about the op itself. */
const formal: readonly string[] = ['samples.present', 'skip.needed'];

function suiteOutcome(
  received: unknown,
  samples: readonly OpSample[] | undefined,
  options: CheckOpOptions,
): Outcome {
  const report = checkOp(received as OpCarrier, samples, options); // which refuses anything else
  const failed = report.checks.filter(({ verdict }) => verdict === 'fail');
  const isWrong = failed.some(({ id }) => !formal.includes(id));
  return {
    verdict: report.verdict === 'pass' ? 'right' : isWrong ? 'wrong' : 'undecided',
    denied: 'Expected the op to break its contract, but it keeps it:',
    text: report.toText(),
  };
}
