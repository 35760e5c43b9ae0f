import { isFloat, tensorFrom } from '@cotangent/tensor';
import { Constant, isKnownShape, provablySameShape, shapeSourceOf } from '@cotangent/graph';
import type { Apply, Op, Variable } from '@cotangent/graph';
import {
  abs,
  add,
  broadcastTo,
  cast,
  det,
  div,
  exp,
  maximum,
  mul,
  prod,
  reciprocal,
  relu,
  reshape,
  second,
  shape,
  shapeAt,
  sigmoid,
  size,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  sum,
  transpose,
} from '@cotangent/ops';

// Larger constants are not searched.
const mostElements = 4096;
// How many nodes a question about a variable looks at.
const reach = 32;

/** The node that `x` is a result of, if it is one of an op. */
export function nodeOf(x: Variable | undefined, maker: { readonly op: Op }): Apply | undefined {
  return x !== undefined && x.kind === 'result' && x.owner.op === maker.op ? x.owner : undefined;
}

/** The node by which `x` is something else repeated, and what that is. */
export function repetitionOf(
  x: Variable | undefined,
): { readonly node: Apply; readonly of: Variable } | undefined {
  if (x?.kind !== 'result') return undefined;
  const node = x.owner;
  if (node.op === broadcastTo.op) return { node, of: node.inputs[0]! };
  return node.op === second.op ? { node, of: node.inputs[1]! } : undefined;
}

/** The number that every element of `x` is, if that is certain. */
export function filledWith(x: Variable): number | undefined {
  let y = x;
  for (let inner = repetitionOf(y); inner !== undefined; inner = repetitionOf(y)) y = inner.of;
  return y.kind === 'constant' ? uniformValue(y) : undefined;
}

function uniformValue({ value }: Constant): number | undefined {
  if (value.shape.length === 0) return value.data[value.offset];
  if (value.size === 0 || value.size > mostElements) return undefined;
  const first = value.data[value.offset]!;
  if (value.stride.every((step) => step === 0)) return first;
  const isDense = value.size === value.data.length;
  return isDense && value.data.every((element) => Object.is(element, first)) ? first : undefined;
}

export function isZero(x: Variable): boolean {
  return filledWith(x) === 0; // −0 too
}

/** Another constant of the type of `c`, a scalar. */
export function constantLike(c: Constant, value: number): Constant {
  return new Constant(c.type, tensorFrom(value, { dtype: c.dtype }));
}

/** `x` repeated to the shape of `y`, if what that is can be told without computing `y`. */
export function shapedAs(x: Variable, y: Variable): Variable | undefined {
  if (provablySameShape(x, y)) return x;
  if (isKnownShape(y.shape)) return broadcastTo(x, y.shape);
  const source = shapeSourceOf(y);
  return source === y ? undefined : broadcastTo(x, shape(source));
}

/** Whether `x` and `y` are certainly of one type, so that one can stand for the other. */
export function sameTypeSurely(x: Variable, y: Variable): boolean {
  return x.dtype === y.dtype && x.type.weak === y.type.weak && provablySameShape(x, y);
}

type Sign = 'positive' | 'nonnegative';

/** What every element of `x` is if it is no NaN, as mathematics has it: rounding may make 0 of what is positive. */
export function signOf(x: Variable, budget: { left: number } = { left: reach }): Sign | undefined {
  if (budget.left-- <= 0) return undefined;
  if (x.kind === 'constant') return signOfValue(x);
  if (x.kind === 'input') return undefined;
  const { op, inputs } = x.owner;
  if (positiveOps.has(op)) return 'positive';
  if (nonnegativeOps.has(op)) return 'nonnegative';
  if (op === maximum.op) return strongest(inputs.map((y) => signOf(y, budget)));
  if (op === add.op) return ofSum(inputs.map((y) => signOf(y, budget)));
  if (op === mul.op && inputs[0] === inputs[1]) return 'nonnegative';
  if (signKeepers.has(op)) return weakest(inputs.map((y) => signOf(y, budget)));
  if (signViews.has(op)) return signOf(inputs[op === second.op ? 1 : 0]!, budget);
  return undefined;
}

