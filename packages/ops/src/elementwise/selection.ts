import { binary, isNonzero, select } from '@cotangent/loops';
import { ValueError, callable, elementwise, zero } from '@cotangent/graph';
import type { Binary, Operand, Ternary, Unary, Variable } from '@cotangent/graph';
import { div } from './arithmetic.ts';
import { eq, ge, isNan, le, logicalAnd, logicalNot, logicalOr } from './comparison.ts';

/** y = x: removed when a graph is compiled.  dy/dx = 1. */
export const identity: Unary = elementwise('identity', 1, {
  eval: (x) => x,
  lower: ([x]) => x,
  diff: [(g) => g],
  view: true,
  points: [[-2.5], [0], [3]],
});

/**
 * z = x where c is nonzero (NaN too), else y.  ∂z/∂c = 0,  ∂z/∂x = 1 where c,  ∂z/∂y = 1 elsewhere.
 * The condition takes no part in promotion. Rules select and never multiply by a mask, so that an
 * infinite derivative on the side not taken meets no 0.
 *
 * @throws ShapeError `SHAPE_BROADCAST` if the three shapes do not fit.
 * @example where([true, false], 1, [2, 3]) // [1, 3]
 */
export const where: Ternary = elementwise('where', 3, {
  eval: (c, x, y) => (c !== 0 ? x : y),
  lower: ([c, x, y]) => select(isNonzero(c), x, y),
  promotes: [false, true, true],
  diff: [() => zero, (g, [c]) => where(c, g, 0), (g, [c]) => where(c, 0, g)],
  points: [
    [true, 2, 3],
    [false, -2.5, 0.5],
    [-0.5, -2.5, 0],
  ],
  edges: [
    [0, 2, 3],
    [NaN, 2, 3],
  ],
});

const extremumPoints = [
  [1, 2],
  [0.5, -3],
  [1e6, 0],
] as const;
const extremumEdges = [
  [2, 2],
  [NaN, 1],
  [1, NaN],
] as const;

/** z = the larger of x and y; NaN if one is.  ∂z/∂x = 1 where x is taken, ties too; ∂z/∂y = 1 elsewhere. */
const maximumOp: Binary = elementwise('maximum', 2, {
  eval: largerOf,
  lower: ([x, y]) => binary('max', x, y),
  diff: [
    (g, [x, y]) => where(takesLarger(x, y), g, 0),
    (g, [x, y]) => where(takesLarger(x, y), 0, g),
  ],
  points: extremumPoints,
  edges: extremumEdges,
});

/** z = the larger of x and y; NaN if one is.  As `maximum`, but ∂z/∂x = ∂z/∂y = ½ where x = y. */
export const maximumSplit: Binary = elementwise('maximumSplit', 2, {
  eval: largerOf,
  lower: ([x, y]) => binary('max', x, y),
  diff: [
    (g, [x, y]) => where(eq(x, y), div(g, 2), where(takesLarger(x, y), g, 0)),
    (g, [x, y]) => where(eq(x, y), div(g, 2), where(takesLarger(x, y), 0, g)),
  ],
  points: extremumPoints,
  edges: extremumEdges,
});

/** z = the smaller of x and y; NaN if one is.  ∂z/∂x = 1 where x is taken, ties too; ∂z/∂y = 1 elsewhere. */
const minimumOp: Binary = elementwise('minimum', 2, {
  eval: smallerOf,
  lower: ([x, y]) => binary('min', x, y),
  diff: [
    (g, [x, y]) => where(takesSmaller(x, y), g, 0),
    (g, [x, y]) => where(takesSmaller(x, y), 0, g),
  ],
  points: extremumPoints,
  edges: extremumEdges,
});

/** z = the smaller of x and y; NaN if one is.  As `minimum`, but ∂z/∂x = ∂z/∂y = ½ where x = y. */
export const minimumSplit: Binary = elementwise('minimumSplit', 2, {
  eval: smallerOf,
  lower: ([x, y]) => binary('min', x, y),
  diff: [
    (g, [x, y]) => where(eq(x, y), div(g, 2), where(takesSmaller(x, y), g, 0)),
    (g, [x, y]) => where(eq(x, y), div(g, 2), where(takesSmaller(x, y), 0, g)),
  ],
  points: extremumPoints,
  edges: extremumEdges,
});

