import { writeFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { measure } from './measure.ts';
import type { Workload } from './measure.ts';
import { readOptions, usage } from './options.ts';
import type { BenchOptions } from './options.ts';
import { peerRows } from './peers.ts';
import { tableOf } from './report.ts';
import type { Measured } from './report.ts';
import { chainWorkloads } from './workloads/chain.ts';
import { gradientWorkloads } from './workloads/gradients.ts';

function workloadsFor({ quick, filter }: BenchOptions): readonly Workload[] {
  const sizes = quick ? [1e3, 1e4] : [1e4, 1e5, 1e6];
  const chains = quick ? [1e3, 1e4] : [1e3, 1e4, 1e5, 1e6];
  return [...chainWorkloads(sizes), ...gradientWorkloads(chains)].filter((workload) =>
    workload.name.includes(filter),
  );
}

function runAll(options: BenchOptions): readonly Measured[] {
  const workloads = workloadsFor(options);
  const bar = new SingleBar({ format: '{bar} {value}/{total}  {name}', noTTYOutput: false });
  bar.start(workloads.length, 0, { name: '' });
  try {
    return workloads.map((workload) => {
      bar.update({ name: workload.name });
      const row = measure(workload, options.repeats);
      bar.increment();
      return { workload, row };
    });
  } finally {
    bar.stop();
  }
}

function main(): number {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  const measured = runAll(options);
  if (measured.length === 0) throw new Error(`--filter ${options.filter}: no such workload`);
  const workloads = measured.map(({ workload }) => workload);
  const peers = peerRows(options.python, workloads, options.repeats);
  process.stdout.write(`${tableOf(measured, peers)}\n`);
  if (options.json !== undefined) {
    writeFileSync(
      options.json,
      `${JSON.stringify([...measured.map(({ row }) => row), ...peers], null, 2)}\n`,
    );
    process.stdout.write(`rows written to ${options.json}\n`);
  }
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
