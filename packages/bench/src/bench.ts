import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOutputs, precisionOf } from './check.ts';
import { loadOutputs, storeValues } from './protocol.ts';
import type { StoredValue } from './protocol.ts';
import type { Absent, EngineName, Row } from './row.ts';
import type { Command, Opener, Session } from './session.ts';
import { summarize } from './statistics.ts';
import { withPrecision } from './values.ts';
import type { Values } from './values.ts';
import type { Workload } from './workload.ts';

/** An engine that can be started. `reference` is what results are checked against. */
export interface Engine {
  readonly name: EngineName | 'reference';
  readonly threads: number;
  readonly command: Command;
}

/** How long to measure. */
export interface Effort {
  /** Timed samples of each engine, taken in turn. */
  readonly repeats: number;
  /** A sample repeats the call until about this long. */
  readonly sampleMs: number;
  /** Calls before the first sample. */
  readonly warmUpMs: number;
  /** The longest that any answer of an engine may take. */
  readonly limitSeconds: number;
}

/** What became of a workload. */
export interface Outcome {
  readonly workload: Workload;
  readonly rows: readonly Row[];
  readonly absent: readonly Absent[];
}

export interface Setting {
  readonly engines: readonly Engine[];
  readonly reference: Engine;
  readonly open: Opener;
  readonly effort: Effort;
  /** Told what is going on: `loading jax`, then once for each engine that is done. */
  readonly onStep: (text: string) => void;
  /** Told the version of each engine that was started. */
  readonly onVersion: (engine: string, version: string) => void;
}

/** An engine that is ready and gives right results. */
interface Contestant {
  readonly engine: Engine & { readonly name: EngineName };
  readonly session: Session;
  readonly firstCallMs: number;
  readonly value: number;
  readonly error: number;
}

/**
 * Runs a workload on every engine that has it. Each engine runs in a process of its own, started for this workload. All
 * results are checked before anything is timed; the samples are interleaved, one of each engine in turn, so that a change
 * in the load of the machine meets them all.
 */
export async function benchWorkload(workload: Workload, setting: Setting): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'cotangent-bench-'));
  const contestants: Contestant[] = [];
  const absent: Absent[] = [];
  try {
    const values = workload.values();
    const stored = storeValues(values, folder);
    const expected = await expectedOf(workload, values, stored, folder, setting);
    for (const engine of setting.engines.filter((e) => takesPart(workload, e))) {
      setting.onStep(`${workload.name}: starting ${engine.name}`);
      try {
        contestants.push(await admit(workload, engine, stored, folder, expected, setting));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        absent.push({
          workload: workload.name,
          engine: nameOf(engine),
          threads: engine.threads,
          reason,
        });
      }
    }
    const rows = await timeInTurn(workload, contestants, setting);
    return { workload, rows, absent };
  } finally {
    for (const { session } of contestants) session.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the workload exists for the engine. */
export function takesPart(workload: Workload, { name }: Engine): boolean {
  switch (name) {
    case 'cotangent':
    case 'reference':
      return true;
    case 'jax-js':
      return workload.jaxJs !== undefined;
    case 'tfjs-cpu':
    case 'tfjs-wasm':
      return workload.tfjs !== undefined;
    default:
      return workload.python?.engines.includes(name) ?? false;
  }
}

type Stored = Readonly<Record<string, StoredValue>>;

async function expectedOf(
  workload: Workload,
  values: Values,
  stored: Stored,
  folder: string,
  { reference, open, effort, onStep }: Setting,
): Promise<readonly ArrayLike<number>[]> {
  if (workload.expected !== undefined) {
    const exact = Object.entries(values).map(([k, v]) => [k, withPrecision(v, 'float64')] as const);
    return workload.expected(Object.fromEntries(exact));
  }
  onStep(`${workload.name}: reference results`);
  const session = await open(reference.command, effort.limitSeconds);
  try {
    const { outputs } = await session.prepare({ workload: workload.name, values: stored, folder });
    return loadOutputs(outputs);
  } finally {
    session.close();
  }
}

/** Starts an engine and checks its results. */
async function admit(
  workload: Workload,
  engine: Engine,
  values: Stored,
  folder: string,
  expected: readonly ArrayLike<number>[],
  { open, effort, onVersion }: Setting,
): Promise<Contestant> {
  const session = await open(engine.command, effort.limitSeconds);
  try {
    onVersion(engine.name, session.version);
    const { module, params } = workload.python ?? {};
    const script = module === undefined ? {} : { module, params: params ?? {} };
    const request = { workload: workload.name, values, folder, ...script };
    const { firstCallMs, outputs } = await session.prepare(request);
    const results = loadOutputs(outputs);
    const precision = precisionOf(engine.name, workload.dtype);
    const error = checkOutputs(results, expected, workload.roundings, precision);
    const value = results[0]?.[0] ?? NaN;
    return { engine: { ...engine, name: nameOf(engine) }, session, firstCallMs, value, error };
  } catch (error) {
    session.close();
    throw error;
  }
}

async function timeInTurn(
  workload: Workload,
  contestants: readonly Contestant[],
  { effort, onStep }: Setting,
): Promise<readonly Row[]> {
  const runs = contestants.map((contestant) => ({
    contestant,
    count: 1,
    repeats: 0,
    samples: [] as number[],
  }));
  for (const run of runs) {
    onStep(`${workload.name}: warming up ${run.contestant.engine.name}`);
    const callMs = await warmUp(run.contestant.session, effort);
    run.count = Math.max(1, Math.round(effort.sampleMs / callMs));
    // Calls of seconds are repeated less often.
    run.repeats = callMs > 1000 ? Math.min(3, effort.repeats) : effort.repeats;
  }
  for (let repeat = 0; repeat < effort.repeats; repeat++) {
    onStep(`${workload.name}: sample ${repeat + 1} of ${effort.repeats}`);
    for (const { contestant, count, repeats, samples } of runs) {
      if (repeat < repeats) samples.push((await contestant.session.time(count)) / count);
    }
  }
  return runs.map(({ contestant, samples }) => ({
    workload: workload.name,
    engine: contestant.engine.name,
    threads: contestant.engine.threads,
    ...summarize(samples),
    firstCallMs: contestant.firstCallMs,
    value: contestant.value,
    error: contestant.error,
  }));
}

/** Calls until warm, and tells how long a call takes then, in milliseconds. */
async function warmUp(session: Session, { warmUpMs }: Effort): Promise<number> {
  let spent = 0;
  let callMs = Infinity;
  for (let count = 1; spent < warmUpMs; count *= 2) {
    const batchMs = (await session.time(count)) / 1000;
    spent += batchMs;
    callMs = Math.max(batchMs / count, 1e-6);
  }
  return callMs;
}

function nameOf({ name }: Engine): EngineName {
  if (name === 'reference') throw new RangeError('the reference is not timed');
  return name;
}
