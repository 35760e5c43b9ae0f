import type { ScalarLowering, Value } from '@cotangent/loops';
import { DTypeError, floatResult, isFloat, mapTensors, resultType } from '@cotangent/tensor';
import type { DType, Promotable } from '@cotangent/tensor';
import { zero } from './absence.ts';
import { applyOp, noAttrs } from './apply.ts';
import { attrsArgument, callable, makeOp } from './define-op.ts';
import type { NoAttrs, Op, OpSample, OpSpec, RuleContext, Tangent, Tuple } from './op.ts';
import type { ElementwiseInfo, ScalarFunction } from './op.ts';
import { asPromotedVariables } from './operand.ts';
import type { Operand } from './operand.ts';
import { broadcastStatic, promotableOf, promotableType } from './types.ts';
import type { TensorType } from './types.ts';
import { shapeSourceOf } from './variable.ts';
import type { Variable } from './variable.ts';

/** dz/dxᵢ applied to `g`: g · ∂f/∂xᵢ. The Jacobian is diagonal, so one map serves both modes. */
export type Diff<I extends number, A extends object> = (
  g: Variable,
  xs: Tuple<Variable, I>,
  z: Variable,
  attrs: A,
) => Tangent;

/**
 * The dtype of the result: `promote` (NumPy 2 promotion of the inputs), `float` (the same, integers
 * to the float that holds them), `bool`, or a function of the inputs' dtypes.
 */
export type ResultDType<A extends object> =
  | 'promote'
  | 'float'
  | 'bool'
  | ((dtypes: readonly Promotable[], attrs: A) => Promotable);

/** What the author of an elementwise op writes. */
export interface ElementwiseSpec<I extends number, A extends object> {
  /** The scalar function; with attributes, a function of them that gives it. */
  readonly eval: NoAttrs extends A ? ScalarOf<I> : (attrs: A) => ScalarOf<I>;
  /** Other scalar functions for some result dtypes: `{ int32: Math.imul }`. */
  readonly evalAs?: { readonly [D in DType]?: ScalarOf<I> };
  /**
   * The same function in the loop language, for backends: inputs (those that promote) and result in the
   * register type in which it is computed.
   */
  readonly lower?: ScalarLowering<MutableTuple<Value, I>, A>;
  /** g · ∂z/∂xᵢ for each input; `'zero'` for a step function. Absent: no derivative is written. */
  readonly diff?: Tuple<Diff<I, A>, I> | 'zero';
  /** Default `promote`. */
  readonly dtype?: ResultDType<A>;
  /** Dtypes the op refuses, as NumPy refuses `-True`. */
  readonly rejects?: readonly DType[];
  /** Inputs that do not take part in promotion, such as the condition of `where`. */
  readonly promotes?: Tuple<boolean, I>;
  /** z = (x₁ ∘ x₂) ∘ x₃ …: the function takes two or more operands and folds them from the left. */
  readonly folds?: boolean;
  /** Sample points inside the domain, one value per input; a boolean makes that input `bool`. */
  readonly points: readonly Tuple<number | boolean, I>[];
  /** Kinks, jumps and poles: value and type are checked here, derivatives are not. */
  readonly edges?: readonly Tuple<number | boolean, I>[];
  /** Attributes to use at the points. */
  readonly sampleAttrs?: A;
  readonly connectionPattern?: OpSpec<I, 1, A>['connectionPattern'];
  /** Identity of values that exists only to change derivatives: compilation removes it. */
  readonly view?: boolean;
}

type ScalarOf<I extends number> = (...xs: MutableTuple<number, I>) => number;
type MutableTuple<T, N extends number> = [...Tuple<T, N>];

/** An elementwise op that can be called. A folding op takes two or more operands. */
export interface ElementwiseFunction<I extends number, A extends object = NoAttrs> {
  (
    ...args: readonly [
      ...Tuple<Operand, I>,
      ...(NoAttrs extends A ? readonly [] : readonly [attrs: A]),
    ]
  ): Variable;
  readonly op: Op;
}
export type Unary = ElementwiseFunction<1>;
export type Binary = ElementwiseFunction<2>;
export type Ternary = ElementwiseFunction<3>;

