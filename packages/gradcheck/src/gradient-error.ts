import { CotangentError } from '@cotangent/tensor';
import type { GradcheckReport } from './modern/report.ts';
import { formatChosen, formatElement, formatNumber } from './numbers.ts';

/** Why a gradient was refused: it differs, or a value is NaN or infinite. */
export type GradientErrorReason = 'mismatch' | 'non-finite';

/** What was compared: a gradient by an input, or a tangent of an output. */
export type GradientErrorQuantity = 'gradient' | 'pushforward';

/** One element at which analytic and numeric derivative disagree. */
export interface GradientMismatch {
  /** Input of a gradient, output of a pushforward. */
  readonly arg: number;
  readonly argName: string;
  /** Flat position, row-major. */
  readonly errPos: number;
  /** The same position, axis by axis. */
  readonly index: readonly number[];
  readonly shape: readonly number[];
  readonly analytic: number;
  readonly numeric: number;
  readonly absErr: number;
  readonly relErr: number;
}

/** Everything a {@link GradientError} is made of. */
export interface GradientErrorInfo {
  readonly caller: string;
  readonly reason: GradientErrorReason;
  readonly quantity: GradientErrorQuantity;
  /** 2 if it is the derivative of the gradient that is wrong. */
  readonly order: 1 | 2;
  /** The worst first; some of them if there are many. */
  readonly mismatches: readonly [GradientMismatch, ...GradientMismatch[]];
  /** How many there are. */
  readonly count: number;
  /** Of how many elements. */
  readonly total: number;
  readonly absTol: number;
  readonly relTol: number;
  readonly args: readonly string[];
  readonly testNumber: number;
  readonly nTests: number;
  readonly seed: number | undefined;
  readonly eps: number | undefined;
  readonly differences: string;
  /** Of `engine: 'modern'`. */
  readonly report?: GradcheckReport | undefined;
}

/**
 * An analytic derivative that differs from the numeric one by more than both tolerances, or one of
 * them is not finite. Codes `GRADCHECK_MISMATCH`, `GRADCHECK_NON_FINITE`. The fields describe the worst
 * element.
 */
export class GradientError extends CotangentError {
  readonly reason: GradientErrorReason;
  readonly quantity: GradientErrorQuantity;
  readonly order: 1 | 2;
  /** Position of the input, or of the output of a pushforward. */
  readonly arg: number;
  /** Flat position of the element in it. */
  readonly errPos: number;
  /** The same position, axis by axis. */
  readonly index: readonly number[];
  readonly shape: readonly number[];
  /** The analytic value. */
  readonly val1: number;
  /** The numeric value. */
  readonly val2: number;
  readonly absErr: number;
  readonly relErr: number;
  readonly absTol: number;
  readonly relTol: number;
  /** Names of the inputs. */
  readonly args: readonly string[];
  /** Counts from 1: with which projection it failed. */
  readonly testNumber: number;
  /** Seed of the projections; `undefined` if the caller's own generator drew them. */
  readonly seed: number | undefined;
  /** Step; `undefined` where each element has its own. */
  readonly eps: number | undefined;
  /** The elements at fault, worst first, up to a limit. */
  readonly mismatches: readonly GradientMismatch[];
  /** How many elements are at fault, listed or not. */
  readonly count: number;
  /** The whole report, of `engine: 'modern'`. */
  readonly report: GradcheckReport | undefined;

  constructor(info: GradientErrorInfo) {
    const [worst] = info.mismatches;
    super(messageOf(info), {
      code: info.reason === 'mismatch' ? 'GRADCHECK_MISMATCH' : 'GRADCHECK_NON_FINITE',
      hint: hintOf(info),
      data: { ...worst, count: info.count, total: info.total },
    });
    this.reason = info.reason;
    this.quantity = info.quantity;
    this.order = info.order;
    this.arg = worst.arg;
    this.errPos = worst.errPos;
    this.index = worst.index;
    this.shape = worst.shape;
    this.val1 = worst.analytic;
    this.val2 = worst.numeric;
    this.absErr = worst.absErr;
    this.relErr = worst.relErr;
    this.absTol = info.absTol;
    this.relTol = info.relTol;
    this.args = info.args;
    this.testNumber = info.testNumber;
    this.seed = info.seed;
    this.eps = info.eps;
    this.mismatches = info.mismatches;
    this.count = info.count;
    this.report = info.report;
  }

  override get name(): string {
    return 'GradientError';
  }
}

function messageOf(info: GradientErrorInfo): string {
  const [worst] = info.mismatches;
  const what = `${info.order === 2 ? 'second-order ' : ''}${info.quantity}`;
  const verb = info.reason === 'mismatch' ? 'analytic and numeric differ' : 'a value is not finite';
  const side = info.quantity === 'gradient' ? 'input' : 'output';
  const eps = info.eps === undefined ? 'of each element its own' : formatChosen(info.eps);
  return [
    `${info.caller}: ${what}: ${verb} at ${side} ${worst.arg}, ` +
      `${formatElement(worst.argName, worst.index)}, flat position ${worst.errPos} ` +
      `of shape [${worst.shape.join(',')}]`,
    `  analytic ${formatNumber(worst.analytic)}   numeric ${formatNumber(worst.numeric)}`,
    `  absolute error ${formatNumber(worst.absErr)}, tolerance ${formatChosen(info.absTol)}`,
    `  relative error ${formatNumber(worst.relErr)}, tolerance ${formatChosen(info.relTol)}`,
    `  test ${info.testNumber} of ${info.nTests}, seed ${info.seed ?? "the caller's"}, ` +
      `step ${eps}, ${info.differences} differences, inputs ${info.args.join(', ')}`,
    ...othersOf(info),
  ].join('\n');
}

function othersOf({ mismatches, count, total }: GradientErrorInfo): readonly string[] {
  if (count === 1) return [`  the only one of ${total} elements`];
  const listed = mismatches
    .slice(1)
    .map(
      (m) =>
        `    ${formatElement(m.argName, m.index)}: analytic ${formatNumber(m.analytic)}, ` +
        `numeric ${formatNumber(m.numeric)}`,
    );
  const rest = count - mismatches.length;
  return [
    `  ${count} of ${total} elements; also`,
    ...listed,
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}

function hintOf({ reason, mismatches: [worst] }: GradientErrorInfo): string {
  if (reason === 'non-finite') {
    return 'choose a point inside the domain, or guard the rule where the value is masked';
  }
  const ratio = worst.analytic / worst.numeric;
  if (Number.isFinite(ratio) && ratio !== 0) {
    return (
      `analytic / numeric is ${ratio.toPrecision(4)}; at a kink or a tie differences mean nothing, ` +
      'so move the point away from it, else correct the rule'
    );
  }
  return 'at a kink or a tie differences mean nothing: move the point, else correct the rule';
}
