import { isFloat } from '@cotangent/tensor';
import { castTo, floatZerosLike, onesLike } from '@cotangent/ops';
import {
  ArgumentTypeError,
  DTypeError,
  ShapeError,
  ValueError,
  formatShape,
  isAbsence,
  isDisconnected,
  isNull,
  isVariable,
  isZero,
  nameIfUnnamed,
  shapesConflict,
  topologicalNodes,
} from '@cotangent/graph';
import type { Absence, Apply, Tangent, Variable } from '@cotangent/graph';
import { disconnectedInput } from './diagnose.ts';
import { engineCall } from './engine.ts';
import { NullTypeGradError } from './errors.ts';
import { checkChoices, constantSet, kindOf, mirrorForm, sinkOf, variableList } from './options.ts';
import type { MaybeAbsent, Mirror, OnDisconnected, Plain, SharedOptions } from './options.ts';
import type { Path } from './path.ts';
import { reverse } from './reverse.ts';

/** Options of {@link grad}. */
export interface GradOptions extends SharedOptions {
  /** Variables through which nothing is back-propagated; their own gradient is still computed. */
  readonly considerConstant?: Iterable<Variable>;
  /** Default `'raise'`. */
  readonly disconnectedInputs?: OnDisconnected;
  /** Name the gradients of named variables `(dcost/dx)`; default true. */
  readonly addNames?: boolean;
  /** Total gradients that are known already: they replace what would flow into their variables. */
  readonly knownGrads?: ReadonlyMap<Variable, Variable | Absence>;
}

const gradOptions = [
  'considerConstant',
  'disconnectedInputs',
  'addNames',
  'knownGrads',
  'returnDisconnected',
  'nullGradients',
  'onWarning',
] as const;

/**
 * Gradient of a scalar `cost` by each variable in `wrt`, in reverse mode: evaluating it costs a small
 * constant multiple of evaluating `cost`, however many variables there are.
 *
 * @param cost - shape `[]`, floating dtype (a discrete cost warns: its gradient is zero); `null` to
 *   differentiate from `knownGrads` alone.
 * @param wrt - a variable of the graph or an array of them; intermediates are allowed, and the result
 *   has the form of this argument.
 * @returns one variable per entry of `wrt`, of that entry's shape and, if floating, dtype.
 * @throws ArgumentTypeError if an argument is not a variable; DTypeError (a TypeError) with code
 *   `GRAD_COST_NOT_SCALAR` if `cost` has rank > 0: reduce it first, or call `pullback`.
 * @throws DisconnectedInputError if `cost` does not depend on some `wrt` and `disconnectedInputs` is
 *   `'raise'`; NullTypeGradError if a gradient does not exist and `nullGradients` is `'raise'`.
 * @throws ValueError for an option value that is not allowed, whether it is used or not.
 * @example grad(sum(square(x)), x) // 2 · x
 * @see Griewank & Walther (2008), Evaluating Derivatives, ch. 3.
 */
export function grad<
  const W extends Variable | readonly Variable[],
  const O extends GradOptions = Plain<GradOptions>,
>(cost: Variable | null, wrt: W, options?: O): Mirror<W, MaybeAbsent<O>> {
  const given: GradOptions = options ?? {};
  checkChoices('grad', given, gradOptions);
  const overrides = knownGradients(given.knownGrads);
  checkCost(cost, given.knownGrads !== undefined);
  const targets = variableList('grad', 'wrt', wrt);
  const constants = constantSet('grad', given.considerConstant);
  const warn = sinkOf(given);
  if (cost !== null && !isFloat(cost.dtype) && !targets.includes(cost)) {
    const message = `the cost has the discrete dtype ${cost.dtype}, so its gradient is zero`;
    warn('GRAD_DISCRETE_COST', message, cost);
  }
  const seeds = cost === null || overrides.has(cost) ? [] : [[cost, floatOnes(cost)] as const];
  const named = given.addNames !== false && cost?.name !== undefined;
  const results = reverse(
    {
      seeds,
      overrides,
      constants,
      wrt: targets,
      ...(named && { onCotangent: namer(cost.name ?? '', overrides) }),
    },
    engineCall(warn),
  );
  const outputs = [...seeds.map(([y]) => y), ...overrides.keys()];
  const finished = targets.map((x, i) =>
    finish('grad', x, results[i]!, given, { outputs, constants, overrides }),
  );
  return mirrorForm<W, O>(wrt, finished);
}

function checkCost(cost: unknown, hasKnownGrads: boolean): void {
  if (cost === null || cost === undefined) {
    if (hasKnownGrads) return;
    throw new ValueError('grad: neither a cost nor known gradients are given', {
      code: 'GRAD_NO_COST',
      hint: 'pass a scalar cost, or knownGrads',
    });
  }
  if (isNull(cost)) {
    throw new ValueError(`grad: the cost does not exist: ${cost.type.whyNull}`, {
      code: 'GRAD_NULL_COST',
      data: { whyNull: cost.type.whyNull },
    });
  }
  if (!isVariable(cost)) {
    throw new ArgumentTypeError(`grad: the cost is ${kindOf(cost)}, not a variable`, {
      code: 'GRAD_NOT_A_VARIABLE',
      hint: 'pass a scalar variable of the graph',
    });
  }
  if (cost.rank !== 0) {
    throw new DTypeError(`grad: the cost has shape ${formatShape(cost.shape)}, not []`, {
      code: 'GRAD_COST_NOT_SCALAR',
      hint: 'reduce it to a scalar first (sum, mean), or use jacobian or pullback',
      data: { shape: cost.shape },
    });
  }
}

