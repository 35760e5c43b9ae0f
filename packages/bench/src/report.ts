import Table from 'cli-table3';
import type { Outcome } from './bench.ts';
import { growthOf, ours } from './goals.ts';
import type { Verdict } from './goals.ts';
import type { Row } from './row.ts';

/** Head of the table of rows. */
export const rowHead: readonly string[] = [
  'workload',
  'engine',
  'threads',
  'median',
  'middle half',
  'min',
  'first call',
  'error',
  'theirs / ours',
];

/** Head of the table of goals. */
export const goalHead: readonly string[] = ['workload', 'goal', 'measured', 'verdict'];

/** The rows as cells, in the order of {@link rowHead}; the workload stands in its first row only. */
export function rowCells(outcomes: readonly Outcome[]): readonly (readonly string[])[] {
  return outcomes.flatMap((outcome) => {
    const growth = growthOf(outcome, outcomes);
    return outcome.rows.map((row, k) => [
      k === 0 ? row.workload : '',
      row.engine,
      String(row.threads),
      duration(row.medianUs),
      `${duration(row.p25Us)} … ${duration(row.p75Us)}`,
      duration(row.minUs),
      duration(row.firstCallMs * 1000),
      row.error === 0 ? '0' : row.error.toExponential(0),
      k === 0 && growth !== undefined ? `n^${growth.toFixed(2)}` : comparison(row, outcome),
    ]);
  });
}

/** How many times as long as we the engine takes, with as many threads where we have such a row. */
function comparison(row: Row, outcome: Outcome): string {
  if (row.engine === 'cotangent') return '';
  const alike = outcome.rows.find((r) => r.engine === 'cotangent' && r.threads === row.threads);
  const own = alike ?? ours(outcome);
  return own === undefined ? '' : times(row.medianUs / own.medianUs);
}

/** The goals as cells, in the order of {@link goalHead}. */
export function goalCells(verdicts: readonly Verdict[]): readonly (readonly string[])[] {
  return verdicts.map(({ workload, goal, measured, unit, met }) => [
    workload,
    goal,
    measured === undefined ? '–' : `${significant(measured)}${unit}`,
    met === undefined ? 'not measured' : met ? 'met' : 'MISSED',
  ]);
}

/** Engines that gave no row, one a line; without those that took part. */
export function absentLines(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap(({ absent }) =>
    absent.map(({ workload, engine, threads, reason }) => {
      const cores = threads > 1 ? `, ${threads} threads` : '';
      return `${workload}: no row of ${engine}${cores}: ${reason}`;
    }),
  );
}

/** Everything, for a terminal. */
export function terminalReport(outcomes: readonly Outcome[], verdicts: readonly Verdict[]): string {
  const parts = [terminalTable(rowHead, rowCells(outcomes), 3)];
  if (verdicts.length > 0) parts.push(terminalTable(goalHead, goalCells(verdicts), 2));
  return [...parts, ...absentLines(outcomes)].join('\n');
}

/** Columns from `firstRight` on hold numbers. */
function terminalTable(
  head: readonly string[],
  cells: readonly (readonly string[])[],
  firstRight: number,
): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, k) => (k < firstRight ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...cells.map((row) => [...row]));
  return table.toString();
}

/** A Markdown table, columns padded, so that the source reads as a table too. */
export function markdownTable(
  head: readonly string[],
  cells: readonly (readonly string[])[],
): string {
  const widths = head.map((title, k) =>
    Math.max(3, title.length, ...cells.map((row) => (row[k] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, k) => cell.padEnd(widths[k] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((n) => '-'.repeat(n))), ...cells.map(line)].join('\n');
}

/** Microseconds in the unit that suits them, three digits. */
export function duration(us: number): string {
  if (us < 1) return `${significant(us * 1000)} ns`;
  if (us < 1000) return `${significant(us)} µs`;
  return us < 1e6 ? `${significant(us / 1000)} ms` : `${significant(us / 1e6)} s`;
}

function times(ratio: number): string {
  return `${significant(ratio)}×`;
}

/** At least three digits, and none lost before the point. */
function significant(x: number): string {
  return x >= 100 ? x.toFixed(0) : x.toPrecision(3);
}
