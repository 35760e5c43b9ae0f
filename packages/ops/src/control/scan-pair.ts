import { Input, InnerGraph, mergeEqual, replace } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { partsOf, splitOutputs, splitStep } from './scan-parts.ts';
import type { ScanAttrs, ScanBuilder, ScanParts } from './scan-parts.ts';

/**
 * One loop in place of two, if the states of one are among those of the other: it stacks what either stacks.
 * A loop and the one that keeps values for its pullback become one in this way, and a loop and its pushforward.
 */
export function pairedScans(
  first: Apply,
  second: Apply,
  build: ScanBuilder,
): readonly [readonly Variable[], readonly Variable[]] | undefined {
  const [a, b] = [scanOf(first), scanOf(second)];
  const isAlike =
    a.parts.length === b.parts.length &&
    a.parts.limit === b.parts.limit &&
    a.parts.reverse === b.parts.reverse &&
    a.parts.until === b.parts.until;
  if (!isAlike) return undefined;
  const intoSecond = merged(a, b, build);
  if (intoSecond !== undefined) return [intoSecond.small, intoSecond.large];
  const intoFirst = merged(b, a, build);
  return intoFirst && [intoFirst.large, intoFirst.small];
}

interface Bound {
  readonly inner: Input;
  readonly outer: Variable;
}

interface Scan {
  readonly parts: ScanParts;
  readonly attrs: ScanAttrs;
}

function scanOf({ inputs, attrs }: Apply): Scan {
  const own = attrs as ScanAttrs; // defineOp made them
  return { parts: partsOf(inputs, own), attrs: own };
}

/** The outputs of both nodes, from one that does the work of both; the states of `small` are all in `large`. */
function merged(
  small: Scan,
  large: Scan,
  build: ScanBuilder,
): { readonly small: readonly Variable[]; readonly large: readonly Variable[] } | undefined {
  const places = statePlaces(small.parts, large.parts);
  if (places === undefined) return undefined;
  const from = splitStep(small.parts.step.inputs, small.attrs);
  const into = splitStep(large.parts.step.inputs, large.attrs);
  const swaps = new Map<Variable, Variable>();
  // What is not given to both is one more input, fresh: the graphs may share input variables.
  const join = (
    inner: readonly Input[],
    outer: readonly Variable[],
    targets: readonly Input[],
    known: readonly Variable[],
  ): readonly Bound[] =>
    outer.flatMap((x, k): readonly Bound[] => {
      const own = inner[k]!;
      const place = known.indexOf(x);
      const target = place < 0 ? new Input(own.type, own.name) : targets[place]!;
      swaps.set(own, target);
      return place < 0 ? [{ inner: target, outer: x }] : [];
    });
  const { sequences, constants } = small.parts;
  const newSequences = join(from.sequences, sequences, into.sequences, large.parts.sequences);
  const newConstants = join(from.constants, constants, into.constants, large.parts.constants);
  if (newSequences.length === sequences.length && places.length === 0) return undefined;
  places.forEach((place, m) => swaps.set(from.states[m]!, into.states[place]!));
  if ([...swaps].some(([x, y]) => x.dtype !== y.dtype || x.type.weak !== y.type.weak))
    return undefined;
  const count = small.parts.step.outputs.length;
  const outputs = mergeEqual([
    ...replace(small.parts.step.outputs, swaps),
    ...large.parts.step.outputs,
  ]);
  const ofSmall = splitOutputs(outputs.slice(0, count), small.attrs);
  const ofLarge = splitOutputs(outputs.slice(count), large.attrs);
  if (places.some((place, m) => ofSmall.states[m] !== ofLarge.states[place])) return undefined;
  if (ofSmall.last !== ofLarge.last) return undefined;
  const stacked = [...new Set([...ofLarge.stacked, ...ofSmall.stacked])];
  const insideOf = (list: readonly Bound[]): readonly Input[] => list.map(({ inner }) => inner);
  const outsideOf = (list: readonly Bound[]): readonly Variable[] => list.map(({ outer }) => outer);
  const result = build({
    ...large.parts,
    step: new InnerGraph(
      [
        ...into.sequences,
        ...insideOf(newSequences),
        ...into.states,
        ...into.constants,
        ...insideOf(newConstants),
      ],
      [...ofLarge.states, ...stacked, ...(ofLarge.last === undefined ? [] : [ofLarge.last])],
    ),
    sequences: [...large.parts.sequences, ...outsideOf(newSequences)],
    constants: [...large.parts.constants, ...outsideOf(newConstants)],
  });
  const stackOf = (y: Variable): Variable => result.stacked[stacked.indexOf(y)]!;
  const last = result.count === undefined ? [] : [result.count];
  return {
    small: [
      ...places.map((place) => result.finals[place]!),
      ...ofSmall.stacked.map(stackOf),
      ...last,
    ],
    large: [...result.finals, ...ofLarge.stacked.map(stackOf), ...last],
  };
}

/**
 * For each state of `small` the state of `large` that may be the same: it starts the same. Of several, those in
 * the same order.
 */
function statePlaces(small: ScanParts, large: ScanParts): readonly number[] | undefined {
  const taken = new Set<number>();
  const places = small.initial.map((x) => {
    const place = large.initial.findIndex((y, m) => y === x && !taken.has(m));
    taken.add(place);
    return place;
  });
  return places.includes(-1) ? undefined : places;
}
