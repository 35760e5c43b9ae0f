import { failureText } from '../modern/text.ts';
import type { OpResult, RunReport } from '../suite/result.ts';
import { countsText, failureGroups, failuresOf, resolutionText } from './table.ts';

/** GitHub shows so many annotations of a kind for each step. */
const mostAnnotations = 10;
/** GitHub refuses a step's summary above 1 MiB. */
const mostSummaryBytes = 1_000_000;

/** Workflow commands that annotate the lines where the failing ops are defined: one for each op, at most ten. */
export function githubAnnotations(report: RunReport): string {
  const failing = report.ops.filter(({ verdict }) => verdict === 'fail' || verdict === 'error');
  const unsure = report.ops.filter(({ verdict }) => verdict === 'inconclusive');
  return [
    ...capped(failing, (op, more) => annotation('error', op, more)),
    ...capped(unsure, (op, more) => annotation('warning', op, more)),
  ].join('\n');
}

function capped(
  ops: readonly OpResult[],
  write: (op: OpResult, more: number) => string,
): readonly string[] {
  const shown = ops.slice(0, mostAnnotations);
  return shown.map((op, k) => write(op, k === mostAnnotations - 1 ? ops.length - k - 1 : 0));
}

function annotation(kind: 'error' | 'warning', op: OpResult, more: number): string {
  const rest = more === 0 ? '' : `\nand ${more} more ops: see the summary`;
  const properties = [
    ...(op.file === undefined ? [] : [`file=${property(op.file)}`]),
    ...(op.line === undefined ? [] : [`line=${op.line}`]),
    `title=${property(`gradcheck: ${op.name}`)}`,
  ];
  return `::${kind} ${properties.join(',')}::${data(told(op) + rest)}`;
}

/** The worst failure of an op in full, and the other checks that failed by name. */
function told(op: OpResult): string {
  const [first] = failureGroups(op);
  if (first !== undefined) return failuresOf(op, 1).join('\n');
  const unsure = op.checks.find(({ verdict }) => verdict === 'inconclusive');
  if (unsure === undefined) return op.verdict;
  return failureText({ ...unsure, name: op.name }, (line) => line);
}

/** Escapes as GitHub's own toolkit does. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** A run as Markdown for the summary of a step, below GitHub's limit. */
export function githubSummary(report: RunReport): string {
  const head = [
    '## gradcheck',
    '',
    `${countsText(report.counts)} (seed ${report.seed})`,
    ...(report.interrupted ? ['', `Interrupted: ${report.unfinished.length} ops unchecked.`] : []),
    ...(report.mutationScore === undefined
      ? []
      : ['', `Mutation score ${(100 * report.mutationScore).toFixed(1)} %`]),
    '',
    '| op | verdict | samples | checks | resolution | ms |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
  ];
  const isBad = ({ verdict }: OpResult): boolean => verdict !== 'pass';
  const sorted = [...report.ops.filter(isBad), ...report.ops.filter((op) => !isBad(op))];
  const failures = report.ops.flatMap((op) => detailsOf(op));
  return limited([...head, ...sorted.map(row), '', ...failures]);
}

function row(op: OpResult): string {
  const cells = [
    `\`${op.name}\``,
    op.verdict === 'pass' ? 'pass' : `**${op.verdict}**`,
    op.samples,
    op.checks.filter(({ verdict }) => verdict !== 'skipped').length,
    resolutionText(op),
    op.ms.toFixed(0),
  ];
  return `| ${cells.join(' | ')} |`;
}

function detailsOf(op: OpResult): readonly string[] {
  const texts = failuresOf(op, 5);
  if (texts.length === 0) return [];
  return [
    `<details><summary>${op.name}</summary>`,
    '',
    '```text',
    ...texts.map((text) => text.replaceAll('```', "'''")),
    '```',
    '',
    '</details>',
  ];
}

function limited(lines: readonly string[]): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > mostSummaryBytes) {
      kept.push('', 'The rest does not fit: see the other reports.');
      break;
    }
    kept.push(line);
  }
  return `${kept.join('\n')}\n`;
}
