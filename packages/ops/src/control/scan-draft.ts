import { Input, InnerGraph, replace } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { splitOutputs, splitStep } from './scan-parts.ts';
import type { ScanAttrs, ScanBuilder, ScanParts } from './scan-parts.ts';

/** An input of the step and what it stands for. */
export interface Bound {
  readonly inner: Input;
  readonly outer: Variable;
}

/** A scan that is being simplified. */
export interface Draft {
  readonly sequences: readonly Bound[];
  readonly states: readonly (Bound & { readonly next: Variable; readonly place: number })[];
  readonly constants: readonly Bound[];
  readonly stacked: readonly { readonly y: Variable; readonly place: number }[];
  readonly condition: Variable | undefined;
  /** Outputs of the node that are known without it, by their places. */
  readonly settled: ReadonlyMap<number, Variable>;
}

export function draftOf(
  parts: ScanParts,
  attrs: ScanAttrs,
): { readonly draft: Draft; readonly isRetyped: boolean } {
  const { step } = parts;
  const inner = splitStep(step.inputs, attrs);
  const { states: next, stacked, last } = splitOutputs(step.outputs, attrs);
  const bound = (xs: readonly Input[], outer: readonly Variable[]): readonly Bound[] =>
    xs.map((x, i) => ({ inner: x, outer: outer[i]! }));
  const draft: Draft = {
    sequences: bound(inner.sequences, parts.sequences),
    states: bound(inner.states, parts.initial).map((s, m) => ({ ...s, next: next[m]!, place: m })),
    constants: bound(inner.constants, parts.constants),
    stacked: stacked.map((y, j) => ({ y, place: attrs.states + j })),
    condition: last,
    settled: new Map(),
  };
  return { draft, isRetyped: step !== attrs.step };
}

/** All outputs of the step, with some variables inside it replaced. */
export function swapped(draft: Draft, swaps: ReadonlyMap<Variable, Variable>): Draft {
  if (swaps.size === 0) return draft;
  const { states, stacked, condition } = draft;
  const outputs = replace(outputsOf(draft), swaps);
  return {
    ...draft,
    states: states.map((s, m) => ({ ...s, next: outputs[m]! })),
    stacked: stacked.map(({ place }, j) => ({ y: outputs[states.length + j]!, place })),
    condition: condition && outputs.at(-1),
  };
}

export function outputsOf({ states, stacked, condition }: Draft): readonly Variable[] {
  return [
    ...states.map(({ next }) => next),
    ...stacked.map(({ y }) => y),
    ...(condition === undefined ? [] : [condition]),
  ];
}

/** The node of the draft, and its results in the places of the original ones. */
export function rebuilt(
  node: Apply,
  parts: ScanParts,
  draft: Draft,
  isUsed: readonly boolean[],
  build: ScanBuilder,
): readonly Variable[] {
  const { sequences, states, constants, stacked, settled } = draft;
  const results = new Map(settled);
  if (states.length + stacked.length > 0 || (parts.until === true && isUsed.at(-1) === true)) {
    const inputs = [...sequences, ...states, ...constants];
    const made = build({
      ...parts,
      step: new InnerGraph(
        inputs.map(({ inner }) => inner),
        outputsOf(draft),
      ),
      sequences: sequences.map(({ outer }) => outer),
      initial: states.map(({ outer }) => outer),
      constants: constants.map(({ outer }) => outer),
    });
    states.forEach(({ place }, m) => {
      if (!results.has(place)) results.set(place, made.finals[m]!);
    });
    stacked.forEach(({ place }, j) => results.set(place, made.stacked[j]!));
    if (made.count !== undefined) results.set(node.outputs.length - 1, made.count);
  }
  return node.outputs.map((y, place) => results.get(place) ?? y);
}

/** The variables of the step that depend on elements or states. */
export function varyingIn(
  { sequences, states }: Draft,
  nodes: readonly Apply[],
): ReadonlySet<Variable> {
  const varying = new Set<Variable>([...sequences, ...states].map(({ inner }) => inner));
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((x) => varying.has(x))) outputs.forEach((y) => varying.add(y));
  }
  return varying;
}

/** Whether the loop certainly takes every one of its steps, and at least one. */
export function takesSteps({ length, sequences, until, limit }: ScanParts): boolean {
  const known = length.kind === 'constant' ? length.value.item() : (sequences[0]?.shape[0] ?? null);
  return until !== true && limit === undefined && known !== null && known > 0;
}

/** Variables of the step that depend on its constants alone, as variables around the loop. */
export function outside({ constants }: Draft, inside: readonly Variable[]): readonly Variable[] {
  const actual = constants.map(({ inner, outer }) => [inner, outer] as const);
  return replace(inside, new Map<Variable, Variable>(actual));
}

export function inputFor(x: Variable): Input {
  return new Input(x.type, x.name);
}
