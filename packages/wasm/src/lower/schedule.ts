import type { Apply, Input, Variable } from '@cotangent/graph';
import { lowerInner } from './inner.ts';
import { inBlocks } from './blocked.ts';
import { inMemory } from './lazy.ts';
import { Resources } from './resources.ts';
import { Scheduler } from './scheduler.ts';
import type { Schedule } from './steps.ts';
import { knownShape } from './types.ts';

export type { HostStep, ResidentConstant, Schedule, Step } from './steps.ts';

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
  return {
    steps: inBlocks(scheduler.steps),
    inputs: buffers,
    constants: resources.constants,
    outputs: results,
    sizes: resources.sizes,
  };
}