const positiveOps = /* @__PURE__ */ setOf(exp, sigmoid, softmax, softplus);
const nonnegativeOps = /* @__PURE__ */ setOf(abs, square, relu, shape, shapeAt, size);
/** Of inputs of one sign they make results of that sign. */
const signKeepers = /* @__PURE__ */ setOf(mul, div, sqrt, reciprocal, sum, prod);
const signViews = /* @__PURE__ */ setOf(broadcastTo, second, transpose, reshape, slice, cast);

/** The ops of some functions. */
export function setOf(...makers: readonly { readonly op: Op }[]): ReadonlySet<Op> {
  return new Set(makers.map(({ op }) => op));
}

function signOfValue(x: Constant): Sign | undefined {
  const only = uniformValue(x);
  if (only === undefined || !(only >= 0)) return undefined;
  return only > 0 ? 'positive' : 'nonnegative';
}

function strongest(signs: readonly (Sign | undefined)[]): Sign | undefined {
  return signs.includes('positive') ? 'positive' : signs.find((sign) => sign !== undefined);
}

function weakest(signs: readonly (Sign | undefined)[]): Sign | undefined {
  if (signs.includes(undefined)) return undefined;
  return signs.every((sign) => sign === 'positive') ? 'positive' : 'nonnegative';
}

function ofSum(signs: readonly (Sign | undefined)[]): Sign | undefined {
  return signs.includes(undefined) ? undefined : strongest(signs);
}

/**
 * Whether `p / p` is 1 wherever the expression it stands in has a value: `p` is positive but for rounding, or a determinant,
 * whose derivative does not exist where it is 0.
 */
export function cancels(p: Variable): boolean {
  return isFloat(p.dtype) && (signOf(p) === 'positive' || nodeOf(p, det) !== undefined);
}

/** Axes of a reduction. */
export function axesOf({ attrs }: Apply): readonly number[] {
  const axes: unknown = 'axes' in attrs ? attrs.axes : undefined;
  return Array.isArray(axes) ? axes.filter((axis) => typeof axis === 'number') : [];
}

export function keepsDims({ attrs }: Apply): boolean {
  return 'keepDims' in attrs && attrs.keepDims === true;
}

/** The entries of a transposition: axes of the input, `'x'` for a new one. */
export function entriesOf({ attrs }: Apply): readonly (number | 'x')[] {
  const axes: unknown = 'axes' in attrs ? attrs.axes : undefined;
  return Array.isArray(axes) ? axes.filter((axis) => typeof axis === 'number' || axis === 'x') : [];
}

/** Whether `y` is the result of reducing `axes` of an `x` of this rank, its axes kept or restored, so that it broadcasts back. */
export function reductionBack(
  y: Variable,
  reduction: { readonly op: Op },
  rank: number,
): { readonly node: Apply; readonly axes: readonly number[] } | undefined {
  const restored = nodeOf(y, transpose);
  const node = nodeOf(restored === undefined ? y : restored.inputs[0], reduction);
  if (node === undefined || node.inputs[0]!.rank !== rank) return undefined;
  const axes = axesOf(node);
  if (restored === undefined)
    return keepsDims(node) || axes.length === rank ? { node, axes } : undefined;
  return !keepsDims(node) && restores(restored, axes, rank) ? { node, axes } : undefined;
}

/** Whether a transposition puts back axes of size 1 where a reduction has dropped them. */
export function restores(node: Apply, axes: readonly number[], rank: number): boolean {
  const entries = entriesOf(node);
  let next = 0;
  return (
    entries.length === rank &&
    entries.every((entry, k) => (axes.includes(k) ? entry === 'x' : entry === next++))
  );
}

/** Whether the sizes of `x` along some axes are all known to be 1. */
export function isUnit(x: Variable, axes: readonly number[]): boolean {
  return axes.every((axis) => x.shape[axis] === 1);
}
