import { CotangentError } from '@cotangent/tensor';
import type { GradcheckReport } from './report.ts';

/**
 * Derivatives that are wrong, or could not be proved right; codes `GRADCHECK_FAILED`, `GRADCHECK_INCONCLUSIVE`,
 * `GRADCHECK_NOTHING_CHECKED`. The message is the text of the report.
 */
export class GradcheckError extends CotangentError {
  readonly report: GradcheckReport;

  constructor(report: GradcheckReport) {
    const { verdict } = report;
    const code =
      verdict === 'inconclusive'
        ? 'GRADCHECK_INCONCLUSIVE'
        : verdict === 'skipped'
          ? 'GRADCHECK_NOTHING_CHECKED'
          : 'GRADCHECK_FAILED';
    super(report.toText(), { code, hint: hintOf(verdict), data: { name: report.name, verdict } });
    this.report = report;
  }

  override get name(): string {
    return 'GradcheckError';
  }
}

function hintOf(verdict: GradcheckReport['verdict']): string {
  if (verdict === 'inconclusive') {
    return 'choose points away from jumps and the ends of the domain, or state `functionError`';
  }
  if (verdict === 'skipped') return 'give points with elements of floating dtype';
  return 'correct the rule at the element named above';
}
