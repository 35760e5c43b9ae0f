import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { ValueError } from '@cotangent/tensor';
import { baselineOf, parseBaseline, regressionsFrom } from '../reports/baseline.ts';
import { fromJson } from '../reports/json.ts';
import { mergeReports } from '../reports/merge.ts';
import { tokenPart } from '../replay-token.ts';
import { runReport } from '../suite/result.ts';
import type { OpResult, RunReport } from '../suite/result.ts';
import { defaultSeed } from '../verify-options.ts';
import { parseCommand } from './command.ts';
import type { CheckCommand, Command, Selection } from './command.ts';
import type { Settings } from './config.ts';
import { UsageError } from './errors.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { PlannedOp } from './plan.ts';
import { Pool } from './pool.ts';
import { startProgress } from './progress.ts';
import type { CheckSettings } from './protocol.ts';
import type { Surroundings } from './surroundings.ts';
import { usage } from './usage.ts';
import { reportPlan, writeReports } from './write-reports.ts';

const defaultTimeout = 60_000;

/** Runs the command. @returns its exit code. Nothing is thrown: errors go to `stderr`. */
export async function runCommand(args: readonly string[], around: Surroundings): Promise<number> {
  try {
    return await run(parseCommand(args), around);
  } catch (error) {
    const isUsage = error instanceof ValueError;
    const text = error instanceof Error ? error.message : String(error);
    around.stderr.write(`${text}\n`);
    return isUsage ? exitCodes.usage : exitCodes.broken;
  }
}

async function run(command: Command, around: Surroundings): Promise<number> {
  if (command.kind === 'help') {
    around.stdout.write(usage);
    return exitCodes.pass;
  }
  return command.kind === 'merge' ? merge(command, around) : checkOrList(command, around);
}

function merge(
  { files, settings }: Extract<Command, { readonly kind: 'merge' }>,
  around: Surroundings,
): number {
  if (files.length === 0) {
    throw new UsageError('gradcheck merge: no reports are named', {
      code: 'USAGE_VALUE_MISSING',
      hint: 'write gradcheck merge part1.json part2.json',
    });
  }
  const parts = files.map((file) => fromJson(readText(resolve(around.folder, file)), file));
  const report = mergeReports(parts);
  writeReports(report, reportPlan(settings, [], around), around);
  return exitCodeOf(report, demandsOf(settings), []);
}

function readText(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new UsageError(`gradcheck: there is no file ${path}`, {
    code: 'GRADCHECK_FILE_NOT_FOUND',
    hint: 'check the path',
  });
}

