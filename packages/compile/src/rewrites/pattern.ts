import { scalar } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import {
  add,
  eq,
  logAddExp,
  logicalAnd,
  logicalOr,
  maximum,
  minimum,
  mul,
  ne,
} from '@cotangent/ops';
import type { NodeRewrite, Soundness } from '../rewrite.ts';
import { filledWith, repetitionOf, setOf, shapedAs } from './facts.ts';

/** A rewrite as an equation between expressions of elementwise ops. */
export interface Equation<V extends string> {
  /** Names of the variables: any subexpression, the same one wherever the name is repeated. */
  readonly forAll: readonly V[];
  /** What is recognised. Number literals stand for constants that are that number throughout. */
  readonly from: (variables: Readonly<Record<V, Variable>>) => Variable;
  /** What takes its place. */
  readonly to: (variables: Readonly<Record<V, Variable>>) => Variable;
  readonly soundness: Soundness;
  /** What else must hold. */
  readonly when?: (variables: Readonly<Record<V, Variable>>) => boolean;
  /** See {@link NodeRewrite.assumesFinite}. */
  readonly assumesFinite?: true;
}

/** A {@link NodeRewrite} that an equation stands for; the equation stays with it, for tests. */
export interface EquationRewrite extends NodeRewrite {
  readonly equation: Equation<string>;
}

/**
 * The rewrite that an equation `from = to` of elementwise ops stands for. Operands of commutative ops match in both
 * orders. It applies only where the result certainly keeps its shape.
 *
 * @example
 * // log(exp x) = x.  Finite also where exp x overflows.
 * const logOfExp = rewrite('log-of-exp', {
 *   forAll: ['x'],
 *   from: ({ x }) => log(exp(x)),
 *   to: ({ x }) => x,
 *   soundness: 'widens-domain',
 * });
 */
export function rewrite<const V extends string>(
  name: string,
  equation: Equation<V>,
): EquationRewrite {
  const { forAll, from, to, soundness, when, assumesFinite } = equation;
  const inputs = Object.fromEntries(forAll.map((v) => [v, scalar(v)])) as Record<V, Input>;
  const pattern = from(inputs);
  const keepsAll = mentions(
    to(inputs),
    forAll.map((v) => inputs[v]),
  );
  const ops = pattern.kind === 'result' ? [pattern.owner.op] : [];
  return {
    name,
    soundness,
    ops,
    ...(assumesFinite && { assumesFinite }),
    // The names are forgotten here; whoever reads the equation gives a variable for each of `forAll`.
    equation: equation as unknown as Equation<string>,
    apply: ({ outputs: [y] }) => {
      if (y === undefined || !mayFit(pattern, y)) return undefined;
      const match = new Match();
      if (!match.fits(pattern, y)) return undefined;
      const found = Object.fromEntries(forAll.map((v) => [v, match.of(inputs[v])])) as Record<
        V,
        Variable
      >;
      if (when?.(found) === false) return undefined;
      const result = to(found);
      const shaped = keepsAll && match.isNarrow ? result : shapedAs(result, y);
      return shaped && [shaped];
    },
  };
}

/** Whether an expression has every one of some inputs in it. */
function mentions(y: Variable, inputs: readonly Variable[]): boolean {
  const seen = new Set<Variable>();
  const pending = [y];
  for (let x = pending.pop(); x !== undefined; x = pending.pop()) {
    seen.add(x);
    if (x.kind === 'result') pending.push(...x.owner.inputs);
  }
  return inputs.every((x) => seen.has(x));
}

const commutative = /* @__PURE__ */ setOf(
  add,
  mul,
  maximum,
  minimum,
  logAddExp,
  eq,
  ne,
  logicalAnd,
  logicalOr,
);

/** Whether the ops of the inputs are those of a pattern: for most nodes the answer is no, and costs little. */
function mayFit(pattern: Variable, y: Variable): boolean {
  if (pattern.kind !== 'result' || y.kind !== 'result') return false;
  const [p, q] = pattern.owner.inputs;
  const [a, b] = y.owner.inputs;
  if (q === undefined || b === undefined) return mayBe(p!, a!);
  if (y.owner.inputs.length > 2) return true;
  if (mayBe(p!, a!) && mayBe(q, b)) return true;
  return commutative.has(y.owner.op) && mayBe(p!, b) && mayBe(q, a!);
}

function mayBe(pattern: Variable, x: Variable): boolean {
  if (pattern.kind === 'input') return true;
  if (pattern.kind === 'constant') return x.kind === 'constant' || repetitionOf(x) !== undefined;
  return x.kind === 'result' && x.owner.op === pattern.owner.op;
}

/** An attempt to find a pattern. */
class Match {
  #found = new Map<Variable, Variable>();
  #isNarrow = true;

  /** Whether all constants that were met are scalars, which widen nothing. */
  get isNarrow(): boolean {
    return this.#isNarrow;
  }

  /** What a variable of the pattern stands for. */
  of(variable: Variable): Variable {
    return this.#found.get(variable)!; // every variable of an equation is in its pattern
  }

  fits(pattern: Variable, x: Variable): boolean {
    switch (pattern.kind) {
      case 'input':
        return this.#binds(pattern, x);
      case 'constant':
        if (!Object.is(filledWith(x), pattern.value.item())) return false;
        if (x.rank > 0) this.#isNarrow = false;
        return true;
      case 'result':
        return x.kind === 'result' && x.owner.op === pattern.owner.op && this.#fitsNode(pattern, x);
      default:
        return pattern satisfies never;
    }
  }

  /** Patterns are a few nodes deep. */
  #fitsNode(pattern: Variable & { kind: 'result' }, x: Variable & { kind: 'result' }): boolean {
    const [first, second] = pattern.owner.inputs;
    const [a, b] = x.owner.inputs;
    if (second === undefined || !commutative.has(x.owner.op)) {
      return pattern.owner.inputs.every((input, i) => this.fits(input, x.owner.inputs[i]!));
    }
    const [found, isNarrow] = [this.#found, this.#isNarrow];
    this.#found = new Map(found);
    if (this.fits(first!, a!) && this.fits(second, b!)) return true;
    this.#found = new Map(found);
    this.#isNarrow = isNarrow;
    return this.fits(first!, b!) && this.fits(second, a!);
  }

  #binds(variable: Variable, x: Variable): boolean {
    const known = this.#found.get(variable);
    if (known === undefined) this.#found.set(variable, x);
    return known === undefined || known === x;
  }
}
