import Table from 'cli-table3';
import { growthExponent } from './measure.ts';
import type { Row, Workload } from './measure.ts';

/** A workload with its measurement. */
export interface Measured {
  readonly workload: Workload;
  readonly row: Row;
}

/** The rows as a table; for families of growing size also the exponent of their growth. */
export function tableOf(measured: readonly Measured[]): string {
  const table = new Table({
    head: ['workload', 'engine', 'median', 'min', 'first call', 'growth'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  measured.forEach(({ workload, row }, k) => {
    const smaller = measured.slice(0, k).findLast((m) => m.workload.family === workload.family);
    table.push([
      row.workload,
      row.engine,
      duration(row.medianUs),
      duration(row.minUs),
      duration(row.firstCallMs * 1000),
      smaller === undefined ? '' : `n^${exponentOf(smaller, { workload, row }).toFixed(2)}`,
    ]);
  });
  return table.toString();
}

function exponentOf(a: Measured, b: Measured): number {
  return growthExponent(
    { size: a.workload.size, medianUs: a.row.medianUs },
    { size: b.workload.size, medianUs: b.row.medianUs },
  );
}

/** Microseconds in the unit that suits them. */
export function duration(us: number): string {
  if (us < 1000) return `${us.toFixed(1)} µs`;
  return us < 1e6 ? `${(us / 1000).toFixed(1)} ms` : `${(us / 1e6).toFixed(2)} s`;
}
