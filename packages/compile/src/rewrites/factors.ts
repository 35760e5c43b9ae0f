import { rebuild } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { mul, neg } from '@cotangent/ops';
import { nodeOf } from './facts.ts';

/** What a factor becomes, `'one'` if it goes; `undefined` if it is not the one that is looked for. */
export type Meeting = (factor: Variable) => Variable | 'one' | undefined;

// How far down a tree of products factors are looked for.
const deepest = 4;

/** A product with one of its factors replaced; undefined if none meets what is looked for. */
export function replaceFactor(
  product: Variable,
  meet: Meeting | undefined,
  depth: number = deepest,
): Variable | 'one' | undefined {
  const found = meet?.(product);
  if (found !== undefined || meet === undefined || depth === 0) return found;
  const node = nodeOf(product, mul) ?? nodeOf(product, neg);
  if (node === undefined) return undefined;
  for (let i = 0; i < node.inputs.length; i++) {
    const changed = replaceFactor(node.inputs[i]!, meet, depth - 1);
    if (changed === undefined) continue;
    if (changed !== 'one') return rebuild(node, node.inputs.with(i, changed)).outputs[0]!;
    if (node.op === mul.op) return node.inputs[1 - i]!;
  }
  return undefined;
}
