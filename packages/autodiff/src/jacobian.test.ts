import { describe, expect, it } from '@jest/globals';
import {
  NotImplementedError,
  matrix,
  printExpression,
  scalar,
  topologicalNodes,
  vector,
} from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { add, cumsum, matmul, mul, outer, sin, slice, square, sum, tanh } from '@cotangent/ops';
import { expectTypeOf } from 'expect-type';
import { caught } from '../test/caught.ts';
import { evaluate, nested } from '../test/evaluate.ts';
import { noCounts, testOp } from '../test/ops.ts';
import { jacobian } from './index.ts';

const strategies = ['loop', 'vectorize', 'forward', 'auto'] as const;
const x = vector('x');
const at = [[x, [0.5, 1, 2]]] as const;

describe.each(strategies)('jacobian (%s)', (strategy) => {
  it('of an elementwise function is diagonal', () => {
    expect(nested(jacobian(square(x), x, { strategy }), at)).toEqual([
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, 4],
    ]);
  });

  it('of a matrix-vector product is the matrix, and by the matrix has rank 3', () => {
    const A = matrix('A');
    const values = [
      ...at,
      [
        A,
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
    ] as const;
    expect(nested(jacobian(matmul(A, x), x, { strategy }), values)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const byA = jacobian(matmul(A, x), A, { strategy });
    expect(nested(byA, values)).toEqual([
      [
        [0.5, 1, 2],
        [0, 0, 0],
      ],
      [
        [0, 0, 0],
        [0.5, 1, 2],
      ],
    ]);
  });

  it('works for a part of a chain of several ops', () => {
    const y = cumsum(tanh(mul(x, x)));
    const J = nested(jacobian(slice(y, '1:'), x, { strategy }), at) as number[][];
    const d = [0.5, 1, 2].map((v) => 2 * v * (1 - Math.tanh(v * v) ** 2));
    expect(J).toHaveLength(2);
    [
      [d[0], d[1], 0],
      [d[0], d[1], d[2]],
    ].forEach((row, i) => row.forEach((entry, j) => expect(J[i]![j]).toBeCloseTo(entry!, 14)));
  });

  it('has the shape of the expression, then that of wrt', () => {
    const J = evaluate(jacobian(outer(x, x), x, { strategy }), at);
    expect(J.shape).toEqual([3, 3, 3]);
    expect(J.get(0, 1, 1)).toBe(0.5);
    expect(J.get(2, 2, 2)).toBe(4);
  });

  it('mirrors the form of wrt', () => {
    const z = vector('z');
    const [byX, byZ] = jacobian(mul(x, z), [x, z], { strategy });
    const values = [...at, [z, [3, 4, 5]]] as const;
    expect(nested(byX, values)).toEqual([
      [3, 0, 0],
      [0, 4, 0],
      [0, 0, 5],
    ]);
    expect(nested(byZ, values)).toEqual([
      [0.5, 0, 0],
      [0, 1, 0],
      [0, 0, 2],
    ]);
    expect(jacobian(mul(x, z), [], { strategy })).toEqual([]);
  });

  it('repeats rows that do not depend on the row', () => {
    const z = vector('z');
    const J = jacobian(square(x), z, {
      strategy,
      disconnectedInputs: 'ignore',
    });
    expect(nested(J, [...at, [z, [1, 2]]])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    const ofSum = jacobian(add(sum(x), [0, 0]), x, { strategy });
    expect(nested(ofSum, at)).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  it('raises where wrt is disconnected', () => {
    expect(caught(() => jacobian(square(x), vector('z'), { strategy }))).toMatchObject({
      code: 'GRAD_DISCONNECTED',
    });
  });

  it('leaves out what is held constant', () => {
    const a = sin(x);
    const J = jacobian(mul(a, x), x, { strategy, considerConstant: [a] });
    expect(nested(sum(J), at)).toBeCloseTo(Math.sin(0.5) + Math.sin(1) + Math.sin(2), 15);
  });

  it('of a Jacobian is the third derivative', () => {
    const J = jacobian(jacobian(mul(x, square(x)), x, { strategy }), x, {
      strategy,
    });
    const values = evaluate(J, at);
    expect(values.shape).toEqual([3, 3, 3]);
    expect([values.get(0, 0, 0), values.get(2, 2, 2), values.get(0, 1, 0)]).toEqual([3, 12, 0]);
  });

  it('of an empty expression is empty', () => {
    expect(evaluate(jacobian(slice(x, '3:'), x, { strategy }), at).shape).toEqual([0, 3]);
  });
});

describe('jacobian', () => {
  it('of a scalar is the gradient, computed without rows', () => {
    const s = scalar('s');
    expect(printExpression(jacobian(square(s), s), { types: false })).toMatchInlineSnapshot(`
      "(s) =>
        c0 = constant
        %0 = mul(2, s)
        %1 = reshape(%0, c0)
        return %1"
    `);
    const one = vector('one', { shape: [1] });
    expect(printExpression(jacobian(square(one), one), { types: false })).toMatchInlineSnapshot(`
      "(one) =>
        %0 = mul(2, one)
        %1 = reshape(%0, [1, 1]:int32)
        return %1"
    `);
  });

  it('is a printed graph without detours', () => {
    expect(printExpression(jacobian(square(x), x), { types: false })).toMatchInlineSnapshot(`
      "(x) =>
        %0 = size(x)
        %1 = dimensions(%0, %0)
        %2 = eye{dtype="float64", k=0}(%1)
        %3 = mul(2, x)
        %4 = mul(%2, %3)
        return %4"
    `);
  });

  it('by loop is one op for all rows, which keeps no row', () => {
    const J = jacobian(cumsum(tanh(x)), x, { strategy: 'loop' });
    const names = topologicalNodes([J]).map((node) => node.op.name);
    expect(names.filter((name) => name === 'each(row)')).toHaveLength(1);
    expect(names).not.toContain('each(cumsum)');
  });

  it('takes forward mode by itself where wrt is the smaller side', () => {
    const counts = noCounts();
    const short = vector('short', { shape: [2] });
    const op = testOp('counted', {
      infer: ([type]) => [{ ...type!, shape: [3] }],
      pullback: () => {
        counts.pullback++;
        return [short];
      },
      pushforward: () => {
        counts.pushforward++;
        return [vector('yDot', { shape: [3] })];
      },
    });
    jacobian(op([short])[0]!, short);
    expect(counts).toEqual({ pullback: 0, pushforward: 1, pattern: 0 });
  });

  it('falls back to rows by itself where an op refuses a batch', () => {
    const stubborn = testOp('stubborn', {
      pullback: ([yBar]) => [stubborn([yBar!])[0]!],
      pushforward: ([xDot]) => [stubborn([xDot!])[0]!],
      batch: () => {
        throw new NotImplementedError('stubborn: not in batches', {
          code: 'TEST',
        });
      },
    });
    const y = stubborn([square(x)])[0]!;
    expect(nested(jacobian(y, x), at)).toEqual([
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, 4],
    ]);
    expect(caught(() => jacobian(y, x, { strategy: 'vectorize' }))).toMatchObject({ code: 'TEST' });
  });

  it('refuses what is no expression or no strategy', () => {
    expect(caught(() => jacobian(3 as never, x))).toMatchObject({
      code: 'GRAD_NOT_A_VARIABLE',
    });
    expect(caught(() => jacobian(x, x, { strategy: 'rows' as never }))).toMatchObject({
      code: 'GRAD_INVALID_OPTION',
      data: { option: 'strategy', value: 'rows' },
    });
    expect(caught(() => jacobian(x, x, { vectorize: true } as never))).toMatchObject({
      code: 'GRAD_UNKNOWN_OPTION',
    });
  });

  it('has absences in its type only where the options allow them', () => {
    expectTypeOf(jacobian(x, x)).toEqualTypeOf<Variable>();
    expectTypeOf(jacobian(x, [x, x])).toEqualTypeOf<readonly [Variable, Variable]>();
    expectTypeOf(jacobian(x, x, { strategy: 'loop' })).toEqualTypeOf<Variable>();
  });
});
