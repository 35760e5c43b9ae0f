import { isFloat, views, assign, zerosTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { Input, applyOp, connectionPatternOf, defineOp, isVariable } from '@cotangent/graph';
import type {
  Apply,
  BatchEntry,
  OpFunction,
  OpSpec,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { sumLike } from '@cotangent/ops';

/** Batches a graph, repeating what does not depend on the batch; given by the caller, which this serves. */
export type BatchGraph = (
  outputs: readonly Variable[],
  batches: ReadonlyMap<Variable, Variable>,
  fixed: ReadonlyMap<Variable, Variable>,
) => readonly Variable[];

type LoopSpec = OpSpec<number, number, object>;

/**
 * The node on a batch, one element after the other: for ops without a batching rule. Its own rules are
 * those of the op, batched in turn, so it differentiates to any order.
 */
export function loopedOver(
  node: Apply,
  inputs: readonly BatchEntry[],
  batchGraph: BatchGraph,
): readonly BatchEntry[] {
  const isBatched = inputs.map((entry) => entry.isBatched);
  const looped: OpFunction<number, number> = defineOp<number, number>(
    `each(${node.op.name})`,
    { inputs: 'variadic', outputs: 'variadic' },
    {
      infer: (types, _, xs) => inferEach(node, isBatched, types, xs),
      connectionPattern: connectionPatternOf(node),
      ...rulesOf(node, isBatched, batchGraph),
      eval: (xs, _, types) => evaluateEach(node, isBatched, xs, types),
    },
  );
  return looped(inputs.map(({ value }) => value)).map((value) => ({ value, isBatched: true }));
}

function inferEach(
  node: Apply,
  isBatched: readonly boolean[],
  types: readonly TensorType[],
  xs: readonly Variable[],
): readonly TensorType[] {
  const count = types.find((_, i) => isBatched[i])?.shape[0] ?? null;
  return onOneElement(node, isBatched, xs).outputs.map((y) => ({
    ...y.type,
    shape: [count, ...y.shape],
  }));
}

/** The op applied to fresh inputs of the types of one element; what is not batched stays. */
function onOneElement(node: Apply, isBatched: readonly boolean[], xs: readonly Variable[]): Apply {
  const elements = xs.map((x, i) =>
    isBatched[i] ? new Input({ ...x.type, shape: x.shape.slice(1) }) : x,
  );
  return applyOp(node.op, elements, node.attrs);
}

function rulesOf(
  node: Apply,
  isBatched: readonly boolean[],
  batchGraph: BatchGraph,
): Pick<LoopSpec, 'pullback' | 'pushforward'> {
  return {
    pullback: (yBars, { inputs, engine }) => {
      const one = onOneElement(node, isBatched, inputs);
      const bars = one.outputs.map(floatLike);
      const terms = engine.pullback(one.outputs, bars, one.inputs);
      const batches = pairs([...batchedOf(one.inputs, isBatched), ...bars], [
        ...batchedOf(inputs, isBatched),
        ...yBars,
      ]);
      const whole = batchGraph(terms.filter(isVariable), batches, new Map()).values();
      return terms.map((term, i) => {
        if (!isVariable(term)) return term;
        const all = whole.next().value ?? term;
        return isBatched[i] ? all : sumLike(all, inputs[i]!);
      });
    },
    pushforward: (xDots, { inputs, engine }) => {
      const one = onOneElement(node, isBatched, inputs);
      const dots = one.inputs.map(floatLike);
      const tangents = engine.pushforward(one.outputs, one.inputs, dots);
      const fixed = isBatched.map((is) => !is);
      const batches = pairs(
        [...batchedOf(one.inputs, isBatched), ...batchedOf(dots, isBatched)],
        [...batchedOf(inputs, isBatched), ...batchedOf(xDots, isBatched)],
      );
      const kept = pairs(batchedOf(dots, fixed), batchedOf(xDots, fixed));
      const whole = batchGraph(tangents.filter(isVariable), batches, kept).values();
      return tangents.map((tangent) =>
        isVariable(tangent) ? (whole.next().value ?? tangent) : tangent,
      );
    },
  };
}

function batchedOf(xs: readonly Variable[], isBatched: readonly boolean[]): readonly Variable[] {
  return xs.filter((_, i) => isBatched[i]);
}

function pairs(
  from: readonly Variable[],
  to: readonly Variable[],
): ReadonlyMap<Variable, Variable> {
  return new Map(from.map((x, i) => [x, to[i]!] as const));
}

function floatLike(x: Variable): Input {
  return new Input({ ...x.type, dtype: isFloat(x.dtype) ? x.dtype : 'float64' });
}

function evaluateEach(
  node: Apply,
  isBatched: readonly boolean[],
  xs: readonly Tensor[],
  types: readonly TensorType[],
): readonly Tensor[] {
  const count = xs.find((_, i) => isBatched[i])?.shape[0] ?? 0;
  const elementTypes = types.map((type) => ({ ...type, shape: type.shape.slice(1) }));
  const results = Array.from({ length: count }, (_, b) => {
    const elements = xs.map((x, i) => (isBatched[i] ? views.slice(x, [b]) : x));
    return node.op.eval(elements, node.attrs, elementTypes);
  });
  return types.map((type, j) => {
    const shape = results[0]?.[j]?.shape ?? type.shape.slice(1).map((size) => size ?? 0);
    const stacked = zerosTensor([count, ...shape], type.dtype);
    results.forEach((result, b) => assign(views.slice(stacked, [b]), result[j]!));
    return stacked;
  });
}
