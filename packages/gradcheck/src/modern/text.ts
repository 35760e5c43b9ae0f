import { formatElement } from '../numbers.ts';
import { tokenWithSeedOf } from '../replay-token.ts';
import type { GradcheckReport, GradcheckResult, Mismatch, TextOptions } from './report.ts';

type Content = Omit<GradcheckReport, 'toText'>;

/** A report as text: failures in full, then what is undecided or was skipped, then counts. */
export function reportText(
  report: Content,
  { color = false, maxRows = 10 }: TextOptions = {},
): string {
  const paint = (code: number, text: string): string =>
    color ? `\u001b[${code}m${text}\u001b[0m` : text;
  const of = (verdict: string): readonly GradcheckResult[] =>
    report.checks.filter((check) => check.verdict === verdict);
  const bad = [...of('error'), ...of('fail')];
  const shown = bad.slice(0, maxRows).map((check) => {
    const replay = tokenWithSeedOf(report.replay, report.name, check);
    return failureText({ ...check, name: report.name, replay }, (text) => paint(31, text));
  });
  const rest = bad.length - shown.length;
  const unsure = of('inconclusive').map((c) =>
    paint(
      33,
      `  inconclusive ${c.id} at ${c.sample}: ${c.message ?? 'the differences cannot tell'}`,
    ),
  );
  const skipped = report.coverage.skipped.map(({ what, why }) => `  skipped ${what}: ${why}`);
  const counts = (['pass', 'fail', 'inconclusive', 'skipped', 'error'] as const)
    .map((verdict) => `${of(verdict).length} ${verdict}`)
    .join(', ');
  return [
    ...shown,
    ...(rest > 0 ? [`and ${rest} more`] : []),
    `${report.name}: ${report.verdict} (${counts}; ${report.stats.evals} evaluations; seed ${report.seed})`,
    ...unsure.slice(0, maxRows),
    ...skipped,
  ].join('\n');
}

/** What the text of a failure is made of. */
export interface ToldFailure {
  /** Of the op or function. */
  readonly name: string;
  readonly id: string;
  readonly sample: string;
  readonly verdict: string;
  readonly message?: string;
  readonly worst?: Mismatch;
  /** Likely causes; default those of the worst entry. */
  readonly hints?: readonly string[];
  readonly replay?: string;
}

/** One failure, in the order of the specification: where, both values, ratio, how, and how to repeat it. */
export function failureText(check: ToldFailure, paint: (text: string) => string): string {
  const { worst, name, hints = worst?.hints.map((hint) => hint.text) ?? [] } = check;
  const replay = check.replay === undefined ? [] : [`  replay: gradcheck --replay ${check.replay}`];
  const word = check.verdict === 'fail' ? 'FAILED' : check.verdict.toUpperCase();
  if (worst === undefined) {
    const head = paint(`${name}: ${check.id} ${word} at ${check.sample}`);
    const causes = hints.slice(0, 2).map((hint) => `  → ${hint}`);
    return [head, `  ${indented(check.message ?? '')}`, ...causes, ...replay].join('\n');
  }
  const where = `${formatElement(worst.argName, worst.index)} of shape [${worst.shape.join(',')}]`;
  const share = `(${worst.mismatched} of ${worst.total} entries differ)`;
  return [
    paint(`${name}: ${check.id} ${word} at input ${worst.arg} ${where}   ${share}`),
    `  analytic  ${general(worst.analytic)}     numeric ${general(worst.numeric)} ± ${short(worst.bound)}` +
      `     difference ${short(worst.absErr)}${inBounds(worst)}`,
    ...ratioLine(worst, hints),
    `  ${worst.along}   point: ${check.sample}${slopeText(worst)}`,
    ...(check.message === undefined ? [] : [`  ${check.message}`]),
    ...replay,
  ].join('\n');
}

/** How many bounds the difference is, if that is a number. */
function inBounds({ absErr, bound }: Mismatch): string {
  const count = absErr / bound;
  return Number.isFinite(count) ? ` = ${short(count)} bounds` : '';
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ');
}

function ratioLine({ ratio }: Mismatch, hints: readonly string[]): readonly string[] {
  const texts = hints.slice(0, 2);
  const shown =
    Number.isFinite(ratio) && ratio !== 0
      ? `  ratio analytic/numeric = ${ratio.toPrecision(6)}`
      : '';
  if (shown === '' && texts.length === 0) return [];
  return [`${shown === '' ? ' ' : shown}${texts.length === 0 ? '' : `   → ${texts.join('; ')}`}`];
}

function slopeText({ taylorSlope }: Mismatch): string {
  return taylorSlope === undefined
    ? ''
    : `   Taylor slope ${taylorSlope.toFixed(2)} (right would be 2)`;
}

/** `%.9g`. */
export function general(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  return trimmed(x.toPrecision(9));
}

/** `%.3g`. */
export function short(x: number): string {
  return Number.isFinite(x) ? trimmed(x.toPrecision(3)) : String(x);
}

function trimmed(text: string): string {
  const [digits = '', exponent] = text.split('e');
  const plain = digits.includes('.') ? digits.replace(/0+$/, '').replace(/\.$/, '') : digits;
  return exponent === undefined ? plain : `${plain}e${exponent}`;
}
