import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Row, Workload } from './measure.ts';

const script = fileURLToPath(new URL('../peers/graphs.py', import.meta.url));

/**
 * Rows of the peers for the workloads that have one there, from a Python that has them installed. Without
 * such a Python there are none.
 *
 * @param python - the interpreter, e.g. of a virtual environment with jax and casadi.
 * @throws Error with what the script printed if it fails.
 */
export function peerRows(
  python: string,
  workloads: readonly Workload[],
  repeats: number,
): readonly Row[] {
  const named = new Map(
    workloads.flatMap((w) => (w.peer === undefined ? [] : [[w.peer, w.name] as const])),
  );
  if (named.size === 0) return [];
  const run = spawnSync(python, [script, String(repeats), ...named.keys()], { encoding: 'utf8' });
  if (run.error !== undefined) return []; // no such interpreter
  if (run.status !== 0) throw new Error(`the peers' script failed:\n${run.stderr}`);
  return run.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const row = JSON.parse(line) as Row; // written by our own script
      return { ...row, workload: named.get(row.workload) ?? row.workload };
    });
}
