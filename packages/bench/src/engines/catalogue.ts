import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../bench.ts';
import type { EngineName } from '../row.ts';
import type { Command } from '../session.ts';

/** What there is on this machine. */
export interface Machine {
  readonly cores: number;
  /** The processor that one-thread rows are pinned to; `undefined` where affinity cannot be set. */
  readonly pinnedTo: number | undefined;
  readonly python: { readonly file: string; readonly engines: readonly string[] } | undefined;
  /** A Node with `Float16Array`, for jax-js; otherwise it runs in this one, without float64. */
  readonly newestNode: string | undefined;
}

const besideUs = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const jsWorker = besideUs(import.meta.url.endsWith('.ts') ? '../worker.ts' : '../worker.js');
const pythonWorker = besideUs('../../peers/worker.py');

/** Engines in the order in which they take turns, each with one thread, those that can also with all. */
export function enginesOf(machine: Machine, onlyOneThread: boolean): readonly Engine[] {
  const js = (name: EngineName, node = process.execPath): Engine =>
    engineOf(name, 1, nodeCommand(node, name), machine);
  const python = (name: EngineName, threads: number): readonly Engine[] => {
    if (!(machine.python?.engines.includes(name) ?? false)) return [];
    const args = [pythonWorker, name, String(threads)];
    return [engineOf(name, threads, { file: machine.python?.file ?? '', args }, machine)];
  };
  const all = machine.cores > 1 && !onlyOneThread ? [machine.cores] : [];
  return [
    js('cotangent'),
    ...(['jax', 'torch'] as const).flatMap((name) => [1, ...all].flatMap((n) => python(name, n))),
    ...(['numpy', 'casadi', 'casadi-buffer', 'autograd'] as const).flatMap((name) =>
      python(name, 1),
    ),
    js('jax-js', machine.newestNode),
    js('tfjs-wasm'),
    js('tfjs-cpu'),
  ];
}

/** What computes the results that all others are compared with. */
export function referenceEngine(): Engine {
  return { name: 'reference', threads: 1, command: nodeCommand(process.execPath, 'reference') };
}

function nodeCommand(node: string, engine: string): Command {
  // Flags of this process are handed on: run from the sources, they tell how to load those.
  return { file: node, args: [...process.execArgv, jsWorker, engine] };
}

function engineOf(
  name: EngineName,
  threads: number,
  command: Command,
  { pinnedTo }: Machine,
): Engine {
  if (threads > 1 || pinnedTo === undefined) return { name, threads, command };
  const args = ['-c', String(pinnedTo), command.file, ...command.args];
  return { name, threads, command: { file: 'taskset', args } };
}

/** Looks at the machine. */
export function inspect(python: string | undefined, newestNode: string | undefined): Machine {
  return {
    cores: availableParallelism(),
    pinnedTo: lastProcessor(),
    python: findPython(python),
    newestNode,
  };
}

/** The last processor that this process may use; `undefined` but on Linux with `taskset`. */
function lastProcessor(): number | undefined {
  if (!existsSync('/proc/self/status') || !existsSync('/usr/bin/taskset')) return undefined;
  const allowed = /^Cpus_allowed_list:.*?(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return allowed?.[1] === undefined ? undefined : Number(allowed[1]);
}

/**
 * The first Python that has any of the peers: the one asked for, or one of the usual names.
 *
 * @throws Error if the one asked for does not run.
 */
function findPython(asked: string | undefined): Machine['python'] {
  const candidates = asked === undefined ? ['.venv/bin/python', 'python3', 'python'] : [asked];
  for (const file of candidates) {
    try {
      const printed = execFileSync(file, [pythonWorker, '--list'], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
      const engines = Object.keys(JSON.parse(printed) as Record<string, string>); // printed by our script
      if (engines.length > 0) return { file, engines };
    } catch (error) {
      if (asked !== undefined) throw new Error(`${asked} cannot run the peers`, { cause: error });
    }
  }
  return undefined;
}
