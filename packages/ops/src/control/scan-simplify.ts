import { views } from '@cotangent/tensor';
import {
  Constant,
  Input,
  InnerGraph,
  constant,
  isKnownShape,
  replace,
  rootsOf,
  sameShape,
  topologicalNodes,
} from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { broadcastTo } from '../shape/broadcast.ts';
import { joinedSizes, shapeVectorOf } from '../shape/shape.ts';
import { partsOf, splitOutputs, splitStep } from './scan-parts.ts';
import type { ScanAttrs, ScanBuilder, ScanParts } from './scan-parts.ts';

// Constants of so many elements become part of the step, where they fold with others.
const mostInlined = 64;
// Sequences of so many elements are looked at for equal elements.
const mostCompared = 4096;

/** An input of the step and what it stands for. */
interface Bound {
  readonly inner: Input;
  readonly outer: Variable;
}

/** A scan that is being simplified. */
interface Draft {
  readonly sequences: readonly Bound[];
  readonly states: readonly (Bound & { readonly next: Variable; readonly place: number })[];
  readonly constants: readonly Bound[];
  readonly stacked: readonly { readonly y: Variable; readonly place: number }[];
  readonly condition: Variable | undefined;
  /** Outputs of the node that are known without it, by their places. */
  readonly settled: ReadonlyMap<number, Variable>;
}

/**
 * Simplifies a loop: what is the same in every step is computed before it, what nothing needs is left out,
 * what is known of its inputs becomes known inside.
 */
export function simplifyScan(
  node: Apply,
  isUsed: readonly boolean[],
  build: ScanBuilder,
): readonly Variable[] | undefined {
  const attrs = node.attrs as ScanAttrs; // defineOp made them
  const parts = partsOf(node.inputs, attrs);
  const start = draftOf(parts, attrs);
  const rules: readonly ((draft: Draft) => Draft)[] = [
    inlineConstants,
    sequencesOfOneElement,
    steadyStates,
    (draft) => hoisted(draft, parts),
    (draft) => steadyResults(draft, parts),
    (draft) => withoutUnused(draft, isUsed),
    withoutRepeated,
  ];
  const end = rules.reduce((draft, rule) => rule(draft), start.draft);
  return end === start.draft && !start.isRetyped
    ? undefined
    : rebuilt(node, parts, end, isUsed, build);
}

