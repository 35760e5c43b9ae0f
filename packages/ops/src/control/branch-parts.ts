import { InnerGraph } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { enclosed } from './capture.ts';

/** Attributes of the ifElse op: the branches, both on all inputs behind the condition. */
export type BranchAttrs = { readonly whenTrue: InnerGraph; readonly whenFalse: InnerGraph };

/** Builds the node: the condition and the operands of the branches. */
export type BranchBuilder = (
  operands: readonly Variable[],
  attrs: BranchAttrs,
) => readonly Variable[];

/** Both branches, first the one for true, as graphs of inputs of the types of `xs`: the same inputs. */
export function branchesOn(
  { whenTrue, whenFalse }: BranchAttrs,
  xs: readonly Variable[],
): readonly [InnerGraph, InnerGraph] {
  const types = xs.map(({ type }) => type);
  const [first, second] = [whenTrue.on(types), whenFalse.on(types)];
  return [first, new InnerGraph(first.inputs, second.applied(first.inputs))];
}

/** The node whose branches are the nodes of `own` beneath these outputs. */
export function enclosedBranches(
  condition: Variable,
  whenTrue: readonly Variable[],
  whenFalse: readonly Variable[],
  own: ReadonlySet<Apply>,
  build: BranchBuilder,
): readonly Variable[] {
  // Both are cut at the same variables, so that each is a graph of all of them.
  const cut = enclosed([...whenTrue, ...whenFalse], own);
  const count = whenTrue.length;
  return build([condition, ...cut.outside], {
    whenTrue: new InnerGraph(cut.inside, cut.outputs.slice(0, count)),
    whenFalse: new InnerGraph(cut.inside, cut.outputs.slice(count)),
  });
}
