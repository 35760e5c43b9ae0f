import type { Apply } from './apply.ts';
import type { Constant, Input, Variable } from './variable.ts';

/** Walks so far: each has a number of its own, which it leaves at the nodes that it meets. */
let walks = 0;

/**
 * The apply nodes that `outputs` are computed from, each after the nodes it needs. Iterative, so that
 * depth is only a matter of memory; deterministic: depth first, inputs from the left.
 *
 * @param options.stop - variables taken as given: the nodes behind them are left out.
 */
export function topologicalNodes(
  outputs: readonly Variable[],
  options: { readonly stop?: ReadonlySet<Variable> } = {},
): readonly Apply[] {
  const stop = options.stop?.size === 0 ? undefined : options.stop;
  const walk = ++walks;
  const order: Apply[] = [];
  const stack: Apply[] = [];
  /** For each node on the stack, how many of its inputs were looked at. */
  const next: number[] = [];
  const push = (x: Variable): void => {
    if (x.kind !== 'result' || x.owner.lastWalk === walk || stop?.has(x) === true) return;
    x.owner.lastWalk = walk;
    stack.push(x.owner);
    next.push(0);
  };
  for (const y of outputs) {
    push(y);
    while (stack.length > 0) {
      const top = stack.length - 1;
      const node = stack[top]!;
      if (next[top]! < node.inputs.length) push(node.inputs[next[top]!++]!);
      else {
        order.push(node);
        stack.pop();
        next.pop();
      }
    }
  }
  return order;
}

/**
 * The inputs and constants that `outputs` depend on, in the order in which they are first met.
 *
 * @param options.stop - variables taken as given: what they depend on is left out.
 */
export function rootsOf(
  outputs: readonly Variable[],
  options: { readonly stop?: ReadonlySet<Variable> } = {},
): readonly (Input | Constant)[] {
  const roots = new Set<Input | Constant>();
  const meet = (x: Variable): void => {
    if (x.kind !== 'result') roots.add(x);
  };
  for (const node of topologicalNodes(outputs, options)) node.inputs.forEach(meet);
  outputs.forEach(meet);
  return [...roots];
}

/** Every variable that `outputs` depend on, themselves included, each after those it needs. */
export function ancestorsOf(outputs: readonly Variable[]): readonly Variable[] {
  const found = new Set<Variable>();
  for (const node of topologicalNodes(outputs)) {
    for (const x of node.inputs) found.add(x);
    for (const y of node.outputs) found.add(y);
  }
  for (const y of outputs) found.add(y);
  return [...found];
}
