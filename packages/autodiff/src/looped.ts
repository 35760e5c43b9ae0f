import { isFloat, views, assign, zerosTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { Input, applyOp, connectionPatternOf, defineOp, isVariable } from '@cotangent/graph';
import type { Apply, BatchEntry, OpFunction, OpSpec, TensorType, Variable } from '@cotangent/graph';
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

/** The op on one element; what is not batched stays as it is. */
function onOneElement(node: Apply, isBatched: readonly boolean[], xs: readonly Variable[]): Apply {
  const elements = xs.map((x, i) =>
    isBatched[i] ? new Input({ ...x.type, shape: x.shape.slice(1) }) : x,
  );
  return applyOp(node.op, elements, node.attrs);
}

/**
 * The op on one element, its inputs all apart from each other: given ones may repeat or depend on one
 * another, and then a derivative by one of them would include that by the others.
 */
function onSeparateInputs(
  node: Apply,
  isBatched: readonly boolean[],
  xs: readonly Variable[],
): Apply {
  const separate = xs.map((x, i) => {
    if (isBatched[i]) return new Input({ ...x.type, shape: x.shape.slice(1) });
    return x.kind === 'constant' && !isFloat(x.dtype) ? x : new Input(x.type); // shapes stay known
  });
  return applyOp(node.op, separate, node.attrs);
}

function rulesOf(
  node: Apply,
  isBatched: readonly boolean[],
  batchGraph: BatchGraph,
): Pick<LoopSpec, 'pullback' | 'pushforward'> {
  const isFixed = isBatched.map((is) => !is);
  return {
    pullback: (yBars, { inputs, engine }) => {
      const one = onSeparateInputs(node, isBatched, inputs);
      const bars = one.outputs.map(floatLike);
      const terms = engine.pullback(one.outputs, bars, one.inputs);
      const batches = pairs(
        [...batchedOf(one.inputs, isBatched), ...bars],
        [...batchedOf(inputs, isBatched), ...yBars],
      );
      const kept = pairs(batchedOf(one.inputs, isFixed), batchedOf(inputs, isFixed));
      const whole = batchGraph(terms.filter(isVariable), batches, kept).values();
      return terms.map((term, i) => {
        if (!isVariable(term)) return term;
        const all = whole.next().value ?? term;
        return isBatched[i] ? all : sumLike(all, inputs[i]!);
      });
    },
    pushforward: (xDots, { inputs, engine }) => {
      const one = onSeparateInputs(node, isBatched, inputs);
      const dots = one.inputs.map(floatLike);
      const tangents = engine.pushforward(one.outputs, one.inputs, dots);
      const [from, to] = [
        [...one.inputs, ...dots],
        [...inputs, ...xDots],
      ];
      const [batched, fixed] = [
        [...isBatched, ...isBatched],
        [...isFixed, ...isFixed],
      ];
      const batches = pairs(batchedOf(from, batched), batchedOf(to, batched));
      const kept = pairs(batchedOf(from, fixed), batchedOf(to, fixed));
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
  const on = (elementOf: (x: Tensor) => Tensor): readonly Tensor[] =>
    node.op.eval(
      xs.map((x, i) => (isBatched[i] ? elementOf(x) : x)),
      node.attrs,
      elementTypes,
    );
  const results = Array.from({ length: count }, (_, b) => on((x) => views.slice(x, [b])));
  // Of an empty batch an element of zeros tells the shapes.
  const like = results[0] ?? on((x) => zerosTensor(x.shape.slice(1), x.dtype));
  return types.map((type, j) => {
    const stacked = zerosTensor([count, ...like[j]!.shape], type.dtype);
    results.forEach((result, b) => assign(views.slice(stacked, [b]), result[j]!));
    return stacked;
  });
}
