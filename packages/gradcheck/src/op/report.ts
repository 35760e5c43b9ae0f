import { engineCheckOf } from './blame.ts';

/** What a check of `checkOp` looks at. */
export type CheckId =
  | 'samples.present'
  | 'type.inferred'
  | 'values.static'
  | 'modes.agree'
  | 'primal.finite'
  | 'args.intact'
  | 'layout.strided'
  | 'connection.pattern'
  | 'grad.disconnected'
  | 'grad.nullType'
  | 'grad.shape'
  | 'grad.dtype'
  | 'vjp.value'
  | 'jvp.value'
  | 'vjp.jvp.dot'
  | 'pullback.linear'
  | 'grad.undefinedCotangent'
  | 'order2.difference'
  | 'skip.needed';

/** All checks of `checkOp`. */
export const checkIds: readonly CheckId[] = [
  'samples.present',
  'type.inferred',
  'values.static',
  'modes.agree',
  'primal.finite',
  'args.intact',
  'layout.strided',
  'connection.pattern',
  'grad.disconnected',
  'grad.nullType',
  'grad.shape',
  'grad.dtype',
  'vjp.value',
  'jvp.value',
  'vjp.jvp.dot',
  'pullback.linear',
  'grad.undefinedCotangent',
  'order2.difference',
  'skip.needed',
];

/** The outcome of one check at one sample. */
export interface CheckResult {
  readonly id: CheckId;
  /** Name or number of the sample, and in brackets the variant of it. */
  readonly sample: string;
  readonly verdict: 'pass' | 'fail' | 'skipped';
  /** Empty for a pass. */
  readonly message: string;
}

/** A failure that is expected, and why. It must occur: one that does not is itself a failure. */
export interface SkippedCheck {
  readonly check: CheckId;
  /** Only at this sample: its name, or `#` and its position; default: at all. */
  readonly sample?: string;
  readonly reason: string;
}

/** What `checkOp` found. */
export interface OpReport {
  /** Name of the op. */
  readonly name: string;
  readonly verdict: 'pass' | 'fail';
  readonly checks: readonly CheckResult[];
  /** Failures in full, skipped checks with their reason, and counts. */
  toText(): string;
}

/** What a check finds: nothing, or what is wrong. */
export type Finding = string | undefined;

/** Collects the results of the checks of one op, one for each check and sample. */
export class Recorder {
  readonly #results = new Map<string, CheckResult>();
  readonly #skips: readonly SkippedCheck[];
  readonly #used = new Set<SkippedCheck>();

  readonly #onFailure: ((result: CheckResult) => void) | undefined;

  /** @param onFailure - told of every failure at once; what it throws ends the check. */
  constructor(skips: readonly SkippedCheck[], onFailure?: (result: CheckResult) => void) {
    this.#skips = skips;
    this.#onFailure = onFailure;
  }

  /**
   * Runs one check. It passes if `find` finds nothing; what `find` throws is a failure of this check. Run
   * again at the same sample it keeps its first failure.
   *
   * @returns whether it passed.
   */
  check(id: CheckId, sample: string, find: () => Finding): boolean {
    const found = attempt(find);
    if (found === undefined) {
      this.#note({ id, sample, verdict: 'pass', message: '' });
      return true;
    }
    const { message, blamed } = found;
    this.#fail(blamed ?? id, sample, message);
    return false;
  }

  /** Whether anything has failed so far. */
  get hasFailed(): boolean {
    return [...this.#results.values()].some(({ verdict }) => verdict === 'fail');
  }

  #fail(id: CheckId, sample: string, message: string): void {
    const skip = this.#skips.find((s) => s.check === id && isAt(s.sample, sample));
    if (skip === undefined) {
      const failure = { id, sample, verdict: 'fail', message } as const;
      this.#note(failure);
      this.#onFailure?.(failure);
    } else {
      this.#used.add(skip);
      this.skip(id, sample, skip.reason);
    }
  }

  /** Notes that something could not be checked, and why. */
  skip(id: CheckId, sample: string, message: string): void {
    this.#note({ id, sample, verdict: 'skipped', message });
  }

  #note(result: CheckResult): void {
    const key = `${result.id} ${result.sample}`;
    const before = this.#results.get(key);
    if (before === undefined || before.verdict === 'pass') this.#results.set(key, result);
  }

  report(name: string): OpReport {
    const unneeded = this.#skips
      .filter((skip) => !this.#used.has(skip))
      .map((skip): CheckResult => ({
        id: 'skip.needed',
        sample: skip.sample ?? 'all',
        verdict: 'fail',
        message: `${skip.check} is skipped (${skip.reason}), yet nothing fails: remove the skip`,
      }));
    const checks = [...this.#results.values(), ...unneeded];
    const failed = checks.some(({ verdict }) => verdict === 'fail');
    return {
      name,
      verdict: failed ? 'fail' : 'pass',
      checks,
      toText: () => textOf(name, checks),
    };
  }
}

/** Whether a skip for `wanted`, a sample or all of them, is meant at the variant `sample` of one. */
function isAt(wanted: string | undefined, sample: string): boolean {
  return wanted === undefined || sample === wanted || sample.startsWith(`${wanted} (`);
}

/** What is wrong, and the check that it belongs to if the engine has found it by itself. */
interface Found {
  readonly message: string;
  readonly blamed?: CheckId | undefined;
}

function attempt(find: () => Finding): Found | undefined {
  try {
    const message = find();
    return message === undefined ? undefined : { message };
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { message: `threw ${text}`, blamed: engineCheckOf(error) };
  }
}

function textOf(name: string, checks: readonly CheckResult[]): string {
  const of = (verdict: CheckResult['verdict']): readonly CheckResult[] =>
    checks.filter((check) => check.verdict === verdict);
  const failed = of('fail').map(
    (c) => `  FAILED ${c.id} at ${c.sample}\n    ${indented(c.message)}`,
  );
  const skipped = of('skipped').map((c) => `  skipped ${c.id} at ${c.sample}: ${c.message}`);
  const counts = `${of('pass').length} passed, ${failed.length} failed, ${skipped.length} skipped`;
  return [`${name}: ${counts}`, ...failed, ...new Set(skipped)].join('\n');
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n    ');
}
