import { replace, shapesConflict, topologicalNodes } from '@cotangent/graph';
import { isVariable } from '@cotangent/graph';
import type { Apply, Tangent, Variable } from '@cotangent/graph';

/** What is done to a rule. */
export type MutationOperator =
  | 'negate'
  | 'scale'
  | 'drop'
  | 'disconnect'
  | 'leak'
  | 'ones'
  | 'magnitude'
  | 'positive-part'
  | 'narrow'
  | 'dtype'
  | 'transpose'
  | 'shift'
  | 'swap-primals'
  | 'stale'
  | 'hold-constant'
  | 'bypass'
  | 'swap-inputs'
  | 'sibling'
  | 'constant'
  | 'attribute'
  | 'slice-not-sum';

/** What the derivative of a node is a graph of. */
export interface Scene {
  /** The cotangents of a pullback, the tangents of a pushforward. */
  readonly seeds: readonly Variable[];
  readonly inputs: readonly Variable[];
  readonly outputs: readonly Variable[];
  /** The rule is that of an elementwise op. */
  readonly isElementwise: boolean;
}

/** One change to one derivative, to be made in whatever scene the rule is called. */
export interface Edit {
  readonly operator: MutationOperator;
  /** Distinguishes edits of one derivative. */
  readonly key: string;
  /** What is changed, in words. */
  readonly text: string;
  /** The changed derivative; `undefined` where there is nothing to change. */
  readonly apply: (term: Tangent, scene: Scene) => Tangent | undefined;
}

/** The nodes that a derivative is computed by, each after those it needs. */
export function nodesOf(term: Tangent, { seeds, inputs, outputs }: Scene): readonly Apply[] {
  if (!isVariable(term)) return [];
  return topologicalNodes([term], { stop: new Set([...seeds, ...inputs, ...outputs]) });
}

/** The variables that a derivative depends on. */
export function variablesOf(term: Tangent, scene: Scene): ReadonlySet<Variable> {
  const own = isVariable(term) ? [term] : [];
  return new Set([...own, ...nodesOf(term, scene).flatMap((node) => node.inputs)]);
}

/** Whether `other` can stand where `x` stands. */
export function canReplace(x: Variable, other: Variable): boolean {
  return x !== other && x.dtype === other.dtype && !shapesConflict(x.shape, other.shape);
}

/** `term` with some variables in it replaced; `undefined` where none can be. */
export function substituted(
  term: Tangent,
  replacements: readonly (readonly [Variable, Variable])[],
): Variable | undefined {
  if (!isVariable(term) || !replacements.every(([x, other]) => canReplace(x, other)))
    return undefined;
  const changed = replace([term], new Map(replacements))[0]!;
  return changed === term ? undefined : changed;
}
