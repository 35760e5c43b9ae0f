import { denseData, isFloat } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import type { Program, ProgramNode } from './program.ts';

/** A kind of number to look for. */
export type Test = (element: number) => boolean;

/** Whether an element of a floating tensor passes. */
export function hasElement(tensor: Tensor, test: Test): boolean {
  return isFloat(tensor.dtype) && denseData(tensor).some(test);
}

/**
 * The first node, in the order of execution, that made such an element from inputs without one, among
 * the nodes through which such elements reached some slots. `undefined` if all came in from outside.
 *
 * @param values - of every slot.
 */
export function originOf(
  program: Program,
  values: readonly (Tensor | undefined)[],
  slots: readonly number[],
  test: Test,
): ProgramNode | undefined {
  const producers = producersOf(program);
  const affected = memoized((slot) => {
    const value = values[slot];
    return value !== undefined && hasElement(value, test);
  });
  const seen = new Set<number>();
  const stack = slots.filter(affected);
  let first = Infinity;
  for (let slot = stack.pop(); slot !== undefined; slot = stack.pop()) {
    const index = producers[slot]!;
    if (index < 0 || seen.has(index)) continue;
    seen.add(index);
    const before = program.nodes[index]!.inputs.filter(affected);
    if (before.length === 0) first = Math.min(first, index);
    stack.push(...before);
  }
  return program.nodes[first];
}

/** For each slot the number of the node that writes it, −1 for inputs and constants. */
function producersOf({ nodes, slotCount }: Program): Int32Array {
  const producers = new Int32Array(slotCount).fill(-1);
  nodes.forEach(({ outputs }, index) => {
    for (const slot of outputs) producers[slot] = index;
  });
  return producers;
}

function memoized(test: (slot: number) => boolean): (slot: number) => boolean {
  const known = new Map<number, boolean>();
  return (slot) => {
    const answer = known.get(slot) ?? test(slot);
    known.set(slot, answer);
    return answer;
  };
}
