import { views } from '@cotangent/tensor';
import {
  Constant,
  constant,
  isKnownShape,
  rootsOf,
  sameShape,
  topologicalNodes,
} from '@cotangent/graph';
import type { Apply, Input, Variable } from '@cotangent/graph';
import { broadcastTo } from '../shape/broadcast.ts';
import { joinedSizes, shapeVectorOf } from '../shape/shape.ts';
import {
  draftOf,
  inputFor,
  outputsOf,
  outside,
  rebuilt,
  swapped,
  takesSteps,
  varyingIn,
} from './scan-draft.ts';
import type { Bound, Draft } from './scan-draft.ts';
import { partsOf } from './scan-parts.ts';
import type { ScanAttrs, ScanBuilder, ScanParts } from './scan-parts.ts';

// Constants of so many elements become part of the step, where they fold with others.
const mostInlined = 64;
// Sequences of so many elements are looked at for equal elements.
const mostCompared = 4096;

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
