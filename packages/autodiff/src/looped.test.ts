import { describe, expect, it } from '@jest/globals';
import { matrix, vector } from '@cotangent/graph';
import type { Apply, BatchEntry, Variable } from '@cotangent/graph';
import { mul, sin, square, sum } from '@cotangent/ops';
import { evaluate, nested } from '../test/evaluate.ts';
import { testOp } from '../test/ops.ts';
import { grad, pushforward } from './index.ts';
import { loopedOver } from './looped.ts';
import { batchGraph } from './vectorize.ts';

/** a · b, without a batching rule. */
const product = testOp('product', {
  eval: (xs, attrs, types) => mul.op.eval(xs, attrs, types),
  pullback: ([yBar], { inputs: [a, b] }) => [mul(yBar!, b!), mul(yBar!, a!)],
});

const [x, X] = [vector('x'), matrix('X')];
const at = [
  [
    X,
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [x, [10, 100]],
] as const;

function each(entries: readonly BatchEntry[]): Variable {
  const [y] = product(entries.map(({ value, isBatched }) => (isBatched ? vector('row') : value)));
  const { owner } = y as Variable & { readonly owner: Apply };
  return loopedOver(owner, entries, batchGraph)[0]!.value;
}

const batched = (value: Variable): BatchEntry => ({ value, isBatched: true });
const fixed = (value: Variable): BatchEntry => ({ value, isBatched: false });

describe('loopedOver', () => {
  it('applies the op to each element', () => {
    const y = each([batched(X), fixed(x)]);
    expect(y.rank).toBe(2);
    expect(nested(y, at)).toEqual([
      [10, 200],
      [30, 400],
    ]);
  });

  it('keeps the derivatives by inputs that depend on each other apart', () => {
    // y[i] = X[i] · sin x · (sin x as well): the fixed input is the same variable twice.
    const y = each([batched(X), fixed(sin(x))]);
    const squared = sum(square(y));
    const values = (nested(grad(squared, x), at) as number[]).map((v) => v.toFixed(12));
    const wanted = [10, 100].map((v, j) => {
      const columns = [
        [1, 3],
        [2, 4],
      ][j]!;
      return columns
        .reduce((total, c) => total + 2 * c * c * Math.sin(v) * Math.cos(v), 0)
        .toFixed(12);
    });
    expect(values).toEqual(wanted);
  });

  it('sums over repeated fixed inputs once each', () => {
    const entries = [fixed(x), fixed(x), batched(X)];
    const triple = testOp('triple', {
      infer: ([type]) => [type!],
      eval: ([a, b], attrs, types) => mul.op.eval([a!, b!], attrs, types),
      pullback: ([yBar], { inputs: [a, b] }) => [mul(yBar!, b!), mul(yBar!, a!), mul(yBar!, 0)],
    });
    const { owner } = triple([x, x, vector('row')])[0] as Variable & { readonly owner: Apply };
    const y = loopedOver(owner, entries, batchGraph)[0]!.value; // x² for each of two rows
    expect(nested(grad(sum(y), x), at)).toEqual([40, 400]);
    expect(nested(pushforward(y, x, [1, 1]), at)).toEqual([
      [20, 200],
      [20, 200],
    ]);
  });

  it('knows the shapes of an empty batch', () => {
    const empty = { data: new Float64Array(0), shape: [0, 2], stride: [2, 1], offset: 0 };
    const y = evaluate(each([batched(X), fixed(x)]), [
      [X, empty],
      [x, [10, 100]],
    ]);
    expect(y.shape).toEqual([0, 2]);
  });
});
