import { failureText, short } from '../modern/text.ts';
import type { OpResult, RunCounts, RunReport, SuiteCheck } from '../suite/result.ts';

/** How a run is written as text. */
export interface TableOptions {
  /** ANSI colours; default false. */
  readonly color?: boolean | undefined;
  /** Failures written in full for each op; default 3. The others are counted. */
  readonly maxFailures?: number | undefined;
  /** What was named on the command line, for the line that repeats the first failure. */
  readonly targets?: readonly string[] | undefined;
}

type Column = readonly [title: string, of: (op: OpResult) => string, align: 'left' | 'right'];

const columns: readonly Column[] = [
  ['op', ({ name }) => name, 'left'],
  ['dtypes', ({ dtypes }) => dtypes.join(' '), 'left'],
  ['samples', ({ samples }) => String(samples), 'right'],
  ['checks', ({ checks }) => String(checks.filter((c) => c.verdict !== 'skipped').length), 'right'],
  ['verdict', ({ verdict }) => verdict, 'left'],
  ['resolution', (op) => resolutionText(op), 'right'],
  ['evals', ({ evals }) => String(evals), 'right'],
  ['ms', ({ ms }) => ms.toFixed(0), 'right'],
];

const mutantColumn: Column = [
  'mutants',
  ({ mutation }) =>
    mutation === undefined ? '' : `${mutation.killed}/${mutation.killed + mutation.survived}`,
  'right',
];

/**
 * A run as text: a row for each op, failures in full, what is undecided or was not checked, and as the last line
 * `N ops: P passed, F failed, I inconclusive, S skipped`.
 */
export function tableText(report: RunReport, options: TableOptions = {}): string {
  const { color = false, maxFailures = 3, targets = [] } = options;
  const paint = (code: number, text: string): string =>
    color ? `\u001b[${code}m${text}\u001b[0m` : text;
  const red = (text: string): string => paint(31, text);
  const failing = report.ops.filter(({ verdict }) => verdict === 'fail' || verdict === 'error');
  return [
    ...rows(report.ops, paint),
    ...failing.flatMap((op) => ['', ...failuresOf(op, maxFailures, red)]),
    ...section(unsureLines(report.ops)),
    ...section(skippedLines(report.ops)),
    ...section(survivorLines(report.ops)),
    '',
    ...closing(report, targets),
    countsText(report.counts),
  ].join('\n');
}

/** `N ops: P passed, F failed, I inconclusive, S skipped` */
export function countsText(c: RunCounts): string {
  return `${c.ops} ops: ${c.passed} passed, ${c.failed} failed, ${c.inconclusive} inconclusive, ${c.skipped} skipped`;
}

/** The worst relative resolution that a value check of an op reached. */
export function resolutionText({ checks }: OpResult): string {
  const all = checks.flatMap(({ verdict, resolution }) =>
    verdict === 'pass' && resolution !== undefined && Number.isFinite(resolution)
      ? [resolution]
      : [],
  );
  const worst = Math.max(...all);
  return all.length === 0 ? '' : worst === 0 ? '0' : worst.toExponential(0);
}

/** One line for each different check that failed, the first sample of each in full, up to `max`. */
export function failuresOf(
  op: OpResult,
  max: number,
  paint: (text: string) => string = (text) => text,
): readonly string[] {
  const groups = failureGroups(op);
  const shown = groups.slice(0, max).flatMap(({ first, more }) => {
    const text = failureText({ ...first, name: op.name }, paint);
    return more === 0
      ? [text]
      : [text, `  and at ${more} more ${more === 1 ? 'sample' : 'samples'}`];
  });
  const rest = groups.slice(max).map(({ first }) => first.id);
  return rest.length === 0 ? shown : [...shown, `${op.name}: failed too: ${rest.join(', ')}`];
}

/** Checks whose failure makes others fail, in the order in which to mend them. */
const causes: readonly string[] = [
  'run.completed',
  'type.inferred',
  'args.intact',
  'grad.deterministic',
  'connection.pattern',
  'grad.shape',
  'grad.dtype',
  'grad.disconnected',
];

/** The failures of an op by check: first what makes others fail, then those that compared numbers: they say most. */
export function failureGroups(
  op: OpResult,
): readonly { readonly first: SuiteCheck; readonly more: number }[] {
  const bad = op.checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'error');
  const ids = [...new Set(bad.map(({ id }) => id))];
  const groups = ids.map((id) => {
    const own = bad.filter((check) => check.id === id);
    const first = own.find(({ worst }) => worst !== undefined) ?? own[0]!;
    return { first, more: own.length - 1 };
  });
  return groups.toSorted((a, b) => rank(a.first) - rank(b.first));
}

function rank({ id, worst }: SuiteCheck): number {
  const at = causes.indexOf(id);
  if (at >= 0) return at;
  return causes.length + (worst === undefined ? 1 : 0);
}

function rows(ops: readonly OpResult[], paint: (code: number, text: string) => string): string[] {
  const shown = ops.some(({ mutation }) => mutation !== undefined)
    ? [...columns, mutantColumn]
    : columns;
  const cells = ops.map((op) => shown.map(([, of]) => of(op)));
  const widths = shown.map(([title], k) =>
    Math.max(title.length, ...cells.map((row) => row[k]!.length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, k) =>
        shown[k]![2] === 'left' ? text.padEnd(widths[k]!) : text.padStart(widths[k]!),
      )
      .join('  ')
      .trimEnd();
  const colors = { error: 31, fail: 31, inconclusive: 33, pass: 0, skipped: 33 } as const;
  return [
    line(shown.map(([title]) => title)),
    ...cells.map((row, i) => {
      const code = colors[ops[i]!.verdict];
      return code === 0 ? line(row) : paint(code, line(row));
    }),
  ];
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function unsureLines(ops: readonly OpResult[]): readonly string[] {
  return ops.flatMap(({ name, checks }) =>
    checks
      .filter(({ verdict }) => verdict === 'inconclusive')
      .map(
        (c) =>
          `${name}: inconclusive ${c.id} at ${c.sample}: ${c.message ?? 'the differences cannot tell'}`,
      ),
  );
}

/** What was not checked, once for each reason. */
function skippedLines(ops: readonly OpResult[]): readonly string[] {
  return ops.flatMap((op) => {
    if (op.samples === 0) return [`${op.name}: uncovered: the op has no samples`];
    const own = op.checks.filter(({ verdict }) => verdict === 'skipped');
    const reasons = [...new Set(own.map(({ message = '' }) => message))];
    return reasons.map((reason) => {
      const ids = own.filter(({ message = '' }) => message === reason).map(({ id }) => id);
      return `${op.name}: skipped ${[...new Set(ids)].join(', ')}: ${reason}`;
    });
  });
}

function survivorLines(ops: readonly OpResult[]): readonly string[] {
  return ops.flatMap(({ name, mutation }) =>
    (mutation?.survivors ?? []).map((text) => `${name}: mutant survived: ${text}`),
  );
}

function closing(report: RunReport, targets: readonly string[]): readonly string[] {
  const first = report.ops.flatMap(failureGroups)[0]?.first.replay;
  const { unfinished, mutationScore } = report;
  return [
    ...(mutationScore === undefined
      ? []
      : [`mutation score ${(100 * mutationScore).toFixed(1)} %`]),
    ...(report.interrupted
      ? [`interrupted: ${unfinished.length} ops were not checked: ${unfinished.join(', ')}`]
      : []),
    `seed ${report.seed}, ${short(report.ms / 1000)} s`,
    ...(first === undefined ? [] : [['replay: gradcheck --replay', first, ...targets].join(' ')]),
  ];
}
