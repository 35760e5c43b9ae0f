import { isFloat } from '@cotangent/tensor';
import {
  Input,
  InnerGraph,
  disconnected,
  isNull,
  isVariable,
  rootsOf,
  zero,
} from '@cotangent/graph';
import type { RuleContext, Tangent, Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { add } from '../elementwise/arithmetic.ts';
import { floatZerosLike } from '../shape/broadcast.ts';
import { residualsOf } from './residuals.ts';
import {
  Flow,
  partsOf,
  splitInputs,
  splitOutputs,
  splitStep,
  strong,
  unboundedLength,
} from './scan-parts.ts';
import type { ScanAttrs, ScanBuilder, ScanParts, Split } from './scan-parts.ts';

type Context = RuleContext<number, number, ScanAttrs>;

/**
 * The same loop backwards: λ_{t−1} = (∂s/∂s)ᵀ λ_t + (∂y/∂s)ᵀ ȳ_t, x̄_t = (∂s/∂x)ᵀ λ_t + (∂y/∂x)ᵀ ȳ_t, and
 * c̄ summed over t. The forward loop runs once more with what its step has to keep stacked; compilation
 * merges it with the first one.
 *
 * @see Griewank & Walther (2008), Evaluating Derivatives, ch. 3 and 12.
 */
export function scanPullback(
  yBars: readonly Tangent[],
  context: Context,
  build: ScanBuilder,
): readonly Tangent[] {
  const { attrs, inputs, outputs } = context;
  const parts = partsOf(inputs, attrs);
  const bars = barsOf(yBars, parts, context);
  const terms = termsOf(bars, parts, context);
  const count = splitOutputs(outputs, attrs).last;
  const found = build(backwardParts(bars, terms, parts, context, count, build));
  return collect(bars, terms, found, context);
}

/** A cotangent of an output of the step, inside and outside. */
interface Bar {
  /** Which state, or which of the stacked outputs. */
  readonly index: number;
  readonly inside: Input;
  readonly outside: Variable;
}

interface Bars {
  /** λ of the states that lie between what is asked for and what has a cotangent. */
  readonly states: readonly Bar[];
  readonly stacked: readonly Bar[];
}

function barsOf(yBars: readonly Tangent[], parts: ScanParts, { attrs, needs }: Context): Bars {
  const given = splitOutputs(yBars, attrs);
  const inner = splitStep(parts.step.inputs, attrs);
  const { states: next, stacked: ys } = splitOutputs(parts.step.outputs, attrs);
  const stacked = ys.flatMap((y, index): readonly Bar[] => {
    const outside = given.stacked[index]!;
    if (!isVariable(outside) || !isFloat(y.dtype)) return [];
    return [{ index, inside: barLike(y), outside }];
  });
  const flow = new Flow(attrs);
  const seeds = [
    ...next.flatMap((_, m) => (isVariable(given.states[m]) ? [m] : [])),
    ...stacked.flatMap(({ index }) => flow.feeding(attrs.states + index)),
  ];
  const active = flow.backward(seeds);
  const useful = flow.forward(neededStates(needs, flow, attrs));
  const states = inner.states.flatMap((s, index): readonly Bar[] => {
    if (!active.has(index) || !useful.has(index) || !isFloat(s.dtype)) return [];
    const start = given.states[index]!;
    const outside = isVariable(start) ? start : floatZerosLike(parts.initial[index]!);
    return [{ index, inside: barLike(s), outside }];
  });
  return { states, stacked };
}

/** The states that an input which is asked for enters. */
function neededStates(needs: readonly boolean[], flow: Flow, attrs: ScanAttrs): readonly number[] {
  const { sequences, states, constants } = splitInputs(needs, attrs);
  return [...sequences, ...states, ...constants].flatMap((isNeeded, k) => {
    if (!isNeeded) return [];
    const state = k - attrs.sequences;
    return state >= 0 && state < attrs.states ? [state] : flow.fedBy(k);
  });
}

function barLike(y: Variable): Input {
  return new Input(strong(y.type), `${y.name ?? 'y'}Bar`);
}

/** Terms of one step: one per λ, per sequence and per constant; `zero` where none is asked for. */
type Terms = Pick<Split<Tangent>, 'sequences' | 'states' | 'constants'>;

function termsOf(bars: Bars, { step }: ScanParts, { attrs, needs, engine }: Context): Terms {
  const inner = splitStep(step.inputs, attrs);
  const { states: next, stacked } = splitOutputs(step.outputs, attrs);
  const asked = splitInputs(needs, attrs);
  const isAsked = { sequences: asked.sequences, constants: asked.constants };
  const wrt = [
    ...inner.sequences.filter((_, k) => isAsked.sequences[k]),
    ...bars.states.map(({ index }) => inner.states[index]!),
    ...inner.constants.filter((_, k) => isAsked.constants[k]),
  ];
  const terms = engine.pullback(
    [
      ...bars.states.map(({ index }) => next[index]!),
      ...bars.stacked.map(({ index }) => stacked[index]!),
    ],
    [...bars.states, ...bars.stacked].map(({ inside }) => inside),
    wrt,
  );
  const byInput = new Map<Variable, Tangent>(wrt.map((x, i) => [x, terms[i]!] as const));
  return withNulls(
    {
      sequences: inner.sequences.map((x) => byInput.get(x) ?? zero),
      states: bars.states.map(({ index }) => byInput.get(inner.states[index]!) ?? zero),
      constants: inner.constants.map((x) => byInput.get(x) ?? zero),
    },
    bars,
    attrs,
  );
}

/** A term that does not exist spoils, in time, all from which a change reaches its state. */
function withNulls(terms: Terms, bars: Bars, attrs: ScanAttrs): Terms {
  const flow = new Flow(attrs);
  const own = new Map(bars.states.map(({ index }, i) => [index, terms.states[i]!] as const));
  if (![...own.values()].some(isNull)) return terms;
  const reason = (states: Iterable<number>): Tangent | undefined => {
    const reached = [...flow.forward(states)];
    return reached.map((m) => own.get(m)).find((term) => term !== undefined && isNull(term));
  };
  const firstConstant = attrs.sequences + attrs.states;
  return {
    sequences: terms.sequences.map((term, k) => reason(flow.fedBy(k)) ?? term),
    states: terms.states.map((term, i) => reason([bars.states[i]!.index]) ?? term),
    constants: terms.constants.map((term, k) => reason(flow.fedBy(firstConstant + k)) ?? term),
  };
}

function backwardParts(
  bars: Bars,
  terms: Terms,
  parts: ScanParts,
  { attrs }: Context,
  count: Variable | undefined,
  build: ScanBuilder,
): ScanParts {
  const inner = splitStep(parts.step.inputs, attrs);
  const carried = bars.states.filter((_, i) => !isNull(terms.states[i]));
  const next = bars.states.flatMap(({ index }, i) => {
    const term = terms.states[i]!;
    if (isNull(term)) return [];
    return [isVariable(term) ? term : floatZerosLike(inner.states[index]!)];
  });
  const sums = terms.constants.flatMap((term, k) => {
    if (!isVariable(term)) return [];
    const start = floatZerosLike(parts.constants[k]!);
    const before = new Input(strong({ ...start.type, shape: inner.constants[k]!.shape }), 'sum');
    return [{ start, before, after: add(before, castTo(term, start.dtype)) }];
  });
  const stacked = terms.sequences.filter(isVariable);
  const body = [...next, ...sums.map(({ after }) => after), ...stacked];
  const isBar = new Set<Variable>([...bars.states, ...bars.stacked].map(({ inside }) => inside));
  for (const { before } of sums) isBar.add(before);
  const kept = residualsOf(body, isBar, parts.step, attrs);
  const forward = forwardAgain(parts, kept.residuals, count, build);
  const used = new Set<Variable>(rootsOf(kept.outputs));
  const sequences = [
    ...inner.sequences.map((x, k) => [x, parts.sequences[k]!] as const),
    ...bars.stacked.map(({ inside, outside }) => [inside, outside] as const),
    ...kept.inside.map((x, k) => [x, forward.stacked[k]!] as const),
  ].filter(([x]) => used.has(x));
  const constants = inner.constants
    .map((x, k) => [x, parts.constants[k]!] as const)
    .filter(([x]) => used.has(x));
  const starts = [
    ...carried.map(({ inside, outside }) => [inside, outside] as const),
    ...sums.map(({ before, start }) => [before, start] as const),
  ];
  const pairs = [...sequences, ...starts, ...constants];
  return {
    ...forward.extent,
    step: new InnerGraph(
      pairs.map(([x]) => x),
      kept.outputs,
    ),
    sequences: sequences.map(([, x]) => x),
    initial: starts.map(([, x]) => x),
    constants: constants.map(([, x]) => x),
    reverse: parts.reverse !== true,
    recompute: parts.recompute === true,
  };
}

/** What the backward loop needs of the forward one. */
interface Forward {
  readonly stacked: readonly Variable[];
  readonly extent: Pick<ScanParts, 'length' | 'limit'>;
}

/** The forward loop with other results stacked: variables of its step. */
function forwardAgain(
  parts: ScanParts,
  residuals: readonly Variable[],
  count: Variable | undefined,
  build: ScanBuilder,
): Forward {
  const { step, initial, length } = parts;
  const next = step.outputs.slice(0, initial.length);
  const condition = parts.until === true ? step.outputs.slice(-1) : [];
  const isUnbounded = length.kind === 'constant' && length.value.item() === unboundedLength;
  // Nothing bounds the loop but its condition, so room is made for the steps that it took the first time.
  const again: ScanParts =
    isUnbounded && count !== undefined
      ? { ...parts, length: count, limit: undefined, until: false }
      : parts;
  const outputs = [...next, ...residuals, ...(again.until === true ? condition : [])];
  const extent = { length: again.length, limit: again.until === true ? count : again.limit };
  if (residuals.length === 0) return { stacked: [], extent };
  const { stacked } = build({ ...again, step: new InnerGraph(step.inputs, outputs) });
  return { stacked, extent };
}

/** The terms of the node's inputs, from the outputs of the backward loop. */
function collect(
  bars: Bars,
  terms: Terms,
  {
    finals,
    stacked,
  }: { readonly finals: readonly Variable[]; readonly stacked: readonly Variable[] },
  { attrs, inputs }: Context,
): readonly Tangent[] {
  const ends = finals.values();
  const sequenceEnds = stacked.values();
  const next = (from: Iterator<Variable>): Tangent => from.next().value ?? zero;
  const byState = new Map(
    bars.states.map(({ index }, i): [number, Tangent] => {
      const term = terms.states[i]!;
      return [index, isNull(term) ? term : next(ends)];
    }),
  );
  const settled = (term: Tangent, from: Iterator<Variable>): Tangent =>
    isVariable(term) ? next(from) : isNull(term) ? term : zero;
  const { limit } = splitInputs(inputs, attrs);
  return [
    disconnected,
    ...terms.sequences.map((term) => settled(term, sequenceEnds)),
    ...Array.from({ length: attrs.states }, (_, m) => byState.get(m) ?? zero),
    ...terms.constants.map((term) => settled(term, ends)),
    ...(limit === undefined ? [] : [disconnected]),
  ];
}
