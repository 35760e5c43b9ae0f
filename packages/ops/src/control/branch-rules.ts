import { Input, InnerGraph, isNull, isVariable, tensorType, zero } from '@cotangent/graph';
import type { BatchContext, BatchEntry, RuleContext, Tangent, Variable } from '@cotangent/graph';
import { batchOf, batched } from '../batch.ts';
import { castTo } from '../cast.ts';
import { floatZerosLike } from '../shape/broadcast.ts';
import { whole } from '../shape/whole.ts';
import { branchesOn } from './branch-parts.ts';
import type { BranchAttrs, BranchBuilder } from './branch-parts.ts';

type Context = RuleContext<number, number, BranchAttrs>;

/** x̄ of both branches under the same condition; in a branch that does not reach an input it is 0. */
export function branchPullback(
  yBars: readonly Tangent[],
  context: Context,
  build: BranchBuilder,
): readonly Tangent[] {
  const { inputs, attrs, engine, needs } = context;
  const [condition, ...xs] = inputs;
  const graphs = branchesOn(attrs, xs);
  const own = graphs[0].inputs;
  const present = yBars.flatMap((yBar, j) => (isVariable(yBar) ? [j] : []));
  const bars = present.map((j) => floatInput(graphs[0].outputs[j]!, yBars[j]!));
  const asked = xs.flatMap((_, i) => (needs[i + 1] === true ? [i] : []));
  const terms = graphs.map(({ inputs: inner, outputs }) =>
    engine.pullback(
      present.map((j) => outputs[j]!),
      bars,
      asked.map((i) => inner[i]!),
    ),
  );
  const outside = present.map((j) => yBars[j]!).filter(isVariable);
  const like = asked.map((i) => own[i]!);
  const operands = [condition!, ...xs, ...outside];
  const results = differentiated(terms, [like, like], [...own, ...bars], operands, build);
  return [zero, ...xs.map((_, i) => results[asked.indexOf(i)] ?? zero)];
}

/** ẏ of both branches under the same condition. */
export function branchPushforward(
  xDots: readonly Tangent[],
  context: Context,
  build: BranchBuilder,
): readonly Tangent[] {
  const { inputs, attrs, engine } = context;
  const graphs = branchesOn(attrs, inputs.slice(1));
  const own = graphs[0].inputs;
  const moved = xDots.slice(1).flatMap((xDot, i) => (isVariable(xDot) ? [i] : []));
  const dots = moved.map((i) => floatInput(own[i]!, xDots[i + 1]!));
  const tangents = graphs.map((graph) =>
    engine.pushforward(
      graph.outputs,
      moved.map((i) => graph.inputs[i]!),
      dots,
    ),
  );
  const outside = moved.map((i) => xDots[i + 1]!).filter(isVariable);
  const like = graphs.map((graph) => graph.outputs);
  return differentiated(tangents, like, [...own, ...dots], [...inputs, ...outside], build);
}

function floatInput(like: Variable, tangent: Tangent): Input {
  const dtype = isVariable(tangent) ? tangent.dtype : like.dtype;
  return new Input(tensorType(dtype, like.shape), like.name);
}

/**
 * Derivatives of the branches as branches of a new node: zeros where one has none. Where one does not exist,
 * it does not exist for the whole.
 *
 * @param like - for each branch and each derivative, what the derivative has the shape of.
 * @param inputs - of the new branches; `operands` are their values, behind the condition.
 */
function differentiated(
  branches: readonly (readonly Tangent[])[],
  like: readonly (readonly Variable[])[],
  inputs: readonly Input[],
  operands: readonly Variable[],
  build: BranchBuilder,
): readonly Tangent[] {
  const [first, second] = [branches[0]!, branches[1]!];
  const isLive = (k: number): boolean =>
    !branches.some((list) => isNull(list[k])) && branches.some((list) => isVariable(list[k]));
  const live = first.flatMap((_, k) => (isLive(k) ? [k] : []));
  if (live.length === 0) return first.map((_, k) => [first[k]!, second[k]!].find(isNull) ?? zero);
  const graphs = branches.map((list, branch) => {
    const others = branches[1 - branch]!;
    const outputs = live.map((k) => orZeros(list[k]!, others[k]!, like[branch]![k]!));
    return new InnerGraph(inputs, outputs);
  });
  const results = build(operands, { whenTrue: graphs[0]!, whenFalse: graphs[1]! });
  return first.map((_, k): Tangent => {
    if (live.includes(k)) return results[live.indexOf(k)]!;
    return [first[k]!, second[k]!].find(isNull) ?? zero;
  });
}

function orZeros(tangent: Tangent, other: Tangent, like: Variable): Variable {
  if (isVariable(tangent)) return tangent;
  const zeros = floatZerosLike(like);
  return isVariable(other) ? castTo(zeros, other.dtype) : zeros;
}

/** Both branches batched; not if the elements of the batch differ in the condition. */
export function batchBranches(
  [condition, ...entries]: readonly BatchEntry[],
  { node, attrs, vectorize }: BatchContext<BranchAttrs>,
  build: BranchBuilder,
): readonly BatchEntry[] | undefined {
  if (condition!.isBatched) return undefined;
  const like = batchOf(entries);
  const branches = branchesOn(attrs, node.inputs.slice(1));
  const inputs = branches[0].inputs.map((x, i) =>
    entries[i]!.isBatched
      ? new Input({ ...x.type, shape: [like.shape[0] ?? null, ...x.shape] }, x.name)
      : x,
  );
  const first = inputs.find((_, i) => entries[i]!.isBatched)!; // one is: the condition is not
  const graphs = branches.map((graph) => {
    const known = graph.inputs.map((x, i) => {
      return [x, { value: inputs[i]!, isBatched: entries[i]!.isBatched }] as const;
    });
    const outputs = vectorize(graph.outputs, new Map<Variable, BatchEntry>(known));
    return new InnerGraph(
      inputs,
      outputs.map((y) => whole(y, first)),
    );
  });
  const operands = [condition!.value, ...entries.map(({ value }) => value)];
  return build(operands, { whenTrue: graphs[0]!, whenFalse: graphs[1]! }).map(batched);
}
