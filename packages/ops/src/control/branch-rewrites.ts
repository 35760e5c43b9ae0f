import { InnerGraph, replace, rootsOf, withRecordedNodes } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { branchesOn, enclosedBranches } from './branch-parts.ts';
import type { BranchAttrs, BranchBuilder } from './branch-parts.ts';

/** ifElse(constant, a, b) = the branch; outputs that nothing needs and inputs that no branch needs are dropped. */
export function simplifyBranches(
  node: Apply,
  isUsed: readonly boolean[],
  build: BranchBuilder,
): readonly Variable[] | undefined {
  const [condition, ...xs] = node.inputs;
  const branches = branchesOn(node.attrs as BranchAttrs, xs); // defineOp made them
  const { inputs } = branches[0];
  if (condition?.kind === 'constant') {
    return branches[condition.value.item() === 0 ? 1 : 0].applied(xs);
  }
  const kept = node.outputs.flatMap((_, j) => (isUsed[j] === true ? [j] : []));
  const graphs = branches.map(({ outputs }) => kept.map((j) => outputs[j]!));
  const used = graphs.map((outputs) => new Set<Variable>(rootsOf(outputs)));
  const places = xs.flatMap((x, i) => {
    const isRead = used.some((roots) => roots.has(inputs[i]!));
    return isRead && xs.indexOf(x) === i ? [i] : [];
  });
  const isSame = kept.length === node.outputs.length && places.length === xs.length;
  if (isSame || kept.length === 0) return undefined;
  const [first, second] = graphs.map((list) => {
    const swaps = xs.map((x, i) => [inputs[i]!, inputs[xs.indexOf(x)]!] as const);
    const outputs = replace(list, new Map(swaps.filter(([from, to]) => from !== to)));
    return new InnerGraph(
      places.map((i) => inputs[i]!),
      outputs,
    );
  });
  const operands = [condition!, ...places.map((i) => xs[i]!)];
  const results = build(operands, { whenTrue: first!, whenFalse: second! });
  return node.outputs.map((y, j) => (isUsed[j] === true ? results[kept.indexOf(j)]! : y));
}

/** What only one branch needs, inside it. */
export function absorbIntoBranches(
  node: Apply,
  onlyFor: (positions: readonly number[]) => readonly Apply[],
  build: BranchBuilder,
): readonly Variable[] | undefined {
  const [condition, ...xs] = node.inputs;
  const branches = branchesOn(node.attrs as BranchAttrs, xs); // defineOp made them
  const reads = branches.map(({ inputs, outputs }) => {
    const roots = new Set<Variable>(rootsOf(outputs));
    return xs.flatMap((_, i) => (roots.has(inputs[i]!) ? [i] : []));
  });
  const own = reads.flatMap((positions, branch) =>
    onlyFor(positions.filter((i) => !reads[1 - branch]!.includes(i)).map((i) => i + 1)),
  );
  if (own.length === 0) return undefined;
  const { value, nodes } = withRecordedNodes(() => branches.map((graph) => graph.applied(xs)));
  return enclosedBranches(condition!, value[0]!, value[1]!, new Set([...own, ...nodes]), build);
}