function knownGradients(given: GradOptions['knownGrads']): ReadonlyMap<Variable, Tangent> {
  if (given === undefined) return new Map();
  if (!(given instanceof Map)) {
    throw new ArgumentTypeError(`grad: knownGrads is ${kindOf(given)}, not a Map`, {
      code: 'GRAD_KNOWN_NOT_MAP',
      hint: 'pass a Map from variables to their gradients',
    });
  }
  return new Map([...given].map(([x, g]) => [x, knownGradient(x, g)] as const));
}

function knownGradient(x: unknown, g: unknown): Tangent {
  variableList('grad', 'knownGrads', [x as Variable]); // unchecked until this call
  if (isAbsence(g)) return g;
  const label = String(x);
  if (!isVariable(g)) {
    throw new ArgumentTypeError(`grad: the known gradient of ${label} is ${kindOf(g)}`, {
      code: 'GRAD_KNOWN_NOT_VARIABLE',
      hint: 'pass a variable of floating dtype',
    });
  }
  if (!isFloat(g.dtype)) {
    throw new DTypeError(`grad: the known gradient of ${label} has dtype ${g.dtype}`, {
      code: 'GRAD_KNOWN_DTYPE',
      hint: 'gradients are floating; cast it to float64',
    });
  }
  if (shapesConflict((x as Variable).shape, g.shape)) {
    throw new ShapeError(`grad: the known gradient of ${label} has shape ${formatShape(g.shape)}`, {
      code: 'GRAD_KNOWN_SHAPE',
      hint: "a gradient has its variable's shape",
    });
  }
  return isFloat((x as Variable).dtype) ? castTo(g, (x as Variable).dtype) : g;
}

/** Ones shaped like `cost`: its own gradient, the seed of reverse mode. */
export function floatOnes(cost: Variable): Variable {
  return castTo(onesLike(cost), isFloat(cost.dtype) ? cost.dtype : 'float64');
}

/** Names what this call built for a named variable: `(dcost/dx)`. The caller's variables keep theirs. */
function namer(
  costName: string,
  overrides: ReadonlyMap<Variable, Tangent>,
): (x: Variable, xBar: Variable, path: Path) => void {
  let given: ReadonlySet<Apply> | undefined; // nodes that were there before
  return (x, xBar, path) => {
    if (x.name === undefined || xBar.kind !== 'result' || overrides.has(x)) return;
    given ??= new Set([
      ...path.nodes,
      ...topologicalNodes([...overrides.values()].filter(isVariable)),
    ]);
    if (!given.has(xBar.owner)) nameIfUnnamed(xBar, `(d${costName}/d${x.name})`);
  };
}

interface Surroundings {
  readonly outputs: readonly Variable[];
  readonly constants: ReadonlySet<Variable>;
  readonly overrides: ReadonlyMap<Variable, Tangent>;
}

/** A result of reverse mode as the caller asked for it. */
export function finish(
  caller: string,
  x: Variable,
  xBar: Tangent,
  options: Omit<GradOptions, 'knownGrads'>,
  surroundings: Surroundings,
): Variable | Absence | null {
  if (isVariable(xBar)) return xBar;
  if (isZero(xBar)) return floatZerosLike(x);
  if (isNull(xBar)) {
    if (options.nullGradients === 'return') return xBar;
    throw nullGradient(caller, x, xBar.type.whyNull, xBar.type.reason);
  }
  return finishDisconnected(caller, x, xBar, options, surroundings);
}

function finishDisconnected(
  caller: string,
  x: Variable,
  xBar: Absence,
  options: Omit<GradOptions, 'knownGrads'>,
  surroundings: Surroundings,
): Variable | Absence | null {
  const policy = options.disconnectedInputs ?? 'raise';
  if (policy !== 'ignore') {
    const error = disconnectedInput(caller, x, surroundings);
    if (policy === 'raise') throw error;
    sinkOf(options)('GRAD_DISCONNECTED_INPUT', error.message, x);
  }
  if (options.returnDisconnected === 'none') return null;
  if (options.returnDisconnected === 'disconnected' && isDisconnected(xBar)) {
    return xBar.type.variable();
  }
  return floatZerosLike(x);
}

export function nullGradient(
  caller: string,
  x: Variable,
  whyNull: string,
  kind: NullTypeGradError['kind'],
): NullTypeGradError {
  return new NullTypeGradError(
    `${caller}: a derivative for ${x.toString()} does not exist: ${whyNull}`,
    {
      code: 'GRAD_NULL',
      hint: "nullGradients: 'return' returns a stand-in for it and keeps the others",
      variable: x,
      whyNull,
      kind,
    },
  );
}
