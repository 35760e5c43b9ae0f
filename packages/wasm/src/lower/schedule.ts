import type { Buffer, Statement } from '@cotangent/loops';
import type { Tensor } from '@cotangent/tensor';
import type { Apply, Input, Variable } from '@cotangent/graph';
import type { Group } from './group.ts';
import { lowerInner } from './inner.ts';
import { inMemory } from './lazy.ts';
import type { Lazy } from './lazy.ts';
import { Resources } from './resources.ts';
import { Scheduler } from './scheduler.ts';
import { knownShape } from './types.ts';

/** One step of a schedule: a loop nest, ready statements, or an op evaluated in JavaScript. */
export type Step =
  | { readonly kind: 'loops'; readonly group: Group }
  | {
      readonly kind: 'statements';
      readonly name: string;
      readonly statements: readonly Statement[];
    }
  | HostStep;

/** An op without a lowering runs its own `eval` on views of the memory. */
export interface HostStep {
  readonly kind: 'host';
  readonly node: Apply;
  readonly inputs: readonly Lazy[];
  readonly outputs: readonly Buffer[];
}

/** A constant that lives in memory. */
export interface ResidentConstant {
  readonly buffer: Buffer;
  readonly value: Tensor;
}

/** A graph of known shapes as steps over buffers. */
export interface Schedule {
  readonly steps: readonly Step[];
  readonly inputs: readonly Buffer[];
  readonly constants: readonly ResidentConstant[];
  /** Views of memory with the results. */
  readonly outputs: readonly Lazy[];
  /** Elements of each buffer. */
  readonly sizes: ReadonlyMap<Buffer, number>;
}

/**
 * Lays out a graph in which every shape is known: producers inside the loops of their consumers, several
 * results in one loop, views as index maps.
 *
 * @param nodes - in an order in which every node comes after those it needs.
 */
export function schedule(
  inputs: readonly Input[],
  nodes: readonly Apply[],
  outputs: readonly Variable[],
): Schedule {
  const resources = new Resources();
  const scheduler = new Scheduler(resources, lowerInner, nodes, outputs);
  const buffers = inputs.map((x) => {
    const made = resources.buffer(x.dtype, knownShape(x), 'in');
    scheduler.bind(x, inMemory(made, knownShape(x)));
    return made;
  });
  scheduler.lower(nodes);
  const results = outputs.map((y) => scheduler.inView(y));
  const { steps } = scheduler;
  return {
    steps,
    inputs: buffers,
    constants: resources.constants,
    outputs: results,
    sizes: resources.sizes,
  };
}

/** The statements of a step that is not an op evaluated in JavaScript. */
export function statementsOf(step: Step): readonly Statement[] {
  if (step.kind === 'host') throw new Error(`wasm: ${step.node.op.name} has no statements`);
  return step.kind === 'loops' ? step.group.statements() : step.statements;
}