/** An op of two inputs that folds further operands from the left. */
export interface Folding {
  (first: Operand, second: Operand, ...more: readonly Operand[]): Variable;
  readonly op: Op;
}

/**
 * Defines an op that acts on each element by itself, inputs broadcast against each other.
 *
 * @example
 * // z = x / y.  ∂z/∂x = 1/y,  ∂z/∂y = −z/y.
 * const div: Binary = elementwise('div', 2, {
 *   eval: (x, y) => x / y,
 *   diff: [(g, [, y]) => div(g, y), (g, [, y], z) => neg(mul(g, div(z, y)))],
 *   points: [[1, 2], [-3, 0.5], [0, 4]],
 * });
 */
/* @__NO_SIDE_EFFECTS__ */
export function elementwise<I extends number, A extends object = NoAttrs>(
  name: string,
  inputCount: I,
  spec: ElementwiseSpec<I, A>,
): ElementwiseFunction<I, A> {
  const op = elementwiseOp(name, inputCount, spec);
  const call = (...args: readonly unknown[]): Variable => {
    // The call signature guarantees to TypeScript callers what asPromotedVariables checks.
    const operands = args.slice(0, inputCount) as readonly Operand[];
    return apply(op, operands, attrsArgument(args[inputCount], op.name), spec.promotes);
  };
  // The typed call signature is forgotten above and restored here.
  return callable(op, call) as unknown as ElementwiseFunction<I, A>;
}

/** Like {@link elementwise} for an associative op of two inputs: `add(a, b, c)` is `add(add(a, b), c)`. */
/* @__NO_SIDE_EFFECTS__ */
export function foldingElementwise(name: string, spec: ElementwiseSpec<2, NoAttrs>): Folding {
  const op = elementwiseOp(name, 2, spec);
  const call = (first: Operand, second: Operand, ...more: readonly Operand[]): Variable =>
    more.reduce<Variable>(
      (z, x) => apply(op, [z, x], noAttrs),
      apply(op, [first, second], noAttrs),
    );
  return callable(op, call);
}

function apply(
  op: Op,
  operands: readonly Operand[],
  attrs: object,
  promotes?: readonly boolean[],
): Variable {
  return applyOp(op, asPromotedVariables(operands, op.name, promotes), attrs).outputs[0]!;
}

function elementwiseOp<I extends number, A extends object>(
  name: string,
  inputCount: I,
  spec: ElementwiseSpec<I, A>,
): Op {
  const scalar = (attrs: object, dtype: DType): ScalarFunction => scalarOf(spec, attrs, dtype);
  const erased: OpSpec<number, 1, A> = {
    infer: (types, attrs) => [inferElementwise(name, spec, types, attrs)],
    eval: (xs, attrs, [type]) => [mapTensors(scalar(attrs, type.dtype), xs, type.dtype)],
    ...rulesOf(spec),
    ...(spec.connectionPattern && { connectionPattern: spec.connectionPattern }),
    ...(spec.view && { view: true }),
    broadcasts: true,
    shapeLike: (inputs) => commonShape(inputs),
    samples: samplesOf(spec),
  };
  const arity = { inputs: 'variadic', outputs: 1 } as const;
  const op = makeOp<number, 1, A>(name, arity, erased);
  return Object.freeze({ ...op, inputCount, elementwise: infoOf(spec, scalar) });
}

function infoOf<I extends number, A extends object>(
  { lower, promotes }: ElementwiseSpec<I, A>,
  scalar: ElementwiseInfo['scalar'],
): ElementwiseInfo {
  return {
    scalar,
    // The typed arity is forgotten here, as in scalarOf.
    ...(lower && { lower: lower as unknown as ScalarLowering }),
    ...(promotes && { promotes }),
  };
}

// The two boundaries where `ScalarOf<I>` and `attrs: A` lose their arity and come back.
function scalarOf<I extends number, A extends object>(
  spec: ElementwiseSpec<I, A>,
  attrs: object,
  dtype: DType,
): ScalarFunction {
  const special = spec.evalAs?.[dtype];
  if (special !== undefined) return special as unknown as ScalarFunction;
  if (Object.keys(attrs).length === 0) return spec.eval as unknown as ScalarFunction;
  return (spec.eval as unknown as (attrs: object) => ScalarFunction)(attrs);
}