async function checkOrList(command: CheckCommand, around: Surroundings): Promise<number> {
  const { targets, config } = command;
  const plan = { folder: around.folder, config: config && resolve(around.folder, config), targets };
  const pool = new Pool(plan, around.signal, (text) => void around.stderr.write(text));
  try {
    const base = around.env['GITHUB_WORKSPACE'] ?? around.folder;
    const loaded = await pool.load(base);
    const settings = { ...loaded.settings, ...command.settings };
    const ops = selected(loaded.ops, command.selection);
    if (command.kind === 'list') return listOps(ops, around);
    const reports = reportPlan(settings, targets, around); // before any work: a wrong one would waste it
    const report = await checkOps(pool, ops, command, settings, around);
    writeReports(report, reports, around);
    return conclude(report, command, settings, around);
  } catch (error) {
    if (around.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    await pool.stop();
  }
}

/** @throws UsageError `GRADCHECK_REPLAY_UNKNOWN_OP`, `GRADCHECK_UNKNOWN_OP`. */
function selected(
  ops: readonly PlannedOp[],
  { filter, ops: names, shard, replay }: Selection,
): readonly PlannedOp[] {
  const missing = names.find((name) => !ops.some((op) => op.name === name));
  if (missing !== undefined) {
    throw new UsageError(`gradcheck: there is no op ${JSON.stringify(missing)}`, {
      code: 'GRADCHECK_UNKNOWN_OP',
      hint: '--list prints those that were found',
    });
  }
  const kept = ops
    .filter(({ name }) => filter?.test(name) !== false)
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .filter((_, k) => shard === undefined || k % shard.of === shard.part - 1)
    .filter(({ name }) => replay === undefined || tokenPart(name) === replay.name);
  if (replay !== undefined && kept.length === 0) {
    throw new UsageError(`gradcheck: the token is of an op ${JSON.stringify(replay.name)}`, {
      code: 'GRADCHECK_REPLAY_UNKNOWN_OP',
      hint: 'name the package or module that exports it as well',
    });
  }
  return kept;
}

function listOps(ops: readonly PlannedOp[], { stdout }: Surroundings): number {
  for (const { name, module, samples, file, line } of ops) {
    const place = file === undefined ? module : `${file}:${line ?? 1}`;
    const note = samples === 0 ? 'uncovered' : `${samples} ${samples === 1 ? 'sample' : 'samples'}`;
    stdout.write(`${name}  ${note}  ${place}\n`);
  }
  stdout.write(`${ops.length} ops\n`);
  return ops.length === 0 ? exitCodes.nothing : exitCodes.pass;
}

async function checkOps(
  pool: Pool,
  ops: readonly PlannedOp[],
  command: CheckCommand,
  settings: Settings,
  around: Surroundings,
): Promise<RunReport> {
  const started = performance.now();
  const results = new Map<number, OpResult>();
  const progress = startProgress(around.stderr, ops.length);
  const checks = checkSettings(command, settings);
  try {
    await pool.run(ops, {
      jobs: settings.jobs ?? availableParallelism(),
      timeout: settings.timeout ?? defaultTimeout,
      settings: checks,
      onResult: (result, { index }) => {
        results.set(index, result);
        progress.step(result.name);
      },
    });
  } finally {
    progress.stop();
  }
  const done = ops.flatMap(({ index }) => results.get(index) ?? []);
  return runReport(done, {
    seed: (checks.seed ?? defaultSeed).toString(16),
    interrupted: around.signal.aborted,
    unfinished: ops.filter(({ index }) => !results.has(index)).map(({ name }) => name),
    ms: performance.now() - started,
  });
}

function checkSettings({ selection, mutate }: CheckCommand, settings: Settings): CheckSettings {
  const { seed, runs, dtypes, order, modes, effort, checks, budget, requireMutation } = settings;
  const common = { dtypes, order, modes, effort, budget };
  const { replay } = selection;
  if (replay === undefined) {
    const isMutating = mutate || requireMutation !== undefined;
    return { ...common, seed, runs, checks, mutate: isMutating };
  }
  if (typeof replay.seed === 'string') {
    throw new UsageError('gradcheck: the token has a text as its seed, the command has numbers', {
      code: 'GRADCHECK_REPLAY_SEED',
      hint: 'it comes from a call of gradcheck: use replayGradcheck',
    });
  }
  const ids = replay.check === 'all' ? undefined : [replay.check];
  return { ...common, seed: replay.seed, checks: ids, sample: replay.sample, mutate: false };
}

/** Compares with the baseline or writes it, says what is missing, and gives the exit code. */
function conclude(
  report: RunReport,
  command: CheckCommand,
  settings: Settings,
  around: Surroundings,
): number {
  const regressions = ratchet(report, command, settings, around);
  const code = exitCodeOf(report, demandsOf(settings), regressions);
  for (const text of regressions) around.stderr.write(`gradcheck: worse than before: ${text}\n`);
  if (code === exitCodes.nothing) {
    around.stderr.write(
      'gradcheck: nothing was checked\nHint: export ops with samples, or name the module that does\n',
    );
  }
  return code;
}

function ratchet(
  report: RunReport,
  { updateBaseline }: CheckCommand,
  { baseline }: Settings,
  around: Surroundings,
): readonly string[] {
  if (baseline === undefined || report.interrupted) return [];
  const file = resolve(around.folder, baseline);
  if (!updateBaseline) return regressionsFrom(parseBaseline(readText(file), baseline), report);
  writeFileSync(file, `${JSON.stringify(baselineOf(report), undefined, 1)}\n`);
  return [];
}

function demandsOf({
  strict = false,
  requireCoverage,
  requireMutation,
}: Settings): Parameters<typeof exitCodeOf>[1] {
  return { strict, requireCoverage, requireMutation };
}
