import type { Tensor } from '@cotangent/tensor';
import { isVariable } from '@cotangent/graph';
import type { Op, OpSample, RuleContext, Tangent, Tuple, Variable } from '@cotangent/graph';
import { casesFor, opOf } from '../check-op.ts';
import type { OpCarrier } from '../check-op.ts';
import type { OpCase } from '../op/cases.ts';
import { evaluator } from '../op/evaluate.ts';
import { knownSizes, linearise } from '../op/linearise.ts';
import type { Linearised } from '../op/linearise.ts';
import { ruleContext } from '../op/rule-checks.ts';
import { checkOption, checkOptionNames, isOneOf } from '../options.ts';
import { rngOf, signedVector } from '../rng.ts';
import { lengthOf, unpack } from '../op/flat.ts';
import type { Part } from '../op/flat.ts';
import { defaultSeed } from '../verify-options.ts';
import type { Edit, Scene } from './edit.ts';
import { nodeEdits } from './node-edits.ts';
import { termEdits } from './term-edits.ts';
import type { MutationOptions, RuleMutant } from './types.ts';

/** Which rule of a record an edit changes; an elementwise op has one map for both modes. */
type EditedRule = 'pullback' | 'pushforward' | 'diff';

/**
 * Wrong versions of an op: its record with one rule changed in one place. Changes are made to the graph that the rule
 * builds: a sign, a factor, a dropped summand or branch, inputs exchanged, a sum that is a slice, a factor held
 * constant, a rounding, and so on. What does not fit in type or shape, or cannot be evaluated, is left out.
 *
 * @param samples - points whose graphs are changed; default: those of the op's record.
 * @returns at most `options.budget` mutants, chosen by `options.seed`; none for an op without rules.
 * @throws ArgumentTypeError `GRADCHECK_NOT_AN_OP`; ValueError `GRADCHECK_INVALID_OPTION`, `GRADCHECK_UNKNOWN_OPTION`.
 * @example
 * ```ts
 * import { checkOp, mutantsOf } from '@cotangent/gradcheck';
 * import { tanh } from '@cotangent/ops';
 * mutantsOf(tanh).every((mutant) => checkOp(mutant.op).verdict === 'fail'); // true
 * ```
 * @see DeMillo, Lipton & Sayward (1978), Hints on test data selection, for testing tests by mutants.
 */
export function mutantsOf(
  carrier: OpCarrier,
  samples?: readonly OpSample[],
  options: MutationOptions = {},
): readonly RuleMutant[] {
  const op = opOf(carrier);
  checkMutationOptions('mutantsOf', options);
  const { seed = defaultSeed, budget = 100 } = options;
  const found = new Map<string, RuleMutant>();
  for (const c of regularCases(op, samples)) {
    for (const mutant of mutantsAt(c)) if (!found.has(mutant.id)) found.set(mutant.id, mutant);
  }
  return chosen([...found.values()], budget, seed, op.name);
}

/** @throws ValueError `GRADCHECK_INVALID_OPTION`, `GRADCHECK_UNKNOWN_OPTION`. */
export function checkMutationOptions(caller: string, options: MutationOptions): void {
  const { seed, budget = 1, order } = options;
  checkOptionNames(caller, options, ['seed', 'budget', 'skip', 'order']);
  checkOption(caller, 'seed', seed, Number.isFinite(seed), 'a number');
  const isCount = Number.isInteger(budget) && budget > 0;
  checkOption(caller, 'budget', budget, isCount, 'a whole number ≥ 1');
  checkOption(caller, 'order', order, isOneOf(order, [1, 2]), '1 or 2');
}

/** The cases, in float64 where they can be, at which derivatives are checked. */
export function regularCases(op: Op, samples: readonly OpSample[] | undefined): readonly OpCase[] {
  return casesFor(op, samples, ['float64']).filter((c) => !c.isEdge && c.wrt.length > 0);
}

/** A random choice, in the original order. */
function chosen(
  mutants: readonly RuleMutant[],
  budget: number,
  seed: number,
  name: string,
): readonly RuleMutant[] {
  if (mutants.length <= budget) return mutants;
  const rng = rngOf(seed, name, 'mutants');
  const ranked = mutants.map((mutant) => ({ mutant, rank: rng() }));
  const kept = new Set(ranked.toSorted((a, b) => a.rank - b.rank).slice(0, budget));
  return ranked.filter((entry) => kept.has(entry)).map(({ mutant }) => mutant);
}

/** The derivatives of one rule in the graph of one case. */
interface RuleGraph {
  readonly rule: EditedRule;
  readonly terms: readonly Tangent[];
  readonly scene: Scene;
  /** Values of the seeds. */
  readonly seeds: readonly Tensor[];
  /** Which derivatives are looked at. */
  readonly positions: readonly number[];
}

function mutantsAt(c: OpCase): readonly RuleMutant[] {
  const rules = ruleGraphs(c);
  return rules.flatMap(({ rule, terms, scene, seeds, positions }) =>
    positions.flatMap((position) => {
      const term = terms[position]!;
      const edits = [
        ...termEdits(term, scene),
        ...(isVariable(term) ? nodeEdits(term, scene) : []),
      ];
      const runs = viability(c, scene, seeds, term);
      return edits.filter((edit) => runs(edit)).map((edit) => mutantOf(c.op, rule, position, edit));
    }),
  );
}

