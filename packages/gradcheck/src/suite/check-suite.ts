import type { Backend, Mode } from '@cotangent/compile';
import type { FloatDType } from '@cotangent/tensor';
import { applyOp } from '@cotangent/graph';
import type { Op, OpSample, Variable } from '@cotangent/graph';
import { checkOp } from '../check-op.ts';
import { gradcheck } from '../modern/gradcheck.ts';
import type { GradcheckOptions } from '../modern/options.ts';
import type { GradcheckResult, SkippedItem } from '../modern/report.ts';
import { casesOf } from '../op/cases.ts';
import type { OpCase } from '../op/cases.ts';
import { tokenPart } from '../replay-token.ts';
import { defaultSeed } from '../verify-options.ts';
import { Ledger } from './ledger.ts';
import { modesDiffer } from './modes.ts';
import { worstVerdict } from './result.ts';
import type { OpResult, SuiteCheck } from './result.ts';
import type { ResolvedSuite } from './suite.ts';

/** Options of {@link checkSuite}. */
export interface SuiteOptions {
  /** Of all random numbers; default 0x5eed. */
  readonly seed?: number | undefined;
  /** How many seeds, counting up from `seed`; default 1. */
  readonly runs?: number | undefined;
  /** Dtypes that the plain numbers of samples take; default float64 and float32. */
  readonly dtypes?: readonly FloatDType[] | undefined;
  /** Default 2. */
  readonly order?: 1 | 2 | 3 | undefined;
  /** Modes of compilation that must agree with `eval`; default `reference` and `fast`. */
  readonly modes?: readonly Mode[] | undefined;
  /** What runs mode `fast`; default the reference executor. */
  readonly backend?: Backend | undefined;
  /** Milliseconds for the differences at one sample; default no limit. */
  readonly budget?: number | undefined;
  /** `fast`: projections in place of whole Jacobians; `thorough`: whole ones whatever their size, and a finer resolution. */
  readonly effort?: 'fast' | 'normal' | 'thorough' | undefined;
  /** Keep only results of these checks. */
  readonly checks?: readonly string[] | undefined;
  /** Keep only results at this sample and variant, in the spelling of a replay token. */
  readonly sample?: string | undefined;
}

/** Runs every check of `checkOp` and of `gradcheck` on one op, and compares the modes of compilation. */
export function checkSuite(
  suite: ResolvedSuite,
  options: SuiteOptions = {},
): Omit<OpResult, 'module'> {
  const started = performance.now();
  const { record } = suite;
  const samples = suite.samples ?? record.samples ?? [];
  const { seed = defaultSeed, runs = 1 } = options;
  const ledger = new Ledger(record.name, suite.skip ?? []);
  const tally: Tally = { skipped: [], evals: 0 };
  if (samples.length > 0) {
    for (let k = 0; k < runs; k++) checkOnce(suite, samples, seed + k, options, ledger, tally);
  }
  const checks = settled(ledger.checks(seed)).filter((check) => isAsked(check, options));
  const cases = samples.flatMap((s, at) => casesSafely(record, s, at, options.dtypes));
  return {
    name: record.name,
    verdict: worstVerdict(checks.map(({ verdict }) => verdict)),
    samples: samples.length,
    dtypes: [...new Set(cases.map((c) => c.dtype))],
    checks,
    skipped: tally.skipped,
    evals: tally.evals,
    ms: performance.now() - started,
  };
}

/**
 * Where the second derivative is below the noise of the gradient, differences say nothing about it. That is vacuous as
 * long as they prove it at another sample.
 */
function settled(checks: readonly SuiteCheck[]): readonly SuiteCheck[] {
  const isSecond = ({ id }: SuiteCheck): boolean => id === 'order2.difference';
  const second = checks.filter(isSecond);
  const isProved = second.some((c) => c.verdict === 'pass' && isNumeric(c));
  if (!isProved || second.some((c) => c.verdict === 'fail')) return checks;
  return checks.map((c): SuiteCheck => {
    if (!isSecond(c) || c.verdict !== 'inconclusive') return c;
    const message = 'the second derivative is below the noise here; it is proved at other samples';
    return { id: c.id, sample: c.sample, verdict: 'skipped', flags: ['vacuous'], message };
  });
}

function isNumeric({ flags, resolution }: SuiteCheck): boolean {
  return resolution !== undefined && flags?.includes('vacuous') !== true;
}

interface Tally {
  skipped: readonly SkippedItem[];
  evals: number;
}

function isAsked({ id, sample }: SuiteCheck, { checks, sample: at }: SuiteOptions): boolean {
  const hasId =
    checks === undefined || checks.some((wanted) => wanted === id || wanted === tokenPart(id));
  return hasId && (at === undefined || at === 'all' || tokenPart(sample) === at);
}

