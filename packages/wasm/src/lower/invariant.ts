import type { Apply, Variable } from '@cotangent/graph';
import { isStructural } from './structural.ts';

/** The nodes of an inner graph: those to run once before, those to run each time, and what passes between. */
export interface Split {
  readonly before: readonly Apply[];
  readonly each: readonly Apply[];
  /** Results of `before` that `each` or the outputs need. */
  readonly kept: readonly Variable[];
}

/**
 * Divides the nodes by whether they depend on fixed inputs and constants alone. Views cost nothing and
 * stay where they are used, but for operands of matrix products, which read a dense copy faster.
 */
export function splitInvariant(
  fixed: ReadonlySet<Variable>,
  nodes: readonly Apply[],
  outputs: readonly Variable[],
): Split {
  const invariant = new Set<Variable>(fixed);
  const isFixed = (x: Variable): boolean => x.kind === 'constant' || invariant.has(x);
  const steady = nodes.filter((node) => {
    if (fixed.size === 0 || !node.inputs.every(isFixed)) return false;
    for (const y of node.outputs) invariant.add(y);
    return true;
  });
  const candidates = new Set(steady);
  const factors = new Set(
    nodes.flatMap((node) =>
      node.op.name === 'matmul' && !candidates.has(node) ? node.inputs : [],
    ),
  );
  const before = new Set<Apply>();
  const need: Apply[] = steady.filter(
    (node) => !isStructural(node) || node.outputs.some((y) => factors.has(y)),
  );
  // What a node of `before` is made of is computed before, too.
  for (let node = need.pop(); node !== undefined; node = need.pop()) {
    if (before.has(node)) continue;
    before.add(node);
    for (const x of node.inputs) if (x.kind === 'result') need.push(x.owner);
  }
  const each = nodes.filter((node) => !before.has(node));
  const wanted = new Set<Variable>([...each.flatMap((node) => node.inputs), ...outputs]);
  const kept = [...before].flatMap((node) => node.outputs).filter((y) => wanted.has(y));
  return { before: nodes.filter((node) => before.has(node)), each, kept };
}
