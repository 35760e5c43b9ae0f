import { ArgumentTypeError, CotangentError, denseData, isFloat } from '@cotangent/tensor';
import type { FloatDType, Tensor } from '@cotangent/tensor';
import type { Backend } from '@cotangent/compile';
import type { Op, OpSample } from '@cotangent/graph';
import { broadcastCases, casesOf } from './op/cases.ts';
import type { OpCase } from './op/cases.ts';
import { checkDerivatives } from './op/derivative-checks.ts';
import { applied, knowledgeFor, knownSizes, linearise } from './op/linearise.ts';
import { referenceAt } from './op/reference.ts';
import type { Reference } from './op/reference.ts';
import { Recorder } from './op/report.ts';
import type { OpReport, SkippedCheck } from './op/report.ts';
import { checkRules } from './op/rule-checks.ts';
import { checkSecondOrder } from './op/second-order.ts';
import { checkValues } from './op/value-checks.ts';
import { modesDiffer } from './suite/modes.ts';
import { checkOption, checkOptionNames, isOneOf } from './options.ts';
import { defaultSeed } from './verify-options.ts';

/** Options of {@link checkOp}. */
export interface CheckOpOptions {
  /** Of all random numbers; default 0x5eed. */
  readonly seed?: number | undefined;
  /** Failures that are expected, each with its reason. One that does not occur fails. */
  readonly skip?: readonly SkippedCheck[] | undefined;
  /** Dtypes that the plain numbers of samples take; default float64 and float32. */
  readonly dtypes?: readonly FloatDType[] | undefined;
  /** 1 leaves out the derivative of the gradient; default 2. */
  readonly order?: 1 | 2 | undefined;
  /** Runs the derivatives, compiled in mode `fast`, and the op itself; default: one `eval` after another. */
  readonly backend?: Backend | undefined;
}

/** An op, or a function that carries one as `op`, as `defineOp` and `elementwise` make them. */
export type OpCarrier = Op | { readonly op: Op };

/**
 * Checks an op against its contract, at each of its samples and in both float dtypes:
 *
 * - inferred types are those of the values, also where sizes are unknown or discrete inputs are constants;
 * - pullback and pushforward are the derivatives that differences give, in shape, dtype and value, and
 *   adjoint to each other; the pullback is linear;
 * - the derivative of the gradient is that of differences of the gradient (float64);
 * - an input that is called disconnected has no influence; no input is written to; strides do not matter;
 * - an elementwise op broadcasts, and takes empty arrays;
 * - with a `backend`, compiled code gives the values of `eval`, and all of this holds of compiled derivatives.
 *
 * Differences are taken in float64 whatever the dtype under test. No tolerance is chosen: it follows from
 * error bounds of the differences and from the rounding of the dtype. Samples marked as edges are checked for
 * values and types only.
 *
 * @param samples - default: those of the op's record. An op without a sample fails.
 * @returns a report; {@link assertOp} throws instead.
 * @throws ArgumentTypeError `GRADCHECK_NOT_AN_OP`; ValueError `GRADCHECK_INVALID_OPTION`,
 *   `GRADCHECK_UNKNOWN_OPTION`.
 * @example
 * ```ts
 * import { checkOp } from '@cotangent/gradcheck';
 * import { mul } from '@cotangent/ops';
 * checkOp(mul).verdict; // 'pass'
 * ```
 */
export function checkOp(
  carrier: OpCarrier,
  samples?: readonly OpSample[],
  options: CheckOpOptions = {},
): OpReport {
  const op = opOf(carrier);
  checkOptions(options);
  const recorder = new Recorder(options.skip ?? []);
  let checked = 0;
  for (const c of casesFor(op, samples, options.dtypes)) {
    if (checkCase({ ...c, backend: options.backend }, recorder, options)) checked++;
  }
  recorder.check('samples.present', 'all', () =>
    checked > 0 || recorder.hasFailed
      ? undefined
      : 'there is no sample at which the op is checked, edges apart',
  );
  return recorder.report(op.name);
}

/**
 * {@link checkOp} for tests.
 *
 * @returns the report, if every check passes or is skipped.
 * @throws OpContractError listing every failure; and what {@link checkOp} throws.
 */
export function assertOp(
  carrier: OpCarrier,
  samples?: readonly OpSample[],
  options: CheckOpOptions = {},
): OpReport {
  const report = checkOp(carrier, samples, options);
  if (report.verdict === 'fail') throw new OpContractError(report);
  return report;
}

