import { evaluateNode } from '@cotangent/compile';
import type { ProgramNode, Ready } from '@cotangent/compile';
import { CotangentError, assign, copy } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import type { HostStep } from '../lower/schedule.ts';
import type { Pool } from '../threads/pool.ts';
import type { Action, Blueprint } from './blueprint.ts';
import { isRefusal, memoryOf, trapped } from './engine.ts';
import type { Engine } from './engine.ts';
import { Space } from './space.ts';

/** A module with a memory of its own. */
export interface Instance extends Ready {
  readonly memory: ArrayBufferLike;
  /** Lets the threads forget it. */
  drop(): void;
}

/** What an instance is for. */
export interface InstanceSettings {
  readonly isPlaced: readonly boolean[];
  /** Called at each run. */
  readonly used: () => void;
  /** Evaluates inputs that the module refuses op by op: says what is wrong with them, or what the results are. */
  readonly evaluate: (inputs: readonly Tensor[]) => readonly Tensor[];
  /** The threads for a blueprint that has work for several. */
  readonly pool: Pool | undefined;
  /** Called when a thread was lost: nothing may run on this memory any more. */
  readonly lost: () => void;
}

/**
 * Gives a module memory of exactly the planned size, with its constants in place. The memory never grows, so
 * that tensors over it stay valid.
 *
 * @throws CotangentError `WASM_NO_MEMORY`. A run throws CotangentError
 *   `WASM_TRAP` if the module traps, and whatever the evaluation of an op throws.
 */
export function instantiate(
  blueprint: Blueprint,
  module: WebAssembly.Module,
  engine: Engine,
  settings: InstanceSettings,
): Instance {
  const { schedule, shapes, addresses, actions, scratches } = blueprint;
  const { isPlaced, evaluate, pool } = settings;
  const memory = memoryOf(engine, blueprint.pages, scratches !== undefined);
  const env = scratches === undefined ? { memory } : { memory, scratch: scratches[0]! };
  const { exports } = new WebAssembly.Instance(module, { env });
  const space = new Space(memory, addresses);
  for (const { buffer, value } of schedule.constants)
    assign(space.dense(buffer, value.shape), value);
  const regions = regionsOf(blueprint, module, memory, pool);
  const runs = actions.map((action) => {
    if (action.kind === 'host') return hostStep(action, space);
    const found = functionOf(exports, action.name);
    return action.kind === 'driver' ? found : regions.run(action, found);
  });
  const inputs = schedule.inputs.map((buffer, i) => space.dense(buffer, shapes[i]!));
  const run = runs.length === 1 ? runs[0]! : (): void => runAll(runs);
  const outputs = schedule.outputs.map((lazy) => space.viewOf(lazy));
  const fallBack = (): void => {
    // A result may be a view of what another one is about to overwrite.
    const values = evaluate(inputs).map(copy);
    values.forEach((value, i) => assign(outputs[i]!, value));
  };
  const instance: Instance = {
    memory: memory.buffer,
    inputs,
    isPlaced,
    outputs,
    run: guarded(settings, run, fallBack),
    drop: () => regions.drop(),
  };
  regions.dropWith(instance);
  return instance;
}

/** A run that leaves inputs that the module refuses to evaluation. */
function guarded(
  { used, lost }: InstanceSettings,
  run: () => void,
  fallBack: () => void,
): () => void {
  return () => {
    used();
    try {
      run();
    } catch (error) {
      if (error instanceof CotangentError && error.code === 'WASM_WORKER') lost();
      if (!isRefusal(error)) throw trapped(error);
      fallBack();
    }
  };
}

function runAll(runs: readonly (() => void)[]): void {
  for (let k = 0; k < runs.length; k++) runs[k]!();
}

type Exported = (part?: number) => void;

function functionOf(exports: WebAssembly.Exports, name: string): Exported {
  const found = exports[name];
  if (typeof found !== 'function') throw new Error(`wasm: the module does not export ${name}`);
  return found as Exported; // emitted without results, and at most the number of a part as parameter
}

type Shared = Extract<Action, { kind: 'parts' }>;

/** What an instance has several threads do. */
interface Regions {
  run(action: Shared, part: Exported): () => void;
  drop(): void;
  /** Drops it when its user is collected. */
  dropWith(user: object): void;
}

function regionsOf(
  { actions, scratches }: Blueprint,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  pool: Pool | undefined,
): Regions {
  const shared = actions.filter((action) => action.kind === 'parts');
  if (pool === undefined || scratches === undefined) {
    const alone = (action: Shared, part: Exported) => (): void => {
      for (let k = 0; k < action.count; k++) part(k);
    };
    return { run: alone, drop: () => {}, dropWith: () => {} };
  }
  const names = shared.map(({ name }) => name);
  const id = pool.add({ module, memory, scratches, names });
  return {
    run: (action, part) => {
      const region = shared.indexOf(action);
      return () => pool.run(id, region, action.count, action.nanoseconds, part);
    },
    drop: () => pool.drop(id),
    dropWith: (user) => pool.dropWith(user, id),
  };
}

/** Runs the op's own `eval` on views of the memory, and writes what it returns. */
function hostStep({ node, ...step }: HostStep, space: Space): () => void {
  const types = node.outputs.map((y) => y.type);
  const programNode: ProgramNode = { apply: node, inputs: [], outputs: [], types, released: [] };
  const inputs = step.inputs.map((lazy) => space.viewOf(lazy));
  const targets = step.outputs.map((buffer, j) => space.dense(buffer, known(types[j]!.shape)));
  return () => {
    evaluateNode(programNode, inputs).forEach((value, j) => assign(targets[j]!, value));
  };
}

function known(shape: readonly (number | null)[]): readonly number[] {
  return shape.map((size) => size ?? 0);
}