function rulesOf<I extends number, A extends object>(
  spec: ElementwiseSpec<I, A>,
): Pick<OpSpec<number, 1, A>, 'pullback' | 'pushforward'> {
  if (spec.diff === undefined) return {};
  if (spec.diff === 'zero') {
    return { pullback: (_, { inputs }) => inputs.map(() => zero), pushforward: () => [zero] };
  }
  const diffs = spec.diff as unknown as readonly Diff<number, A>[];
  const term = (
    i: number,
    g: Variable,
    { inputs, outputs, attrs }: RuleContext<number, 1, A>,
  ): Tangent => diffs[i]!(g, inputs, outputs[0], attrs);
  return {
    pullback: ([g], context) =>
      context.inputs.map((_, i) => (context.needs[i] === false ? zero : term(i, g, context))),
    pushforward: diffs.map((_, i) => (xDot, context) => term(i, xDot, context)),
  };
}

function inferElementwise<I extends number, A extends object>(
  name: string,
  spec: ElementwiseSpec<I, A>,
  types: readonly TensorType[],
  attrs: A,
): TensorType {
  const [first] = types;
  if (first !== undefined && isPlain(spec, types, first)) return first;
  types.forEach((type, position) => {
    if (spec.rejects?.includes(type.dtype)) {
      throw new DTypeError(`${name}: input ${position} has dtype ${type.dtype}`, {
        code: 'OP_DTYPE_REJECTED',
        hint: `cast it first; ${name} does not take ${spec.rejects.join(' or ')}`,
        data: { op: name, position, dtype: type.dtype },
      });
    }
  });
  const shape = broadcastStatic(
    types.map((type) => type.shape),
    name,
  );
  const dtypes = types
    .filter((_, i) => spec.promotes === undefined || (spec.promotes as readonly boolean[])[i])
    .map(promotableOf);
  const result = resultDType(spec.dtype ?? 'promote', dtypes, attrs);
  // Types are immutable: where nothing changes, an input's own serves.
  const same = types.find((type) => type.shape === shape && promotableOf(type) === result);
  return same ?? promotableType(result, shape);
}

/** The common case, told without allocating: all inputs have one floating type, and so has the result. */
function isPlain<I extends number, A extends object>(
  { dtype, rejects, promotes }: ElementwiseSpec<I, A>,
  types: readonly TensorType[],
  first: TensorType,
): boolean {
  if (dtype !== undefined && dtype !== 'promote' && dtype !== 'float') return false;
  if (!isFloat(first.dtype) || rejects?.includes(first.dtype) === true || promotes) return false;
  for (let k = 1; k < types.length; k++) if (types[k] !== first) return false;
  return true;
}

function resultDType<A extends object>(
  rule: ResultDType<A>,
  dtypes: readonly Promotable[],
  attrs: A,
): Promotable {
  if (typeof rule === 'function') return rule(dtypes, attrs);
  if (rule === 'bool') return 'bool';
  const common = resultType(dtypes);
  return rule === 'float' ? floatResult(common) : common;
}

/** The input whose shape the result has, when no other input can widen it. */
function commonShape(inputs: readonly Variable[]): Variable | undefined {
  let first: Variable | undefined;
  let source: Variable | undefined;
  let rank = 0;
  for (const x of inputs) {
    rank = Math.max(rank, x.shape.length);
    if (!isShaping(x)) continue;
    if (first === undefined) {
      first = x;
      source = shapeSourceOf(x);
    } else if (shapeSourceOf(x) !== source) return undefined;
  }
  return first === undefined || first.shape.length < rank ? undefined : first;
}

/** Whether some size is not 1. */
function isShaping({ shape }: Variable): boolean {
  for (let axis = 0; axis < shape.length; axis++) if (shape[axis] !== 1) return true;
  return false;
}

function samplesOf<I extends number, A extends object>(
  spec: ElementwiseSpec<I, A>,
): readonly OpSample<A>[] {
  const attrs = spec.sampleAttrs && { attrs: spec.sampleAttrs };
  const sample = (point: readonly (number | boolean)[]): OpSample<A> => ({
    inputs: [...point],
    ...attrs,
  });
  return [
    ...spec.points.map(sample),
    ...(spec.edges ?? []).map((point) => ({ ...sample(point), edge: true as const })),
  ];
}
