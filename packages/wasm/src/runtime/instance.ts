import { evaluateNode } from '@cotangent/compile';
import type { ProgramNode, Ready } from '@cotangent/compile';
import { assign, copy } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import type { HostStep } from '../lower/schedule.ts';
import type { Blueprint } from './blueprint.ts';
import { isRefusal, memoryOf, trapped } from './engine.ts';
import type { Engine } from './engine.ts';
import { Space } from './space.ts';

/** A module with a memory of its own. */
export interface Instance extends Ready {
  readonly memory: ArrayBuffer;
}

/** What an instance is for. */
export interface InstanceSettings {
  readonly isPlaced: readonly boolean[];
  /** Called at each run. */
  readonly used: () => void;
  /** Evaluates inputs that the module refuses op by op: says what is wrong with them, or what the results are. */
  readonly evaluate: (inputs: readonly Tensor[]) => readonly Tensor[];
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
  { isPlaced, used, evaluate }: InstanceSettings,
): Instance {
  const { schedule, shapes, addresses, actions } = blueprint;
  const memory = memoryOf(engine, blueprint.pages);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const space = new Space(memory, addresses);
  for (const { buffer, value } of schedule.constants)
    assign(space.dense(buffer, value.shape), value);
  const runs = actions.map((action) =>
    action.kind === 'host' ? hostStep(action, space) : driverOf(exports, action.name),
  );
  const inputs = schedule.inputs.map((buffer, i) => space.dense(buffer, shapes[i]!));
  const run = runs.length === 1 ? runs[0]! : (): void => runAll(runs);
  const outputs = schedule.outputs.map((lazy) => space.viewOf(lazy));
  const fallBack = (): void => {
    // A result may be a view of what another one is about to overwrite.
    const values = evaluate(inputs).map(copy);
    values.forEach((value, i) => assign(outputs[i]!, value));
  };
  return { memory: memory.buffer, inputs, isPlaced, outputs, run: guarded(used, run, fallBack) };
}

/** A run that leaves inputs that the module refuses to evaluation. */
function guarded(used: () => void, run: () => void, fallBack: () => void): () => void {
  return () => {
    used();
    try {
      run();
    } catch (error) {
      if (!isRefusal(error)) throw trapped(error);
      fallBack();
    }
  };
}

function runAll(runs: readonly (() => void)[]): void {
  for (let k = 0; k < runs.length; k++) runs[k]!();
}

function driverOf(exports: WebAssembly.Exports, name: string): () => void {
  const found = exports[name];
  if (typeof found !== 'function') throw new Error(`wasm: the module does not export ${name}`);
  return found as () => void; // emitted without parameters and results
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
