import type { Lowering, ScalarLowering } from '@cotangent/loops';
import type { DType, Tensor } from '@cotangent/tensor';
import type { Absence } from './absence.ts';
import type { Apply } from './apply.ts';
import type { TensorType } from './types.ts';
import type { Variable } from './variable.ts';

/** A tangent or cotangent: a variable, or the name of its absence. */
export type Tangent = Variable | Absence;

/** `Tuple<T, 2>` is `readonly [T, T]`; `Tuple<T, number>` is `readonly T[]`. */
export type Tuple<T, N extends number> = number extends N
  ? readonly T[]
  : N extends N
    ? TupleOf<T, N, readonly []>
    : never;
type TupleOf<T, N extends number, Acc extends readonly T[]> = Acc['length'] extends N
  ? Acc
  : TupleOf<T, N, readonly [...Acc, T]>;

/** The attributes of an op that has none. */
export type NoAttrs = Readonly<Record<never, never>>;

/** The engine as a rule sees it: ops with an inner graph differentiate it through this. */
export interface RuleEngine {
  /** Cotangents of `wrt`, given cotangents of `outputs`; seeds add. */
  pullback(
    outputs: readonly Variable[],
    cotangents: readonly Tangent[],
    wrt: readonly Variable[],
  ): readonly Tangent[];
  /** Tangents of `outputs`, given tangents of `wrt`; tangents add. */
  pushforward(
    outputs: readonly Variable[],
    wrt: readonly Variable[],
    tangents: readonly Tangent[],
  ): readonly Tangent[];
}

/** What a rule may use besides the tangents or cotangents. */
export interface RuleContext<I extends number = number, O extends number = number, A = object> {
  readonly node: Apply;
  readonly inputs: Tuple<Variable, I>;
  readonly outputs: Tuple<Variable, O>;
  readonly attrs: A;
  /** In a pullback: which inputs' terms are used. A term not needed may be `zero`. */
  readonly needs: Tuple<boolean, I>;
  readonly engine: RuleEngine;
}

/**
 * x̄ = Jᵀ ȳ: one term per input, of that input's shape. Cotangents that are not there arrive as
 * zeros, unless the op declares `handlesAbsent`.
 */
export type Pullback<I extends number, O extends number, A> = (
  yBars: Tuple<Variable, O>,
  context: RuleContext<I, O, A>,
) => Tuple<Tangent, I>;

/** ẏ = J ẋ: one tangent per output. Tangents that are not there arrive as zeros. */
export type Pushforward<I extends number, O extends number, A> = (
  xDots: Tuple<Variable, I>,
  context: RuleContext<I, O, A>,
) => Tuple<Tangent, O>;

/** ẏ = Σᵢ terms[i](ẋᵢ), for one output: the engine leaves out the tangents that are not there. */
export type PushforwardTerms<I extends number, A> = Tuple<
  (xDot: Variable, context: RuleContext<I, 1, A>) => Tangent,
  I
>;

/** An input or output of a batched node; `isBatched`: the batch is its new leading axis. */
export interface BatchEntry {
  readonly value: Variable;
  readonly isBatched: boolean;
}

/**
 * The node applied to each element of a batch at once. At least one input is batched. Elementwise ops
 * need no rule; an op without one is evaluated element by element, and so is a node for which the rule
 * gives `undefined`: there are inputs, such as a shape, that all elements must have in common.
 */
export type BatchRule<I extends number, O extends number, A> = (
  inputs: Tuple<BatchEntry, I>,
  context: BatchContext<A>,
) => Tuple<BatchEntry, O> | undefined;

/** What a batching rule may use besides its inputs. */
export interface BatchContext<A = object> {
  readonly node: Apply;
  readonly attrs: A;
  /**
   * The graph of `outputs` with some variables replaced by entries, batched or not: for ops with an inner
   * graph. An output that depends on no batched variable is not batched.
   */
  readonly vectorize: (
    outputs: readonly Variable[],
    entries: ReadonlyMap<Variable, BatchEntry>,
  ) => readonly BatchEntry[];
}

/** `pattern[input][output]`: whether elements of the input can influence elements of the output. */
export type ConnectionPattern = readonly (readonly boolean[])[];

/** One point of an op's contract test: input values, and the attributes to use. */
export interface OpSample<A = object> {
  readonly name?: string;
  /** Values of the inputs, as `tensorFrom` takes them. */
  readonly inputs: readonly SampleInput[];
  readonly attrs?: A;
  /** Inputs to differentiate by; default: those of floating dtype that the pattern connects. */
  readonly wrt?: readonly number[];
  /** A kink, jump or pole: values and types are checked here, derivatives are not. */
  readonly edge?: true;
}

