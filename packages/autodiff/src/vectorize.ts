import {
  ArgumentTypeError,
  ShapeError,
  applyOp,
  formatShape,
  isVariable,
  shapesConflict,
  topologicalNodes,
} from '@cotangent/graph';
import type { Apply, BatchEntry, Variable } from '@cotangent/graph';
import { broadcastTo, concatenate, expandDims, shapeAt, shapeVectorOf } from '@cotangent/ops';
import { loopedOver } from './looped.ts';

/**
 * The graph of `outputs` for a whole batch at once: each variable of `batches` is replaced by one that
 * has the batch as a new leading axis, and so has every result. Ops with a batching rule, elementwise
 * ones among them, stay single ops; the others are evaluated element by element.
 *
 * @param batches - variable ↦ the batched variable to put in its place: the same dtype, one more axis
 *   in front; all with the same number of elements along it.
 * @returns one variable per output, the batch in front; outputs that do not depend on `batches` are
 *   repeated.
 * @throws ShapeError if a replacement does not have the shape of its variable after the first axis;
 *   ArgumentTypeError if `batches` is empty or holds anything but variables.
 * @example
 * // per-example gradients: X is [n, k], one row for each example
 * const [perExample] = vectorize([grad(loss(w, x), w)], new Map([[x, X]])); // [n, …w.shape]
 */
export function vectorize(
  outputs: readonly Variable[],
  batches: ReadonlyMap<Variable, Variable>,
): readonly Variable[] {
  for (const [x, xs] of batches) checkBatch(x, xs);
  if (batches.size === 0) {
    throw new ArgumentTypeError('vectorize: there is nothing to batch over', {
      code: 'VECTORIZE_NO_BATCH',
      hint: 'pass a Map with at least one variable and its batched replacement',
    });
  }
  return batchGraph(outputs, batches);
}

/** The outputs for the whole batch; those that do not depend on it are repeated. */
export function batchGraph(
  outputs: readonly Variable[],
  batches: ReadonlyMap<Variable, Variable>,
  fixed: ReadonlyMap<Variable, Variable> = new Map<Variable, Variable>(),
): readonly Variable[] {
  const [first] = batches.values();
  const entries = new Map<Variable, BatchEntry>();
  for (const [x, value] of fixed) entries.set(x, { value, isBatched: false });
  for (const [x, value] of batches) entries.set(x, { value, isBatched: true });
  return batchEntries(outputs, entries).map(({ value, isBatched }) =>
    isBatched || first === undefined ? value : repeated(value, first),
  );
}

function batchEntries(
  outputs: readonly Variable[],
  given: ReadonlyMap<Variable, BatchEntry>,
): readonly BatchEntry[] {
  const entries = new Map(given);
  const entryOf = (x: Variable): BatchEntry => entries.get(x) ?? { value: x, isBatched: false };
  for (const node of topologicalNodes(outputs, { stop: new Set(entries.keys()) })) {
    const inputs = node.inputs.map(entryOf);
    if (inputs.every(({ value }, i) => value === node.inputs[i])) continue;
    batchNode(node, inputs).forEach((entry, j) => {
      const y = node.outputs[j]!;
      if (!entries.has(y)) entries.set(y, entry);
    });
  }
  return outputs.map(entryOf);
}

function batchNode(node: Apply, inputs: readonly BatchEntry[]): readonly BatchEntry[] {
  const { op, attrs } = node;
  if (!inputs.some(({ isBatched }) => isBatched)) {
    const values = inputs.map(({ value }) => value);
    return applyOp(op, values, attrs).outputs.map((value) => ({ value, isBatched: false }));
  }
  if (op.elementwise !== undefined) {
    const aligned = inputs.map((entry) => alignedTo(entry, node.outputs[0]!.rank));
    return applyOp(op, aligned, attrs).outputs.map((value) => ({ value, isBatched: true }));
  }
  return (
    op.batch?.(inputs, { node, attrs, vectorize: batchEntries }) ??
    loopedOver(node, inputs, batchGraph)
  );
}

/** Axes of size 1 behind the batch, so that the elements broadcast as they did one by one. */
function alignedTo({ value, isBatched }: BatchEntry, rank: number): Variable {
  const missing = rank - (value.rank - 1);
  if (!isBatched || missing <= 0) return value;
  return expandDims(
    value,
    Array.from({ length: missing }, (_, k) => k + 1),
  );
}

function repeated(value: Variable, like: Variable): Variable {
  const count = like.shape[0] ?? null;
  if (count !== null && value.shape.every((size) => size !== null)) {
    return broadcastTo(value, [count, ...(value.shape as readonly number[])]);
  }
  return broadcastTo(value, concatenate([expandDims(shapeAt(like, 0), 0), shapeVectorOf(value)]));
}

function checkBatch(x: unknown, xs: unknown): void {
  if (!isVariable(x) || !isVariable(xs)) {
    throw new ArgumentTypeError('vectorize: batches must map variables to variables', {
      code: 'VECTORIZE_NOT_A_VARIABLE',
      hint: 'pass new Map([[x, batchOfX]])',
    });
  }
  if (
    x.dtype === xs.dtype &&
    xs.rank === x.rank + 1 &&
    !shapesConflict(xs.shape.slice(1), x.shape)
  ) {
    return;
  }
  throw new ShapeError(`vectorize: ${xs.toString()} is not a batch of ${x.toString()}`, {
    code: 'VECTORIZE_SHAPE',
    hint: `it needs dtype ${x.dtype} and shape [batch, …${formatShape(x.shape)}]`,
    data: { variable: x.type, batch: xs.type },
  });
}