function draftOf(
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
function swapped(draft: Draft, swaps: ReadonlyMap<Variable, Variable>): Draft {
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

function outputsOf({ states, stacked, condition }: Draft): readonly Variable[] {
  return [
    ...states.map(({ next }) => next),
    ...stacked.map(({ y }) => y),
    ...(condition === undefined ? [] : [condition]),
  ];
}

/** A small constant given to every step is a constant of the step. */
function inlineConstants(draft: Draft): Draft {
  const isInlined = ({ outer }: Bound): boolean =>
    outer.kind === 'constant' && outer.value.size <= mostInlined;
  const inlined = draft.constants.filter(isInlined);
  if (inlined.length === 0) return draft;
  const constants = draft.constants.filter((bound) => !isInlined(bound));
  return swapped(
    { ...draft, constants },
    new Map(inlined.map(({ inner, outer }) => [inner, outer])),
  );
}

/** A sequence whose elements are all equal is no sequence. */
function sequencesOfOneElement(draft: Draft): Draft {
  const elements = draft.sequences.map(({ outer }) => onlyElement(outer));
  if (elements.every((x) => x === undefined)) return draft;
  const found = draft.sequences.flatMap(({ inner }, k): readonly Bound[] => {
    const outer = elements[k];
    return outer === undefined ? [] : [{ inner, outer }];
  });
  return {
    ...draft,
    sequences: draft.sequences.filter((_, k) => elements[k] === undefined),
    constants: [...draft.constants, ...found],
  };
}

function onlyElement(x: Variable): Variable | undefined {
  const shape = x.shape.slice(1);
  if (x.kind === 'result' && x.owner.op === broadcastTo.op) {
    const [from] = x.owner.inputs;
    const isElement = from !== undefined && isKnownShape(shape) && sameShape(from.shape, shape);
    return isElement && from.type.weak === x.type.weak ? from : undefined;
  }
  if (x.kind !== 'constant' || x.value.size === 0 || x.value.size > mostCompared) return undefined;
  const { value } = x;
  const count = value.shape[0]!;
  const first = views.slice(value, [0]);
  const elements = first.toArray();
  for (let t = 1; t < count; t++) {
    if (!sameNested(views.slice(value, [t]).toArray(), elements)) return undefined;
  }
  const { type } = constant(first);
  return new Constant(x.type.weak === true ? { ...type, weak: true } : type, constant(first).value);
}

function sameNested(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b);
  return a.length === b.length && a.every((x: unknown, i) => sameNested(x, b[i]));
}

/** A state that no step changes is a constant, and what it is in the end is what it was. */
function steadyStates(draft: Draft): Draft {
  const isSteady = ({ inner, next }: Draft['states'][number]): boolean => inner === next;
  const steady = draft.states.filter(isSteady);
  if (steady.length === 0) return draft;
  const settled = new Map(draft.settled);
  for (const { outer, place } of steady) settled.set(place, outer);
  return {
    ...draft,
    states: draft.states.filter((s) => !isSteady(s)),
    constants: [...draft.constants, ...steady],
    settled,
  };
}

// Free where they are used: moved out of the loop only with what is made of them.
const viewOps: ReadonlySet<string> = new Set('transpose reshape broadcastTo flip slice'.split(' '));
const shapeOps: ReadonlySet<string> = new Set('shape shapeAt size dimensions'.split(' '));

/** What depends on constants alone is computed once, before the loop. */
function hoisted(draft: Draft, parts: ScanParts): Draft {
  const outputs = outputsOf(draft);
  const nodes = topologicalNodes(outputs);
  const varying = varyingIn(draft, nodes);
  const isSafe = ({ op }: Apply): boolean =>
    op.effect !== true &&
    (takesSteps(parts) ||
      op.elementwise !== undefined ||
      shapeOps.has(op.name) ||
      viewOps.has(op.name));
  const steady = new Set<Variable>();
  for (const node of nodes) {
    const isSteady = isSafe(node) && node.inputs.every((x) => x.kind !== 'result' || steady.has(x));
    if (isSteady && !node.outputs.some((y) => varying.has(y))) {
      node.outputs.forEach((y) => steady.add(y));
    }
  }
  const wanted = new Set<Variable>();
  const meet = (x: Variable): void => {
    if (steady.has(x)) wanted.add(x);
  };
  for (const node of nodes)
    if (!node.outputs.every((y) => steady.has(y))) node.inputs.forEach(meet);
  outputs.forEach(meet);
  for (const x of wanted) {
    if (x.kind !== 'result' || !viewOps.has(x.owner.op.name)) continue;
    wanted.delete(x);
    x.owner.inputs.forEach(meet); // a set goes through what is added meanwhile
  }
  if (wanted.size === 0) return draft;
  const inside = [...wanted];
  const found = outside(draft, inside).map((outer, k): Bound => ({
    inner: inputFor(inside[k]!),
    outer,
  }));
  const swaps = new Map<Variable, Variable>(inside.map((x, k) => [x, found[k]!.inner] as const));
  return swapped({ ...draft, constants: [...draft.constants, ...found] }, swaps);
}

/** What is stacked or left in the end without depending on the step. */
function steadyResults(draft: Draft, parts: ScanParts): Draft {
  if (!takesSteps(parts)) return draft;
  const varying = varyingIn(draft, topologicalNodes(outputsOf(draft)));
  const isSteady = (y: Variable): boolean => !varying.has(y);
  const ends = draft.states.filter(
    ({ next, place }) => isSteady(next) && !draft.settled.has(place),
  );
  const rows = draft.stacked.filter(({ y }) => isSteady(y));
  if (ends.length + rows.length === 0) return draft;
  const settled = new Map(draft.settled);
  const endValues = outside(
    draft,
    ends.map(({ next }) => next),
  );
  ends.forEach(({ place }, i) => settled.set(place, endValues[i]!));
  const rowValues = outside(
    draft,
    rows.map(({ y }) => y),
  );
  rows.forEach(({ place }, i) => {
    const row = rowValues[i]!;
    settled.set(place, broadcastTo(row, joinedSizes([parts.length, shapeVectorOf(row)])));
  });
  return { ...draft, settled, stacked: draft.stacked.filter(({ y }) => !isSteady(y)) };
}

/** Leaves out what no used output depends on. */
function withoutUnused(draft: Draft, isUsed: readonly boolean[]): Draft {
  const isWanted = ({ place }: { readonly place: number }): boolean =>
    isUsed[place] === true && !draft.settled.has(place);
  const stacked = draft.stacked.filter(isWanted);
  const states = new Set(draft.states.filter(isWanted));
  const roots = (): ReadonlySet<Variable> =>
    new Set(rootsOf(outputsOf({ ...draft, stacked, states: [...states] })));
  let read = roots();
  for (;;) {
    const late = draft.states.filter((s) => !states.has(s) && read.has(s.inner));
    if (late.length === 0) break;
    late.forEach((s) => states.add(s));
    read = roots();
  }
  const kept = draft.states.filter((s) => states.has(s));
  const sequences = draft.sequences.filter(({ inner }) => read.has(inner));
  const constants = draft.constants.filter(({ inner }) => read.has(inner));
  const isSame =
    kept.length === draft.states.length &&
    stacked.length === draft.stacked.length &&
    sequences.length === draft.sequences.length &&
    constants.length === draft.constants.length;
  return isSame ? draft : { ...draft, states: kept, stacked, sequences, constants };
}

/** What is given twice is given once. */
function withoutRepeated(draft: Draft): Draft {
  const swaps = new Map<Variable, Variable>();
  const once = (list: readonly Bound[]): readonly Bound[] => {
    const first = new Map<Variable, Input>();
    return list.filter(({ inner, outer }) => {
      const known = first.get(outer);
      if (known === undefined) first.set(outer, inner);
      else swaps.set(inner, known);
      return known === undefined;
    });
  };
  const [sequences, constants] = [once(draft.sequences), once(draft.constants)];
  return swaps.size === 0 ? draft : swapped({ ...draft, sequences, constants }, swaps);
}

/** The node of the draft, and its results in the places of the original ones. */
function rebuilt(
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
function varyingIn({ sequences, states }: Draft, nodes: readonly Apply[]): ReadonlySet<Variable> {
  const varying = new Set<Variable>([...sequences, ...states].map(({ inner }) => inner));
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((x) => varying.has(x))) outputs.forEach((y) => varying.add(y));
  }
  return varying;
}

/** Whether the loop certainly takes every one of its steps, and at least one. */
function takesSteps({ length, sequences, until, limit }: ScanParts): boolean {
  const known = length.kind === 'constant' ? length.value.item() : (sequences[0]?.shape[0] ?? null);
  return until !== true && limit === undefined && known !== null && known > 0;
}

/** Variables of the step that depend on its constants alone, as variables around the loop. */
function outside({ constants }: Draft, inside: readonly Variable[]): readonly Variable[] {
  const actual = constants.map(({ inner, outer }) => [inner, outer] as const);
  return replace(inside, new Map<Variable, Variable>(actual));
}

function inputFor(x: Variable): Input {
  return new Input(x.type, x.name);
}
