import Table from 'cli-table3';
import { growthExponent } from './measure.ts';
import type { Row, Workload } from './measure.ts';

/** A workload with its measurement. */
export interface Measured {
  readonly workload: Workload;
  readonly row: Row;
}

/**
 * The rows as a table, those of the peers below ours; for families of growing size with the exponent of
 * their growth, for peers with the ratio of their median to ours.
 */
export function tableOf(measured: readonly Measured[], peers: readonly Row[] = []): string {
  const table = new Table({
    head: ['workload', 'engine', 'median', 'min', 'first call', 'growth', 'peer / ours'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  measured.forEach(({ workload, row }, k) => {
    const smaller = measured.slice(0, k).findLast((m) => m.workload.family === workload.family);
    const growth =
      smaller === undefined ? '' : `n^${exponentOf(smaller, { workload, row }).toFixed(2)}`;
    table.push([...cellsOf(row), growth, '']);
    for (const peer of peers.filter((p) => p.workload === row.workload)) {
      table.push([...cellsOf(peer), '', `${(peer.medianUs / row.medianUs).toFixed(2)}×`]);
    }
  });
  return table.toString();
}

function cellsOf(row: Row): readonly string[] {
  const first = duration(row.firstCallMs * 1000);
  return [row.workload, row.engine, duration(row.medianUs), duration(row.minUs), first];
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
