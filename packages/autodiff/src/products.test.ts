import { describe, expect, it } from '@jest/globals';
import {
  disconnected,
  isDisconnected,
  matrix,
  scalar,
  undefinedAt,
  vector,
} from '@cotangent/graph';
import type { Absence, Variable } from '@cotangent/graph';
import { add, cast, matmul, mul, sin, square, sum } from '@cotangent/ops';
import { expectTypeOf } from 'expect-type';
import { caught } from '../test/caught.ts';
import { nested } from '../test/evaluate.ts';
import { breakOp } from '../test/ops.ts';
import type { WarningCode } from './call.ts';
import { Lop, Rop, pullback, pushforward, pushforwardThroughPullback } from './index.ts';

const [x, y] = [vector('x'), vector('y')];
const at = [
  [x, [1, 2]],
  [y, [3, 4]],
] as const;
const both = [true, false] as const;

describe('pullback', () => {
  it('has the form of wrt, whatever the form of f', () => {
    expect(nested(pullback([mul(x, y)], x, [[1, 10]]), at)).toEqual([3, 40]);
    expect(pullback(mul(x, y), [x, y], [1, 1])).toHaveLength(2);
    expectTypeOf(pullback([x], [x], [x])).toEqualTypeOf<readonly [Variable]>();
    const options = { disconnectedInputs: 'ignore', returnDisconnected: 'none' } as const;
    expectTypeOf(pullback(x, y, x, options)).toEqualTypeOf<Variable | null>();
  });

  it('takes numbers, arrays and absences for cotangents', () => {
    const f = [square(x), sum(y)];
    const [xBar, yBar] = pullback(f, [x, y], [[1, 10], 5]);
    expect([nested(xBar, at), nested(yBar, at)]).toEqual([
      [2, 40],
      [5, 5],
    ]);
    const [onlyX, none] = pullback(f, [x, y], [[1, 10], disconnected], {
      disconnectedInputs: 'ignore',
      returnDisconnected: 'disconnected',
    });
    expect(nested(onlyX as Variable, at)).toEqual([2, 40]);
    expect(isDisconnected(none)).toBe(true);
  });

  it('casts a cotangent to the dtype of its f', () => {
    const f = vector('f', { dtype: 'float32' });
    expect(pullback(square(f), f, x).dtype).toBe('float32');
    expect(pullback(square(f), f, [1, 2]).dtype).toBe('float32');
  });

  it('refuses counts, shapes and dtypes that do not fit', () => {
    expect(caught(() => pullback([x, y], x, [1]))).toMatchObject({
      code: 'GRAD_COUNT',
      data: { expected: 2, got: 1 },
    });
    expect(caught(() => pullback(x, x, matrix('m')))).toMatchObject({ code: 'GRAD_TANGENT_SHAPE' });
    const integers = cast(x, 'int32');
    expect(caught(() => pullback(x, x, integers))).toMatchObject({ code: 'GRAD_TANGENT_DTYPE' });
    expect(caught(() => pullback('x' as never, x, 1))).toMatchObject({
      code: 'GRAD_NOT_A_VARIABLE',
    });
    expect(caught(() => pullback(x, x, null as never))).toMatchObject({
      code: 'GRAPH_NOT_A_VARIABLE',
    });
  });
});

