import { ValueError } from '@cotangent/tensor';
import { opOf } from './check-op.ts';
import type { OpCarrier } from './check-op.ts';
import { gradcheck, gradcheckRule } from './modern/gradcheck.ts';
import type { PointSet } from './modern/gradcheck.ts';
import type { GradcheckOptions } from './modern/options.ts';
import type { GradcheckReport, GradcheckResult } from './modern/report.ts';
import type { NumericRule } from './modern/rule.ts';
import { reportText } from './modern/text.ts';
import { parseReplay, tokenPart } from './replay-token.ts';
import type { ReplayTarget } from './replay-token.ts';
import { checkSuite } from './suite/check-suite.ts';
import type { SuiteOptions } from './suite/check-suite.ts';
import { worstVerdict } from './suite/result.ts';
import type { OpResult } from './suite/result.ts';
import type { SymbolicFunction } from './verify-problem.ts';

/** Options of {@link replayOp}. */
export type ReplayOpOptions = Pick<SuiteOptions, 'order' | 'dtypes' | 'modes' | 'backend'>;

/**
 * Repeats the one check of an op that a token of the `gradcheck` command names, with the same random numbers.
 *
 * @param carrier - the op, or a function that carries it.
 * @returns what the command reports of the op, with that check alone.
 * @throws ValueError `GRADCHECK_INVALID_REPLAY`, `GRADCHECK_REPLAY_OTHER_NAME` if the token is of another op,
 *   `GRADCHECK_REPLAY_NO_CHECK` if the op has no such sample or check; ArgumentTypeError `GRADCHECK_NOT_AN_OP`.
 * @example
 * ```ts
 * import { replayOp } from '@cotangent/gradcheck';
 * import { tanh } from '@cotangent/ops';
 * replayOp('gc1.tanh.0-float64.vjp_value.5eed', tanh).verdict; // 'pass'
 * ```
 */
export function replayOp(
  token: string,
  carrier: OpCarrier,
  options: ReplayOpOptions = {},
): Omit<OpResult, 'module'> {
  const target = parseReplay(token);
  const record = opOf(carrier);
  refuseOther(target, record.name, token);
  const { seed, sample, check } = target;
  if (typeof seed === 'string') throw noCheck(token, record.name);
  const checks = check === 'all' ? undefined : [check];
  const result = checkSuite({ op: record, record }, { ...options, seed, sample, checks });
  if (result.checks.length === 0) throw noCheck(token, record.name);
  return result;
}

/**
 * Repeats the one check that a token of a {@link gradcheck} report names: give it the same function or rule, points and
 * options as then. The seed is that of the token.
 *
 * @returns the report with that check alone.
 * @throws ValueError `GRADCHECK_INVALID_REPLAY`, `GRADCHECK_REPLAY_OTHER_NAME`, `GRADCHECK_REPLAY_NO_CHECK`; and what
 *   {@link gradcheck} throws.
 * @example
 * ```ts
 * import { gradcheck, replayGradcheck } from '@cotangent/gradcheck';
 * import { square } from '@cotangent/ops';
 * const wrong = gradcheck((x) => square(x), [[1, 2]]);
 * replayGradcheck(wrong.replay, (x) => square(x), [[1, 2]]).verdict; // 'pass'
 * ```
 */
export function replayGradcheck(
  token: string,
  fn: SymbolicFunction | NumericRule,
  points: PointSet,
  options: Omit<GradcheckOptions, 'seed' | 'rng'> = {},
): GradcheckReport {
  const target = parseReplay(token);
  const { seed } = target;
  const order = options.order ?? (target.check.startsWith('order2') ? 2 : undefined);
  const settings = { ...options, order, seed };
  const whole =
    typeof fn === 'function'
      ? gradcheck(fn, points, settings)
      : gradcheckRule(fn, points, settings);
  refuseOther(target, whole.name, token);
  const checks = whole.checks.filter((check) => isAsked(check, target));
  if (checks.length === 0) throw noCheck(token, whole.name);
  const worst = checks.find((c) => c.verdict === 'fail' && c.worst !== undefined)?.worst;
  const { worst: _, ...rest } = whole;
  const report = {
    ...rest,
    checks,
    verdict: worstVerdict(checks.map(({ verdict }) => verdict)),
    replay: token,
    ...(worst !== undefined && { worst }),
  };
  return { ...report, toText: (text) => reportText(report, text) };
}

function isAsked({ id, sample }: GradcheckResult, target: ReplayTarget): boolean {
  const isAt = target.sample === 'all' || tokenPart(sample) === target.sample;
  return isAt && (target.check === 'all' || tokenPart(id) === target.check);
}

function refuseOther({ name }: ReplayTarget, given: string, token: string): void {
  if (tokenPart(given) === name) return;
  throw new ValueError(`replay: the token is of ${JSON.stringify(name)}, this is ${given}`, {
    code: 'GRADCHECK_REPLAY_OTHER_NAME',
    hint: 'pass the op or function that the report was of',
    data: { token, given },
  });
}

function noCheck(token: string, name: string): ValueError {
  return new ValueError(`replay: ${name} has no such sample or check: ${token}`, {
    code: 'GRADCHECK_REPLAY_NO_CHECK',
    hint: 'points, samples and options must be those of the report',
    data: { token },
  });
}