/** The cases of a sample; none if the sample itself is wrong, which `checkOp` reports. */
function casesSafely(
  op: Op,
  sample: OpSample,
  position: number,
  dtypes: readonly FloatDType[] | undefined,
): readonly OpCase[] {
  try {
    return casesOf(op, sample, position, dtypes);
  } catch {
    return [];
  }
}

function checkOnce(
  suite: ResolvedSuite,
  samples: readonly OpSample[],
  seed: number,
  options: SuiteOptions,
  ledger: Ledger,
  tally: Tally,
): void {
  const { record } = suite;
  const { dtypes, order = 2 } = options;
  try {
    const contract = checkOp(record, samples, { seed, dtypes, order: order === 1 ? 1 : 2 });
    for (const check of contract.checks) ledger.add(withoutEmpty(check), seed);
  } catch (error) {
    ledger.add(
      { id: 'run.completed', sample: 'all', verdict: 'error', message: told(error) },
      seed,
    );
  }
  for (const [position, sample] of samples.entries()) {
    for (const c of casesSafely(record, sample, position, dtypes)) {
      checkModes(c, seed, options, ledger);
      checkCase(c, suite, seed, options, ledger, tally);
    }
  }
}

function withoutEmpty({ message, ...check }: SuiteCheck): SuiteCheck {
  return message === undefined || message === '' ? check : { ...check, message };
}

function checkModes(c: OpCase, seed: number, options: SuiteOptions, ledger: Ledger): void {
  const sample = `${c.label.slice(0, -1)}, values)`;
  const { modes = ['reference', 'fast'], backend } = options;
  try {
    const message = modesDiffer(c, modes, backend);
    const verdict = message === undefined ? 'pass' : 'fail';
    ledger.add(withoutEmpty({ id: 'modes.agree', sample, verdict, message: message ?? '' }), seed);
  } catch (error) {
    ledger.add({ id: 'modes.agree', sample, verdict: 'error', message: told(error) }, seed);
  }
}

function told(error: unknown): string {
  return `threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
}

/** At an edge (a kink, a jump, a pole) only slopes that the differences do pin down count against a rule. */
function isProof({ id, verdict, worst, flags }: GradcheckResult): boolean {
  if (id !== 'vjp.value' || (verdict !== 'pass' && verdict !== 'fail')) return false;
  if (verdict === 'pass' || worst === undefined || flags.includes('kink')) return true;
  return worst.bound <= 1e-2 * Math.abs(worst.numeric);
}

/** `gradcheck` at one case. */
function checkCase(
  c: OpCase,
  suite: ResolvedSuite,
  seed: number,
  options: SuiteOptions,
  ledger: Ledger,
  tally: Tally,
): void {
  const { op, attrs } = c;
  const fn = (...xs: readonly Variable[]): readonly Variable[] => applyOp(op, xs, attrs).outputs;
  Object.defineProperty(fn, 'name', { value: op.name });
  const settings = gradcheckOptionsFor(c, suite, seed, options);
  const report = gradcheck(fn, [{ name: c.label, inputs: c.inputs }], settings);
  for (const check of report.checks) {
    if (!c.isEdge || isProof(check)) ledger.add(fromGradcheck(check), seed);
  }
  tally.evals += report.stats.evals;
  const known = new Set(tally.skipped.map(({ what }) => what));
  const more = report.coverage.skipped.filter(({ what }) => !known.has(what));
  tally.skipped = [...tally.skipped, ...more];
}

/** Whole Jacobians by up to 8 coordinates, 14 evaluations each, projections above. */
const fastEvals = 8 * 14;

function gradcheckOptionsFor(
  c: OpCase,
  suite: ResolvedSuite,
  seed: number,
  { order = 2, modes = ['reference', 'fast'], backend, budget, effort }: SuiteOptions,
): GradcheckOptions {
  const limits = {
    ...(effort === 'fast' && !c.isEdge && { evals: fastEvals }), // a projection mixes the kinks of several inputs
    ...(effort === 'thorough' && { evals: 1e9, jacobianEntries: 1e6 }),
    ...(budget !== undefined && { ms: budget }),
  };
  return {
    wrt: c.wrt,
    seed,
    order: c.isEdge ? 1 : order,
    ...(c.isEdge && { modes: ['rev'] as const }),
    compileModes: modes,
    backend,
    budget: limits,
    ...(effort === 'thorough' && { minResolution: 1e-4 }),
    functionError: suite.functionError,
    nondetTol: suite.nondetTol,
  };
}

function fromGradcheck(check: GradcheckResult): SuiteCheck {
  const { id, sample, verdict, message, worst, flags, resolution } = check;
  const hints = worst?.hints.map(({ text }) => text) ?? [];
  return {
    id,
    sample,
    verdict,
    ...(message !== undefined && { message }),
    ...(hints.length > 0 && { hints }),
    ...(worst !== undefined && { worst }),
    ...(flags.length > 0 && { flags }),
    ...(resolution !== undefined && { resolution }),
  };
}
