import {
  ArgumentTypeError,
  astype,
  copy,
  denseData,
  isNdArrayLike,
  isTensor,
  tensorFrom,
} from '@cotangent/tensor';
import type { Tensor, TensorLike } from '@cotangent/tensor';
import { isAbsence } from '@cotangent/graph';
import type { Absence } from '@cotangent/graph';
import type { NumericPullback, Subject, Term } from './subject.ts';

/** One value (nested numbers, a typed array, an ndarray, a tensor), or an array of tensors or typed arrays. */
export type RuleValues = TensorLike | readonly TensorLike[];

/** A gradient: numbers, or the name of its absence. */
export type RuleTerm = TensorLike | Absence;

/** One gradient for a function of one input, else an array with one per input. */
export type RuleTerms = RuleTerm | readonly RuleTerm[];

/** A pullback in plain numbers. */
export type RulePullback = (xs: readonly Tensor[], us: readonly Tensor[]) => RuleTerms;

/** A function in plain numbers with the rules that claim to be its derivatives, from wherever they come. */
export interface NumericRule {
  /** Name in messages; default that of `f`. */
  readonly name?: string | undefined;
  /** Inputs come as dense tensors: `x.data`, `x.shape`, `x.get(i, j)`, `x.item()`. */
  readonly f: (...xs: readonly Tensor[]) => RuleValues;
  /** Jᵀu: for inputs and one cotangent per output, a gradient per input. */
  readonly vjp: RulePullback;
  /** Jv: for inputs and one tangent per input, a tangent per output. */
  readonly jvp?: ((xs: readonly Tensor[], vs: readonly Tensor[]) => RuleValues) | undefined;
  /** Gradient by the inputs of ⟨ws, vjp(xs, us)⟩, for a second order. */
  readonly hvp?:
    | ((xs: readonly Tensor[], us: readonly Tensor[], ws: readonly Tensor[]) => RuleTerms)
    | undefined;
  /** `connected[input][output]`: what can influence what; where false the gradient must be `disconnected`. */
  readonly connected?: readonly (readonly boolean[])[] | undefined;
  /** `vjp` takes `disconnected` for a cotangent that is not there. */
  readonly takesAbsent?: boolean | undefined;
  /** `f` and `vjp` respect `stride` and `offset` of what they are given, which is then checked. */
  readonly takesStrided?: boolean | undefined;
  /** `vjp` with one more axis in front of everything. */
  readonly batchedVjp?: RulePullback | undefined;
  /** The same gradient computed in other ways, which must agree. */
  readonly variants?: Readonly<Record<string, RulePullback>> | undefined;
  /** Inputs and outputs whose last axis, of length 2, holds real and imaginary part. */
  readonly complexInputs?: readonly number[] | undefined;
  readonly complexOutputs?: readonly number[] | undefined;
  /** Imaginary parts of f(x + i·y), for `method: 'complex-step'`. */
  readonly imaginaryPart?:
    | ((xs: readonly Tensor[], ys: readonly Tensor[]) => RuleValues)
    | undefined;
}

/** A rule as the checks see it. With `conjugates` its gradients of complex inputs are conjugates. */
export function ruleSubject(rule: NumericRule, conjugates: boolean): Subject {
  checkRule(rule);
  const { complexInputs = [], complexOutputs = [], jvp, hvp, connected } = rule;
  const name = rule.name ?? (rule.f.name === '' || rule.f.name === 'f' ? 'rule' : rule.f.name);
  const conjugated = (pullback: NumericPullback): NumericPullback =>
    conjugates ? viaConjugates(pullback, complexInputs, complexOutputs) : pullback;
  const plain = (pullback: RulePullback): NumericPullback =>
    conjugated((xs, us) => termsOf(pullback(xs, asTensors(us)), xs.length));
  const pullback = plain(rule.vjp);
  return {
    name,
    evaluate: (xs) => valuesOf(rule.f(...xs)),
    pullback,
    pushforward: jvp && ((xs, vs) => valuesOf(jvp(xs, vs))),
    derivative: hvp && ((us, wrt) => derivativeOf(name, pullback, hvp, us, wrt)),
    pattern: connected && (() => connected),
    takesAbsent: rule.takesAbsent ?? false,
    takesStrided: rule.takesStrided ?? false,
    batched: rule.batchedVjp && plain(rule.batchedVjp),
    variants: Object.fromEntries(
      Object.entries(rule.variants ?? {}).map(([key, v]) => [key, plain(v)]),
    ),
    complexInputs,
    complexOutputs,
    imaginaryPart: rule.imaginaryPart && ((xs, ys) => valuesOf(rule.imaginaryPart!(xs, ys))),
  };
}