describe.each(both)('pushforward (useOpPushforward: %p)', (useOpPushforward) => {
  it('has the form of f, whatever the form of wrt', () => {
    expect(nested(pushforward(mul(x, y), [x], [[1, 10]], { useOpPushforward }), at)).toEqual([
      3, 40,
    ]);
    expect(pushforward([x, mul(x, y)], x, [1, 1], { useOpPushforward })).toHaveLength(2);
    expect(pushforward([], x, [1, 1], { useOpPushforward })).toEqual([]);
  });

  it('is the product with the Jacobian from the right', () => {
    const W = matrix('W');
    const t = pushforward(
      matmul(x, W),
      W,
      [
        [1, 0],
        [0, 10],
      ],
      { useOpPushforward },
    );
    expect(
      nested(t, [
        ...at,
        [
          W,
          [
            [0, 0],
            [0, 0],
          ],
        ],
      ]),
    ).toEqual([1, 20]);
  });

  it('reports an output without a path, and no wrt without one', () => {
    const error = caught(() => pushforward([square(x), y], x, [1, 1], { useOpPushforward }));
    expect(error).toMatchObject({ code: 'GRAD_DISCONNECTED', variable: y, reason: 'not-in-graph' });
    expect(
      nested(
        pushforward(
          square(x),
          [x, y],
          [
            [1, 1],
            [1, 1],
          ],
          { useOpPushforward },
        ),
        at,
      ),
    ).toEqual([2, 4]);
  });

  it('gives zeros, null or a stand-in for it if asked to', () => {
    const options = { useOpPushforward, disconnectedOutputs: 'ignore' } as const;
    expect(nested(pushforward(y, x, [1, 1], options), at)).toEqual([0, 0]);
    expect(pushforward(y, x, [1, 1], { ...options, returnDisconnected: 'none' })).toBeNull();
    const standIn = pushforward(y, x, [1, 1], { ...options, returnDisconnected: 'disconnected' });
    expect(isDisconnected(standIn)).toBe(true);
  });

  it('warns once per output if asked to', () => {
    const warnings: WarningCode[] = [];
    pushforward([y, x], x, [1, 1], {
      useOpPushforward,
      disconnectedOutputs: 'warn',
      onWarning: (code) => warnings.push(code),
    });
    expect(warnings).toEqual(['GRAD_DISCONNECTED_INPUT']);
  });

  it('does not drop a branch whose derivative does not exist', () => {
    const z = add(x, breakOp(mul(x, y)));
    expect(caught(() => pushforward(z, x, [1, 1], { useOpPushforward }))).toMatchObject({
      code: 'GRAD_NULL',
      variable: z,
      kind: 'undefined',
    });
    expect(nested(pushforward(add(x, breakOp(y)), x, [1, 2], { useOpPushforward }), at)).toEqual([
      1, 2,
    ]);
  });

  it('can be repeated', () => {
    const s = scalar('s');
    const once = pushforward(mul(s, square(s)), s, 1, { useOpPushforward });
    const twice = pushforward(once, s, 1, { useOpPushforward });
    expect(nested(twice, [[s, 2]])).toBe(12);
  });
});

describe('pushforward', () => {
  it('has absences in its type only where the options allow them', () => {
    expectTypeOf(pushforward([x, square(x)], x, x)).toEqualTypeOf<readonly [Variable, Variable]>();
    const ignore = { disconnectedOutputs: 'ignore' } as const;
    const standIn = pushforward(x, x, x, { ...ignore, returnDisconnected: 'disconnected' });
    expectTypeOf(standIn).toEqualTypeOf<Variable | Absence>();
  });

  it('refuses a tangent of another rank before it looks at f', () => {
    const run = (): unknown => pushforward(3 as never, matrix('m'), x);
    expect(caught(run)).toMatchObject({ code: 'GRAD_TANGENT_SHAPE' });
  });

  it('is contagious for a tangent that does not exist', () => {
    const why = undefinedAt('unknown direction');
    expect(caught(() => pushforward(sin(x), x, why))).toMatchObject({
      whyNull: 'unknown direction',
    });
  });
});

describe('pushforwardThroughPullback', () => {
  it('gives an array, one entry per output', () => {
    const [a, b] = pushforwardThroughPullback([square(x), y], [x], [[1, 1]], {
      disconnectedOutputs: 'ignore',
      returnDisconnected: 'none',
    });
    expect(nested(a as Variable, at)).toEqual([2, 4]);
    expect(b).toBeNull();
  });
});

describe("Theano's names", () => {
  it('are the same functions', () => {
    expect(Lop).toBe(pullback);
    expect(Rop).toBe(pushforward);
  });
});
