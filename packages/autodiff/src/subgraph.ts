import { floatZerosLike } from '@cotangent/ops';
import {
  ArgumentTypeError,
  ValueError,
  disconnected,
  isAbsence,
  isDisconnected,
  isNull,
  isVariable,
  rootsOf,
} from '@cotangent/graph';
import type { Tangent, Variable } from '@cotangent/graph';
import { sumTangents } from './accumulate.ts';
import { warnOnConsole } from './call.ts';
import { engineCall } from './engine.ts';
import { kindOf, variableList } from './options.ts';
import { floatOnes, nullGradient } from './grad.ts';
import { reverse } from './reverse.ts';

/** What {@link subgraphGrad} starts from: at least one of the two. */
export interface SubgraphStart {
  /** Gradients known at some variables. */
  readonly start?: ReadonlyMap<Variable, Variable>;
  /** An additional scalar cost. */
  readonly cost?: Variable;
}

/** Gradients of a stage and, with `details`, the part of each source, aligned with `wrt`. */
export interface SubgraphDetails {
  readonly wrtGrads: readonly Variable[];
  readonly endGrads: readonly Variable[];
  /** From `start` alone, one per `wrt`; `null` without a `start`. */
  readonly startGrads: readonly Variable[] | null;
  /** From `cost` alone, one per `wrt`; `null` without a `cost`. */
  readonly costGrads: readonly Variable[] | null;
}

/**
 * Back-propagates through part of a graph, from gradients known at `start` and from `cost`, stopping at
 * `end`, which counts as constant. `new Map(end → endGrads)` is the next stage's `start`.
 *
 * If the gradient of `cost` at a variable of `start` is already contained in `start`, it counts twice.
 *
 * @returns `[wrtGrads, endGrads]`; with `details: true` an object with the two sources apart.
 * @throws ValueError if neither `start` nor `cost` is given; ArgumentTypeError if `wrt` or `end` is not
 *   an array of variables, or `start` is not a Map.
 * @example
 * const [dw2, da1] = subgraphGrad([w2], [a1], { cost });
 * const [dw1] = subgraphGrad([w1], [x], { start: new Map([[a1, da1[0]]]) });
 */
export function subgraphGrad(
  wrt: readonly Variable[],
  end: readonly Variable[],
  options: SubgraphStart & { readonly details?: false },
): readonly [wrtGrads: readonly Variable[], endGrads: readonly Variable[]];
export function subgraphGrad(
  wrt: readonly Variable[],
  end: readonly Variable[],
  options: SubgraphStart & { readonly details: true },
): SubgraphDetails;
export function subgraphGrad(
  wrt: readonly Variable[],
  end: readonly Variable[],
  { start, cost, details = false }: SubgraphStart & { readonly details?: boolean },
): SubgraphDetails | readonly [readonly Variable[], readonly Variable[]] {
  checkArguments(wrt, end, start, cost);
  const all = [...new Set([...wrt, ...end])];
  const constants = new Set(end);
  const call = engineCall(warnOnConsole);
  const fromStart = start && reverse({ seeds: [], overrides: start, constants, wrt: all }, call);
  const fromCost = cost && reverse({ seeds: [[cost, floatOnes(cost)]], constants, wrt: all }, call);
  const totals = all.map((_, i) =>
    sumTangents(fromStart?.[i] ?? disconnected, fromCost?.[i] ?? disconnected),
  );
  const position = new Map(all.map((x, i) => [x, i] as const));
  const pick = (x: Variable, from: readonly Tangent[]): Variable =>
    asGradient(x, from[position.get(x) ?? -1] ?? disconnected);
  const wrtGrads = wrt.map((x) => pick(x, totals));
  const endGrads = end.map((x) => pick(x, totals));
  if (!details) return [wrtGrads, endGrads];
  return {
    wrtGrads,
    endGrads,
    startGrads: fromStart ? wrt.map((x) => pick(x, fromStart)) : null,
    costGrads: fromCost ? wrt.map((x) => pick(x, fromCost)) : null,
  };
}

/**
 * The older form of reverse mode: gradients of every variable of `graphInputs`, given additive sources.
 *
 * @param sources - pairs of a variable and its gradient; pairs with `null` are skipped, pairs of one
 *   variable add.
 * @param graphInputs - the variables to return; `null`: all roots of the sources. They count as constant.
 * @returns a map with an entry for each of them that the sources depend on.
 * @throws ArgumentTypeError if a source is not a pair of variables.
 */
export function gradSourcesInputs(
  sources: readonly (readonly [Variable, Variable | null])[],
  graphInputs: readonly Variable[] | null,
): ReadonlyMap<Variable, Variable> {
  const seeds = sources.flatMap(([y, yBar]) => {
    if (yBar === null) return [];
    const [checkedY] = variableList('gradSourcesInputs', 'sources', [y]);
    if (isAbsence(yBar)) return [[checkedY!, yBar as Tangent] as const];
    const [checkedBar] = variableList('gradSourcesInputs', 'sources', [yBar]);
    return [[checkedY!, checkedBar! as Tangent] as const];
  });
  const wrt = graphInputs ?? rootsOf(sources.map(([y]) => y));
  const results = reverse({ seeds, constants: new Set(wrt), wrt }, engineCall(warnOnConsole));
  return new Map(
    wrt.flatMap((x, i) =>
      isDisconnected(results[i]) ? [] : [[x, asGradient(x, results[i]!)] as const],
    ),
  );
}

function checkArguments(wrt: unknown, end: unknown, start: unknown, cost: unknown): void {
  for (const [name, list] of [
    ['wrt', wrt],
    ['end', end],
  ] as const) {
    if (Array.isArray(list)) {
      variableList('subgraphGrad', name, list);
      continue;
    }
    throw new ArgumentTypeError(`subgraphGrad: ${name} is ${kindOf(list)}, not an array`, {
      code: 'GRAD_NOT_A_LIST',
      hint: `pass ${name} as an array of variables`,
    });
  }
  if (start === undefined && cost === undefined) {
    throw new ValueError('subgraphGrad: neither start nor cost is given', {
      code: 'GRAD_NO_COST',
      hint: 'pass known gradients as start, a scalar as cost, or both',
    });
  }
  if (start !== undefined && !(start instanceof Map)) {
    throw new ArgumentTypeError(`subgraphGrad: start is ${kindOf(start)}, not a Map`, {
      code: 'GRAD_KNOWN_NOT_MAP',
      hint: 'pass a Map from variables to their gradients',
    });
  }
}

/** Zeros where nothing flows; a derivative that does not exist raises. */
function asGradient(x: Variable, xBar: Tangent): Variable {
  if (isNull(xBar)) throw nullGradient('subgraphGrad', x, xBar.type.whyNull, xBar.type.reason);
  return isVariable(xBar) ? xBar : floatZerosLike(x);
}