/** A sample value, or one with a dtype: `{ value: [0, 2], dtype: 'int32' }`. */
export type SampleInput = NestedNumbers | { readonly value: NestedNumbers; readonly dtype: DType };
export type NestedNumbers = number | boolean | readonly NestedNumbers[];

/** What the author of an op writes: everything about the op, in one place. */
export interface OpSpec<I extends number, O extends number, A extends object> {
  /** Types of the outputs from those of the inputs; throws if they do not fit. */
  readonly infer: (
    types: Tuple<TensorType, I>,
    attrs: A,
    inputs: Tuple<Variable, I>,
  ) => Tuple<TensorType, O>;
  /** Plain JavaScript evaluation: the oracle that every fast path is tested against. */
  readonly eval: (xs: Tuple<Tensor, I>, attrs: A, types: Tuple<TensorType, O>) => Tuple<Tensor, O>;
  readonly pullback?: Pullback<I, O, A>;
  readonly pushforward?: Pushforward<I, O, A> | PushforwardTerms<I, A>;
  /** Fixed, or by node; absent: every input reaches every output. */
  readonly connectionPattern?: ConnectionPattern | ((node: Apply) => ConnectionPattern);
  /** The rules take absent tangents and cotangents as they are, instead of zeros. */
  readonly handlesAbsent?: boolean;
  /** Inputs broadcast to the shape of the output; the engine sums terms back to the inputs' shapes. */
  readonly broadcasts?: boolean;
  readonly batch?: BatchRule<I, O, A>;
  /** The op in the loop language, for backends; without one they run `eval`. */
  readonly lower?: Lowering<A>;
  /** Identity of values that exists only to change derivatives: compilation removes it. */
  readonly view?: boolean;
  /**
   * Evaluating it does more than give values: it prints, say. Such a node is neither computed beforehand nor
   * merged with an equal one nor moved out of a loop.
   */
  readonly effect?: boolean;
  /**
   * `false`: `eval` takes elementary functions from `Math`, which engines round differently, or runs an inner graph. Nodes
   * of constants are left to the backend then, whose functions have the same bits everywhere. Elementwise ops with a
   * lowering need not say it: their lowering tells.
   */
  readonly foldable?: boolean;
  /** Simplifications that only this op knows. */
  readonly simplify?: OpSimplifications;
  /** An input (or other variable) whose run-time shape the outputs certainly have. */
  readonly shapeLike?: (inputs: Tuple<Variable, I>, attrs: A) => Variable | undefined;
  /** Points of the contract test, edges marked. */
  readonly samples?: readonly OpSample<A>[];
}

/** How nodes of an op with an inner graph become simpler when a function is compiled. All are exact. */
export interface OpSimplifications {
  /**
   * Variables in place of the outputs of the node; `undefined` if there is nothing to do.
   *
   * @param isUsed - for each output whether anything needs it: what is not used may be replaced by anything
   *   of the same type, such as itself.
   */
  readonly node?: (node: Apply, isUsed: readonly boolean[]) => readonly Variable[] | undefined;
  /**
   * Variables in place of the outputs of the node, with what it alone needs moved inside.
   *
   * @param onlyFor - nodes whose results end, all of them, in these input positions of the node; each after
   *   those it needs.
   */
  readonly absorb?: (
    node: Apply,
    onlyFor: (positions: readonly number[]) => readonly Apply[],
  ) => readonly Variable[] | undefined;
  /**
   * Variables in place of the outputs of two nodes, neither of which depends on the other, if one node can do
   * the work of both.
   */
  readonly pair?: (
    first: Apply,
    second: Apply,
  ) => readonly [readonly Variable[], readonly Variable[]] | undefined;
}

/** The scalar function behind an elementwise op. */
export type ScalarFunction = (...xs: number[]) => number;

/** What is particular to an op that acts on each element by itself. */
export interface ElementwiseInfo {
  /** The scalar function for these attributes and this result dtype. */
  readonly scalar: (attrs: object, dtype: DType) => ScalarFunction;
  /** The same function in the loop language, for backends; without one they run `eval`. */
  readonly lower?: ScalarLowering;
  /** For each input whether it takes part in promotion; absent: all do. */
  readonly promotes?: readonly boolean[];
}

/** An op as the engines see it: the record of its author with the typed arity forgotten. */
export interface Op extends Omit<OpSpec<number, number, object>, 'pushforward'> {
  readonly name: string;
  /** Number of inputs and outputs; `undefined` if it varies from node to node. */
  readonly inputCount: number | undefined;
  readonly outputCount: number | undefined;
  readonly pushforward?:
    | Pushforward<number, number, object>
    | readonly ((xDot: Variable, context: RuleContext) => Tangent)[];
  readonly elementwise?: ElementwiseInfo;
}
