import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SingleBar } from 'cli-progress';
import { benchWorkload, takesPart } from './bench.ts';
import type { Effort, Engine, Outcome, Setting } from './bench.ts';
import { chartOf } from './chart.ts';
import { enginesOf, inspect, referenceEngine } from './engines/catalogue.ts';
import type { Machine } from './engines/catalogue.ts';
import { newestNode } from './engines/newest-node.ts';
import { judge } from './goals.ts';
import { readOptions, usage } from './options.ts';
import type { BenchOptions } from './options.ts';
import { terminalReport } from './report.ts';
import { resultsDocument } from './results.ts';
import { openProcess } from './session.ts';
import type { Workload } from './workload.ts';
import { allWorkloads } from './workloads/index.ts';

const besideUs = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

type EngineSetting = Omit<Setting, 'onStep' | 'onVersion'>;

/** A run that can be ended early: what is done is reported all the same. */
class Run {
  readonly outcomes: Outcome[] = [];
  readonly versions = new Map<string, string>();
  isInterrupted = false;
  readonly #bar = new SingleBar({
    format: '{bar} {value}/{total}  {text}',
    noTTYOutput: false,
    clearOnComplete: true,
  });

  async measure(workloads: readonly Workload[], setting: EngineSetting): Promise<void> {
    this.#bar.start(workloads.length, 0, { text: '' });
    try {
      for (const workload of workloads) {
        const outcome = await this.#outcomeOf(workload, setting);
        if (this.isInterrupted) break; // its engines were interrupted too
        this.outcomes.push(outcome);
        this.#bar.increment();
      }
    } finally {
      this.#bar.stop();
    }
  }

  async #outcomeOf(workload: Workload, setting: EngineSetting): Promise<Outcome> {
    try {
      return await benchWorkload(workload, {
        ...setting,
        onStep: (text) => this.#bar.update({ text }),
        onVersion: (engine, version) => this.versions.set(engine, version),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const absent = { workload: workload.name, engine: 'cotangent', threads: 1, reason } as const;
      return { workload, rows: [], absent: [absent] };
    }
  }
}

function effortOf({ quick, repeats }: BenchOptions): Effort {
  return quick
    ? { repeats, sampleMs: 15, warmUpMs: 100, limitSeconds: 60 }
    : { repeats, sampleMs: 60, warmUpMs: 300, limitSeconds: 300 };
}

/** Installs the newest Node only if something will run in it. */
function machineFor(options: BenchOptions, workloads: readonly Workload[]): Machine {
  const jaxJs = workloads.some(({ jaxJs }) => jaxJs !== undefined) && isAsked(options, 'jax-js');
  return inspect(options.python, jaxJs ? newestNode() : undefined);
}

function isAsked({ engines }: BenchOptions, name: string): boolean {
  return name === 'cotangent' || engines.length === 0 || engines.includes(name);
}

function write(run: Run, options: BenchOptions, machine: Machine): void {
  const { outcomes, versions } = run;
  const verdicts = judge(outcomes);
  process.stdout.write(`${terminalReport(outcomes, verdicts)}\n`);
  const files: (readonly [file: string, content: string])[] = [];
  const rows = outcomes.flatMap((outcome) => outcome.rows);
  if (options.json !== undefined) files.push([options.json, `${JSON.stringify(rows, null, 2)}\n`]);
  if (options.chart !== undefined) files.push([options.chart, chartOf(outcomes)]);
  if (options.results) {
    const about = {
      date: new Date().toISOString().slice(0, 10),
      processor: cpus()[0]?.model ?? 'unknown processor',
      cores: machine.cores,
      isPinned: machine.pinnedTo !== undefined,
      repeats: options.repeats,
      versions,
    };
    files.push([besideUs('../RESULTS.md'), resultsDocument(outcomes, verdicts, about)]);
    files.push([besideUs('../results.svg'), chartOf(outcomes)]);
  }
  for (const [file, content] of files) {
    writeFileSync(file, content);
    process.stdout.write(`written: ${file}\n`);
  }
}

function chooseEngines(
  machine: Machine,
  options: BenchOptions,
  workloads: readonly Workload[],
): readonly Engine[] {
  return enginesOf(machine, options.quick)
    .filter(({ name }) => isAsked(options, name))
    .filter((engine) => workloads.some((workload) => takesPart(workload, engine)));
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  const workloads = allWorkloads().filter(({ name }) => options.filter.test(name));
  if (workloads.length === 0)
    throw new Error(`--filter ${options.filter.source}: no such workload`);
  const machine = machineFor(options, workloads);
  const engines = chooseEngines(machine, options, workloads);
  const run = new Run();
  process.once('SIGINT', () => (run.isInterrupted = true)); // a second one ends the process at once
  await run.measure(workloads, {
    engines,
    reference: referenceEngine(),
    open: openProcess,
    effort: effortOf(options),
  });
  write(run, options, machine);
  if (run.isInterrupted) return 130;
  return run.outcomes.every(({ absent }) => absent.every(({ engine }) => engine !== 'cotangent'))
    ? 0
    : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
