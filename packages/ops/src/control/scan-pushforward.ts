import { isFloat } from '@cotangent/tensor';
import { Input, InnerGraph, isNull, isVariable, zero } from '@cotangent/graph';
import type { RuleContext, Tangent, Variable } from '@cotangent/graph';
import { floatZerosLike } from '../shape/broadcast.ts';
import { Flow, partsOf, splitInputs, splitOutputs, splitStep } from './scan-parts.ts';
import type { ScanAttrs, ScanBuilder, ScanParts } from './scan-parts.ts';

type Context = RuleContext<number, number, ScanAttrs>;

/** The scan over pairs (s, ṡ): ṡ_t = ∂s/∂x ẋ_t + ∂s/∂s ṡ_{t−1} + ∂s/∂c ċ, and ẏ_t alike. */
export function scanPushforward(
  xDots: readonly Tangent[],
  context: Context,
  build: ScanBuilder,
): readonly Tangent[] {
  const { attrs } = context;
  const parts = partsOf(context.inputs, attrs);
  const moved = movedInputs(xDots, parts, attrs);
  const dots = moved.map(({ inner, dot }) => dotLike(inner, dot));
  const tangents = context.engine.pushforward(
    parts.step.outputs,
    moved.map(({ inner }) => inner),
    dots,
  );
  const nulls = nullOutputs(tangents, attrs);
  const states = moved.flatMap(({ state }) => (state === undefined ? [] : [state]));
  const carried = states.filter((m) => !isNull(nulls[m]!));
  const { stacked: yDots } = splitOutputs(tangents, attrs);
  const live = yDots.flatMap((yDot, j) =>
    isVariable(yDot) && !isNull(nulls[attrs.states + j]!) ? [j] : [],
  );
  const result = build(pairedParts(parts, attrs, { moved, dots, tangents, carried, live }));
  return context.outputs.map((_, j): Tangent => {
    const why = nulls[j];
    if (why !== undefined && isNull(why)) return why;
    const k = j < attrs.states ? carried.indexOf(j) : live.indexOf(j - attrs.states);
    if (k < 0) return zero;
    const list = j < attrs.states ? result.finals.slice(parts.initial.length) : result.stacked;
    return list[k] ?? zero;
  });
}

/** An input of the step that has a tangent, and that tangent outside; a state may start without one. */
interface Moved {
  readonly inner: Input;
  readonly dot: Variable;
  readonly kind: 'sequence' | 'state' | 'constant';
  readonly state?: number;
}

function movedInputs(
  xDots: readonly Tangent[],
  { step, initial }: ScanParts,
  attrs: ScanAttrs,
): readonly Moved[] {
  const given = splitInputs(xDots, attrs);
  const inner = splitStep(step.inputs, attrs);
  const flow = new Flow(attrs);
  const fed = [...given.sequences, ...given.states, ...given.constants].flatMap((xDot, k) => {
    if (!isVariable(xDot)) return [];
    const state = k - attrs.sequences;
    return state >= 0 && state < attrs.states ? [state] : flow.fedBy(k);
  });
  const reached = flow.forward(fed);
  const present = (kind: 'sequence' | 'constant', xs: readonly Input[], dots: readonly Tangent[]) =>
    xs.flatMap((x, k): readonly Moved[] => {
      const dot = dots[k]!;
      return isVariable(dot) ? [{ inner: x, dot, kind }] : [];
    });
  const states = inner.states.flatMap((s, state): readonly Moved[] => {
    if (!reached.has(state) || !isFloat(s.dtype)) return [];
    const given0 = given.states[state]!;
    const dot = isVariable(given0) ? given0 : floatZerosLike(initial[state]!);
    return [{ inner: s, dot, kind: 'state', state }];
  });
  return [
    ...present('sequence', inner.sequences, given.sequences),
    ...states,
    ...present('constant', inner.constants, given.constants),
  ];
}

function dotLike(inner: Input, dot: Variable): Input {
  const name = inner.name === undefined ? undefined : `d${inner.name}`;
  return new Input({ kind: 'tensor', dtype: dot.dtype, shape: inner.shape }, name);
}

/** For each output of the step its null tangent, where one reaches it in time. */
function nullOutputs(
  tangents: readonly Tangent[],
  attrs: ScanAttrs,
): readonly (Tangent | undefined)[] {
  const flow = new Flow(attrs);
  const own = tangents.map((tangent) => (isNull(tangent) ? tangent : undefined));
  return own.map((why, j) => {
    if (why !== undefined || !own.slice(0, attrs.states).some((s) => s !== undefined)) return why;
    const sources = flow.backward(j < attrs.states ? [j] : flow.feeding(j));
    return own[[...sources].find((m) => own[m] !== undefined) ?? -1];
  });
}

interface Pairs {
  readonly moved: readonly Moved[];
  readonly dots: readonly Input[];
  readonly tangents: readonly Tangent[];
  /** The states whose tangents are carried on. */
  readonly carried: readonly number[];
  /** The stacked outputs that have a tangent. */
  readonly live: readonly number[];
}

function pairedParts(parts: ScanParts, attrs: ScanAttrs, pairs: Pairs): ScanParts {
  const { moved, dots, tangents, carried, live } = pairs;
  const inner = splitStep(parts.step.inputs, attrs);
  const outer = splitOutputs(parts.step.outputs, attrs);
  const all = moved.map((entry, i) => ({ ...entry, inside: dots[i]! }));
  const sequences = all.filter(({ kind }) => kind === 'sequence');
  const constants = all.filter(({ kind }) => kind === 'constant');
  const states = carried.map((m) => all.find(({ state }) => state === m)!); // they are among those moved
  const insideOf = (list: typeof all): readonly Input[] => list.map(({ inside }) => inside);
  const outsideOf = (list: typeof all): readonly Variable[] => list.map(({ dot }) => dot);
  const next = carried.map((m, k) => orZeros(tangents[m]!, states[k]!.inner));
  const stacked = live.map((j) => orZeros(tangents[attrs.states + j]!, outer.stacked[j]!));
  const last = outer.last === undefined ? [] : [outer.last];
  return {
    ...parts,
    step: new InnerGraph(
      [
        ...inner.sequences,
        ...insideOf(sequences),
        ...inner.states,
        ...insideOf(states),
        ...inner.constants,
        ...insideOf(constants),
      ],
      [...outer.states, ...next, ...stacked, ...last],
    ),
    sequences: [...parts.sequences, ...outsideOf(sequences)],
    initial: [...parts.initial, ...outsideOf(states)],
    constants: [...parts.constants, ...outsideOf(constants)],
  };
}

function orZeros(tangent: Tangent, like: Variable): Variable {
  return isVariable(tangent) ? tangent : floatZerosLike(like);
}