function ruleGraphs(c: OpCase): readonly RuleGraph[] {
  let linear: Linearised;
  let values: readonly Tensor[];
  try {
    linear = linearise(c, knownSizes);
    values = linear.evaluate(c.inputs);
  } catch {
    return []; // a sample at which something throws has no graph to change; checkOp reports it
  }
  return [pullbackGraph(c, linear, values), pushforwardGraph(c, linear)].filter(
    (graph) => graph !== undefined,
  );
}

function sceneOf({ op }: OpCase, { node }: Linearised, seeds: readonly Variable[]): Scene {
  const { inputs, outputs } = node;
  return { seeds, inputs, outputs, isElementwise: op.elementwise !== undefined };
}

function pullbackGraph(
  c: OpCase,
  linear: Linearised,
  values: readonly Tensor[],
): RuleGraph | undefined {
  const { node, cotangents } = linear;
  const { pullback } = c.op;
  if (pullback === undefined || cotangents.length !== node.outputs.length) return undefined;
  const scene = sceneOf(c, linear, cotangents);
  const terms = pullback(cotangents, ruleContext(node));
  const rule = scene.isElementwise ? 'diff' : 'pullback';
  return { rule, terms, scene, seeds: drawnLike(cotangents, values, c.label), positions: c.wrt };
}

function pushforwardGraph(c: OpCase, linear: Linearised): RuleGraph | undefined {
  const { node, tangents } = linear;
  const { pushforward } = c.op;
  const scene = sceneOf(c, linear, tangents);
  if (scene.isElementwise || pushforward === undefined || tangents.length !== node.inputs.length) {
    return undefined;
  }
  const context = ruleContext(node);
  const terms =
    typeof pushforward === 'function'
      ? pushforward(tangents, context)
      : pushforward.map((term, i) => term(tangents[i]!, context));
  const seeds = drawnLike(tangents, c.inputs, c.label);
  return { rule: 'pushforward', terms, scene, seeds, positions: terms.map((_, i) => i) };
}

/** Random values for seeds, in the shapes that values have. */
function drawnLike(
  seeds: readonly Variable[],
  values: readonly Tensor[],
  key: string,
): readonly Tensor[] {
  const parts = seeds.map(({ dtype }, k): Part => ({ dtype, shape: values[k]!.shape }));
  return unpack(signedVector(lengthOf(parts), rngOf(0, key)), parts);
}

/** Whether a changed derivative can be computed at a case, in the shape of the original. */
function viability(
  c: OpCase,
  scene: Scene,
  seeds: readonly Tensor[],
  term: Tangent,
): (edit: Edit) => boolean {
  const values = [...c.inputs, ...seeds];
  const shapeOf = (x: Variable): string =>
    evaluator([...scene.inputs, ...scene.seeds], [x])(values)[0]!.shape.join();
  const expected = isVariable(term) ? shapeOf(term) : undefined;
  return (edit) => {
    try {
      const changed = edit.apply(term, scene);
      if (changed === undefined || changed === term) return false;
      return !isVariable(changed) || expected === undefined || shapeOf(changed) === expected;
    } catch {
      return false; // the graph is built, but has no value
    }
  };
}

function mutantOf(op: Op, rule: EditedRule, position: number, edit: Edit): RuleMutant {
  const what =
    rule === 'diff'
      ? `derivative by input ${position}`
      : rule === 'pullback'
        ? `gradient of input ${position}`
        : `tangent, entry ${position}`;
  return {
    id: `${rule}[${position}]/${edit.operator}${edit.key === '' ? '' : `:${edit.key}`}`,
    operator: edit.operator,
    description: `${what}: ${edit.text}`,
    op: mutatedOp(op, rule, position, edit),
  };
}

function mutatedOp(op: Op, rule: EditedRule, position: number, edit: Edit): Op {
  const { pullback, pushforward } = op;
  const changed = (term: Tangent, seeds: readonly Variable[], context: RuleContext): Tangent => {
    const { inputs, outputs } = context;
    const present = seeds.filter(isVariable); // a rule with `handlesAbsent` is handed others too
    const scene = { seeds: present, inputs, outputs, isElementwise: op.elementwise !== undefined };
    return edit.apply(term, scene) ?? term;
  };
  const at = (
    terms: Tuple<Tangent, number>,
    seeds: readonly Variable[],
    context: RuleContext,
  ): Tuple<Tangent, number> =>
    terms.map((term, i) => (i === position ? changed(term, seeds, context) : term));
  const reverse: Op['pullback'] = (yBars, context) => at(pullback!(yBars, context), yBars, context);
  const forward =
    typeof pushforward === 'function'
      ? (xDots: readonly Variable[], context: RuleContext) =>
          at(pushforward(xDots, context), xDots, context)
      : pushforward?.map((term, i) => (xDot: Variable, context: RuleContext): Tangent => {
          const own = term(xDot, context);
          return i === position ? changed(own, [xDot], context) : own;
        });
  return {
    ...op,
    ...(rule !== 'pushforward' && pullback !== undefined && { pullback: reverse }),
    ...(rule !== 'pullback' && forward !== undefined && { pushforward: forward }),
  };
}