/** An op that breaks its contract; code `GRADCHECK_OP_CONTRACT`. The message lists every failure. */
export class OpContractError extends CotangentError {
  readonly report: OpReport;

  constructor(report: OpReport) {
    super(report.toText(), {
      code: 'GRADCHECK_OP_CONTRACT',
      hint: 'correct the rule, or mark the sample as an edge if it lies on a kink or a jump',
      data: { op: report.name },
    });
    this.report = report;
  }

  override get name(): string {
    return 'OpContractError';
  }
}

/** Every case of an op: its samples in each dtype, and those of an elementwise op in other shapes. */
export function casesFor(
  op: Op,
  samples: readonly OpSample[] | undefined,
  dtypes: readonly FloatDType[] | undefined,
): readonly OpCase[] {
  const cases = (samples ?? op.samples ?? []).flatMap((sample, position) =>
    casesOf(op, sample, position, dtypes),
  );
  return op.elementwise === undefined ? cases : [...cases, ...broadcastVariants(cases)];
}

/** @throws ArgumentTypeError `GRADCHECK_NOT_AN_OP`. */
export function opOf(carrier: OpCarrier): Op {
  const op: unknown = 'op' in Object(carrier) ? Object(carrier).op : carrier;
  if (isOp(op)) return op;
  throw new ArgumentTypeError('checkOp: the first argument is no op', {
    code: 'GRADCHECK_NOT_AN_OP',
    hint: 'pass what defineOp or elementwise returns, or its `op`',
  });
}

/** Whether a value is the record of an op. */
export function isOp(value: unknown): value is Op {
  return typeof value === 'object' && value !== null && 'infer' in value && 'eval' in value;
}

function checkOptions(options: CheckOpOptions): void {
  checkOptionNames('checkOp', options, ['seed', 'skip', 'dtypes', 'order', 'backend']);
  checkOption('checkOp', 'seed', options.seed, Number.isFinite(options.seed), 'a number');
  checkOption('checkOp', 'order', options.order, isOneOf(options.order, [1, 2]), '1 or 2');
}

/** The samples of an elementwise op, in float64, in other shapes. */
function broadcastVariants(cases: readonly OpCase[]): readonly OpCase[] {
  const usable = cases.filter(
    (c) =>
      !c.isEdge && c.dtype !== 'float32' && c.inputs.every((x) => x.size === 1 && isAllFinite(x)),
  );
  return usable.length === 0 ? [] : broadcastCases(usable);
}

/** Checks one case; whether it was more than an edge. */
function checkCase(c: OpCase, recorder: Recorder, options: CheckOpOptions): boolean {
  const seed = options.seed ?? defaultSeed;
  if (!checkValues(c, recorder, seed)) return false;
  const { backend } = c;
  if (backend !== undefined) {
    recorder.check('modes.agree', c.label, () => modesDiffer(c, ['fast'], backend));
  }
  if (c.isEdge || !isFinitePoint(c, recorder)) return false;
  return c.wrt.length === 0 || checkRulesAt(c, recorder, options);
}

/** Checks the rules of a case at which they must hold; whether there is anything to compare them with. */
export function checkRulesAt(c: OpCase, recorder: Recorder, options: CheckOpOptions): boolean {
  const seed = options.seed ?? defaultSeed;
  let reference: Reference | undefined;
  recorder.check('grad.disconnected', c.label, () => {
    reference = referenceAt(c, seed);
    return undefined;
  });
  if (reference === undefined) return false;
  for (const knowledge of knowledgeFor(c)) checkDerivatives(reference, knowledge, recorder);
  checkRules(reference, linearise(c, knownSizes), recorder);
  if (options.order !== 1 && c.dtype === 'float64') checkSecondOrder(reference, recorder);
  return true;
}

/** Whether derivatives can be asked for: inputs and values are finite. float32 may overflow. */
export function isFinitePoint(c: OpCase, recorder: Recorder): boolean {
  if (!c.inputs.every(isAllFinite)) return false;
  const values = applied(c, knownSizes).evaluate(c.inputs);
  if (values.every(isAllFinite)) return true;
  if (c.dtype === 'float32') return false;
  return recorder.check('primal.finite', c.label, () => {
    return 'the value is not finite: mark the sample as an edge';
  });
}

function isAllFinite(x: Tensor): boolean {
  return !isFloat(x.dtype) || denseData(x).every(Number.isFinite);
}