/** What `maximum` and `minimum` do besides comparing. */
export interface TiesOptions {
  /** Where both are equal, the first takes the whole derivative, or each takes one half. Default `first`. */
  readonly ties?: 'first' | 'split' | undefined;
}

/** A binary op that can be told what to do with ties. */
export type Extremum = Binary & ((a: Operand, b: Operand, options: TiesOptions) => Variable);

/**
 * z = the larger of a and b, elementwise and broadcast; NaN if one is. ∂z/∂a = 1 where a is taken, else 0; ∂z/∂b = 1 − ∂z/∂a.
 * A NaN takes the whole derivative.
 *
 * @param options.ties - where a = b: `'first'` gives a the whole derivative (the default), `'split'` each one half.
 * @throws ShapeError `SHAPE_BROADCAST`; ValueError `OP_TIES` for another word.
 * @example maximum([1, 5], [3, 2]) // [3, 5]
 */
export const maximum: Extremum = callable(
  maximumOp.op,
  (a: Operand, b: Operand, options: TiesOptions = {}): Variable =>
    splitsTies(options, 'maximum') ? maximumSplit(a, b) : maximumOp(a, b),
);

/**
 * z = the smaller of a and b, elementwise and broadcast; NaN if one is. ∂z/∂a = 1 where a is taken, else 0; ∂z/∂b = 1 − ∂z/∂a.
 * A NaN takes the whole derivative.
 *
 * @param options.ties - as for {@link maximum}.
 * @throws as {@link maximum}.
 * @example minimum([1, 5], [3, 2]) // [1, 2]
 */
export const minimum: Extremum = callable(
  minimumOp.op,
  (a: Operand, b: Operand, options: TiesOptions = {}): Variable =>
    splitsTies(options, 'minimum') ? minimumSplit(a, b) : minimumOp(a, b),
);

function splitsTies({ ties = 'first' }: TiesOptions, op: string): boolean {
  if (ties === 'first' || ties === 'split') return ties === 'split';
  throw new ValueError(`${op}: ties cannot be ${JSON.stringify(ties)}`, {
    code: 'OP_TIES',
    hint: "write 'first' or 'split'",
    data: { op, ties },
  });
}

/**
 * z = min(max(x, a), b), so b where a > b.  ∂z/∂x = 1 where a ≤ x ≤ b, bounds included;
 * ∂z/∂a = 1 where x < a ≤ b;  ∂z/∂b = 1 where x > b or a > b.  NaN goes to the input that is NaN.
 */
export const clip: Ternary = elementwise('clip', 3, {
  eval: (x, low, high) => smallerOf(largerOf(x, low), high),
  lower: ([x, low, high]) => binary('min', binary('max', x, low), high),
  diff: [
    (g, [x, low, high]) => where(logicalAnd(takesLarger(x, low), takesSmaller(x, high)), g, 0),
    (g, [x, low, high]) =>
      where(logicalAnd(logicalNot(takesLarger(x, low)), takesSmaller(low, high)), g, 0),
    (g, [x, low, high]) => where(takesSmaller(maximum(x, low), high), 0, g),
  ],
  points: [
    [0.5, 0, 1],
    [-2.5, -1, 1],
    [3, -1, 2],
    [0.5, 2, -2],
    [-3, 2, 1],
  ],
  edges: [
    [0, 0, 1],
    [1, 0, 1],
    [NaN, 0, 1],
  ],
});

/** What `maximum` selects, as NumPy does: x on ties, and a NaN wherever there is one. */
function largerOf(x: number, y: number): number {
  return x >= y || Number.isNaN(x) ? x : y;
}

function smallerOf(x: number, y: number): number {
  return x <= y || Number.isNaN(x) ? x : y;
}

/** Where `maximum(x, y)` is x. */
function takesLarger(x: Variable, y: Variable): Variable {
  return logicalOr(ge(x, y), isNan(x));
}

/** Where `minimum(x, y)` is x. */
function takesSmaller(x: Variable, y: Variable): Variable {
  return logicalOr(le(x, y), isNan(x));
}
