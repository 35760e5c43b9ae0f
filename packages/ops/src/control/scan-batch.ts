import { InnerGraph, Input } from '@cotangent/graph';
import type { BatchContext, BatchEntry, Variable } from '@cotangent/graph';
import { moveAxis } from '../shape/transpose.ts';
import { batchOf, batched, unbatched } from '../batch.ts';
import { whole } from '../shape/whole.ts';
import { partsOf, splitInputs, splitOutputs, splitStep } from './scan-parts.ts';
import type { ScanAttrs, ScanBuilder } from './scan-parts.ts';

/**
 * The loop over a batch at once: its step batched. Not if the elements of the batch differ in the number of
 * steps.
 */
export function scanBatch(
  entries: readonly BatchEntry[],
  { node, attrs, vectorize }: BatchContext<ScanAttrs>,
  build: ScanBuilder,
): readonly BatchEntry[] | undefined {
  const given = splitInputs(entries, attrs);
  if (given.length.isBatched || given.limit?.isBatched === true) return undefined;
  const like = batchOf(entries);
  const parts = partsOf(node.inputs, attrs);
  const inner = splitStep(parts.step.inputs, attrs);
  const isBatchedState = given.states.map(({ isBatched }) => isBatched);
  const inputFor = (x: Input, isBatched: boolean): Input =>
    isBatched ? new Input({ ...x.type, shape: [like.shape[0] ?? null, ...x.shape] }, x.name) : x;
  const attempt = () => {
    const flags = [
      ...given.sequences.map(({ isBatched }) => isBatched),
      ...isBatchedState,
      ...given.constants.map(({ isBatched }) => isBatched),
    ];
    const all = [...inner.sequences, ...inner.states, ...inner.constants];
    const inputs = all.map((x, k) => inputFor(x, flags[k]!));
    const known = inputs.map((value, k) => [all[k]!, { value, isBatched: flags[k]! }] as const);
    return { inputs, outputs: vectorize(parts.step.outputs, new Map<Variable, BatchEntry>(known)) };
  };
  let { inputs, outputs } = attempt();
  // A state that starts the same for all may differ after a step: then it is batched from the start.
  for (;;) {
    const late = isBatchedState.findIndex((is, m) => !is && outputs[m]!.isBatched);
    if (late < 0) break;
    isBatchedState[late] = true;
    ({ inputs, outputs } = attempt());
  }
  const results = splitOutputs(outputs, attrs);
  if (results.last?.isBatched === true) return undefined;
  const first = splitStep(inputs, attrs).states;
  const result = build({
    ...parts,
    step: new InnerGraph(inputs, [
      ...results.states.map((y, m) => (isBatchedState[m] ? repeated(y, first[m]!) : y.value)),
      ...results.stacked.map(({ value }) => value),
      ...(results.last === undefined ? [] : [results.last.value]),
    ]),
    sequences: given.sequences.map(({ value, isBatched }) =>
      isBatched ? moveAxis(value, 0, 1) : value,
    ),
    initial: given.states.map((x, m) => (isBatchedState[m] ? whole(x, like) : x.value)),
    constants: given.constants.map(({ value }) => value),
    length: given.length.value,
    limit: given.limit?.value,
  });
  return [
    ...result.finals.map((y, m) => (isBatchedState[m] ? batched(y) : unbatched(y))),
    ...result.stacked.map((y, j) =>
      results.stacked[j]!.isBatched ? batched(moveAxis(y, 1, 0)) : unbatched(y),
    ),
    ...(result.count === undefined ? [] : [unbatched(result.count)]),
  ];
}

/** The new value of a batched state, which may itself be the same for all. */
function repeated(y: BatchEntry, state: Variable): Variable {
  return whole(y, state);
}
