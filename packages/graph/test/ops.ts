import { views } from '@cotangent/tensor';
import {
  broadcastStatic,
  callable,
  defineOp,
  disconnected,
  elementwise,
  foldingElementwise,
  zero,
} from '@cotangent/graph';
import type {
  Binary,
  ElementwiseFunction,
  Folding,
  Operand,
  OpFunction,
  Unary,
  Variable,
} from '@cotangent/graph';

/** z = x + y + …  */
export const add: Folding = foldingElementwise('add', {
  eval: (x, y) => x + y,
  diff: [(g) => g, (g) => g],
  points: [[1, 2]],
});

/** z = x · y.  ∂z/∂x = y,  ∂z/∂y = x. */
export const mul: Binary = elementwise('mul', 2, {
  eval: (x, y) => x * y,
  diff: [(g, [, y]) => mul(g, y), (g, [x]) => mul(g, x)],
  points: [[2, 3]],
});

/** z = x − y. */
export const sub: Binary = elementwise('sub', 2, {
  eval: (x, y) => x - y,
  diff: [(g) => g, (g) => neg(g)],
  points: [[2, 3]],
});

/** y = −x; booleans have no negative. */
export const neg: Unary = elementwise('neg', 1, {
  eval: (x) => -x,
  diff: [(g) => neg(g)],
  rejects: ['bool'],
  points: [[1]],
});

/** y = eˣ, a float for every dtype. */
export const exp: Unary = elementwise('exp', 1, {
  eval: Math.exp,
  diff: [(g, _x, y) => mul(g, y)],
  dtype: 'float',
  points: [[0], [1]],
});

/** A step function with a `bool` result. */
export const less: Binary = elementwise('less', 2, {
  eval: (x, y) => Number(x < y),
  diff: 'zero',
  dtype: 'bool',
  points: [[0, 1]],
  edges: [[1, 1]],
});

/** z = condition ? x : y; the condition does not take part in promotion. */
export const select: ElementwiseFunction<3> = elementwise('select', 3, {
  eval: (condition, x, y) => (condition === 0 ? y : x),
  diff: [() => disconnected, (g, [c]) => select(c, g, 0), (g, [c]) => select(c, 0, g)],
  promotes: [false, true, true],
  points: [[1, 2, 3]],
});

/** y = xⁿ for a fixed n. */
export const power: ElementwiseFunction<1, { readonly n: number }> = elementwise('power', 1, {
  eval:
    ({ n }: { readonly n: number }) =>
    (x: number) =>
      x ** n,
  sampleAttrs: { n: 2 },
  points: [[3]],
});

/** What attributes of {@link sumOp} are. */
export interface SumAttrs {
  readonly axes: readonly number[];
}

/** y = Σ_axes x. Only its type matters here. */
export const sumOp: OpFunction<1, 1, SumAttrs> = defineOp<1, 1, SumAttrs>(
  'sum',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], { axes }) => [{ ...x, shape: x.shape.filter((_, axis) => !axes.includes(axis)) }],
    eval: ([x]) => [x],
  },
);

/** {@link sumOp} over all axes unless told otherwise. */
export const sum: ((x: Variable, axes?: readonly number[]) => Variable) & {
  readonly op: typeof sumOp.op;
} = callable(sumOp.op, (x: Variable, axes: readonly number[] = x.shape.map((_, axis) => axis)) =>
  sumOp(x, { axes }),
);

/** (a, b) = (x, shape of x as a vector): the second output is disconnected. */
export const withShape: OpFunction<1, 2> = defineOp<1, 2>(
  'withShape',
  { inputs: 1, outputs: 2 },
  {
    infer: ([x]) => [x, { kind: 'tensor', dtype: 'int32', shape: [x.shape.length] }],
    eval: ([x]) => [x, x],
    connectionPattern: [[true, false]],
    pullback: ([aBar]) => [aBar],
    pushforward: ([xDot]) => [xDot, disconnected],
  },
);

/** The inputs, stacked along a new first axis: any number of inputs. */
export const stack: OpFunction<number, 1> = defineOp<number, 1>(
  'stack',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: (types) => {
      const shape = broadcastStatic(
        types.map((type) => type.shape),
        'stack',
      );
      return [{ kind: 'tensor', dtype: 'float64', shape: [types.length, ...shape] }];
    },
    eval: ([x]) => [x!],
    pullback: (_, { inputs }) => inputs.map(() => zero),
  },
);

/** x in reverse order: the same shape as x. */
export const reverse: OpFunction<1, 1> = defineOp<1, 1>(
  'reverse',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [x],
    eval: ([x]) => [views.flip(x, [0])],
    shapeLike: ([x]) => x,
    pullback: ([yBar]) => [reverse(yBar)],
    pushforward: ([xDot]) => [reverse(xDot)],
  },
);

/** An op that takes any attributes. */
export const tagged: OpFunction<1, 1, object> = defineOp<1, 1, object>(
  'tagged',
  { inputs: 1, outputs: 1 },
  { infer: ([x]) => [x], eval: ([x]) => [x] },
);

/** f(f(… x)): `depth` uses of a unary op. */
export function chain(x: Variable, depth: number, op: (x: Operand) => Variable = exp): Variable {
  let y = x;
  for (let i = 0; i < depth; i++) y = op(y);
  return y;
}