function checkRule(rule: NumericRule): void {
  const given: unknown = rule;
  const isRule =
    typeof given === 'object' &&
    given !== null &&
    typeof rule.f === 'function' &&
    typeof rule.vjp === 'function';
  if (isRule) return;
  throw new ArgumentTypeError('gradcheckRule: the rule is not an object with functions f and vjp', {
    code: 'GRADCHECK_NOT_A_RULE',
    hint: 'pass { f: (x) => …, vjp: ([x], [u]) => … }',
  });
}

/** The hvp of a rule as the pullback of its own vjp. */
function derivativeOf(
  name: string,
  pullback: NumericPullback,
  hvp: NonNullable<NumericRule['hvp']>,
  us: readonly Tensor[],
  wrt: readonly number[],
): Subject {
  const zerosLike = (x: Tensor): Tensor =>
    astype(tensorFrom(new Float64Array(x.size), { shape: x.shape }), 'float64');
  const dense = (xs: readonly Tensor[]): readonly Tensor[] => {
    const terms = pullback(xs, us);
    return wrt.map((i) => {
      const term = terms[i];
      return term === undefined || isAbsence(term) ? zerosLike(xs[i]!) : term;
    });
  };
  return {
    name: `gradient of ${name}`,
    evaluate: dense,
    pullback: (xs, ws) => {
      const given = asTensors(ws);
      const all = xs.map((x, i) => given[wrt.indexOf(i)] ?? zerosLike(x));
      return termsOf(hvp(xs, us, all), xs.length);
    },
    takesAbsent: false,
    takesStrided: false,
    variants: {},
    complexInputs: [],
    complexOutputs: [],
  };
}

/** Absent cotangents are passed on as they are; the type of a rule only speaks of tensors. */
function asTensors(us: readonly (Tensor | Absence)[]): readonly Tensor[] {
  return us as readonly Tensor[]; // a rule with `takesAbsent` expects the others; no other rule is given any
}

/** Several values only if every entry is an array of numbers by itself, not a nested list. */
function isList(value: unknown): value is readonly TensorLike[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => isArrayValue(entry));
}

/** A tensor, ndarray or typed array: never a number or a nested list. */
export function isArrayValue(value: unknown): boolean {
  return (
    isTensor(value) ||
    isNdArrayLike(value) ||
    (ArrayBuffer.isView(value) && !(value instanceof DataView))
  );
}

function valuesOf(values: RuleValues): readonly Tensor[] {
  const list = isList(values) ? values : [values];
  return list.map((value) => tensorFrom(value as TensorLike)); // one value, or each of several
}

function termsOf(terms: RuleTerms, count: number): readonly Term[] {
  const isWhole =
    count === 1 &&
    !(
      Array.isArray(terms) &&
      terms.length === 1 &&
      (isArrayValue(terms[0]) || isAbsence(terms[0]) || Array.isArray(terms[0]))
    );
  const list: readonly unknown[] = isWhole || !Array.isArray(terms) ? [terms] : terms;
  return list.map((term) => (isAbsence(term) ? term : tensorOrNothing(term)));
}

/** Numbers as a tensor; `null` and `undefined` stay, for a check to complain about. */
function tensorOrNothing(term: unknown): Term {
  if (term === null || term === undefined) return term as unknown as Term; // found by grad.disconnected
  return tensorFrom(term as TensorLike); // which refuses anything else
}

/** The pullback in the other convention: conj(V(conj(u))). */
function viaConjugates(
  pullback: NumericPullback,
  inputs: readonly number[],
  outputs: readonly number[],
): NumericPullback {
  return (xs, us) =>
    pullback(
      xs,
      us.map((u, j) => (outputs.includes(j) && !isAbsence(u) ? conjugate(u) : u)),
    ).map((term, i) => (inputs.includes(i) && !isAbsence(term) ? conjugate(term) : term));
}

function conjugate(x: Tensor): Tensor {
  const y = copy(x);
  const data = denseData(y);
  for (let k = 1; k < data.length; k += 2) data[k] = -data[k]!;
  return y;
}
