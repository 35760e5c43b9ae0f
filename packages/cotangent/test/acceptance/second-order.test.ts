import { describe, expect, it } from '@jest/globals';
import {
  DisconnectedType,
  add,
  hessian,
  hessianVectorProduct,
  jacobian,
  matrix,
  mul,
  outer,
  pow,
  pullback,
  scalar,
  slice,
  square,
  sub,
  sum,
  tensorFrom,
  vector,
} from 'cotangent';
import type { Variable } from 'cotangent';
import { AssertionError } from '@cotangent/graph';
import { caught, expectClose, flat, opsOf, randomFrom, uniform, valueOf, valuesOf } from './run.ts';

const strategies = ['loop', 'vectorize', 'forward'] as const;
type Strategy = (typeof strategies)[number];

function eye(n: number, scale = 1): number[][] {
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_row, j) => (i === j ? scale : 0)),
  );
}

function diagonal(values: readonly number[]): number[][] {
  return values.map((v, i) => values.map((_, j) => (i === j ? v : 0)));
}

const ten = uniform([10], randomFrom(10));

/** G48: J of 2x is 2 I. */
function expectOfVector(strategy: Strategy): void {
  const x = vector('x');
  expectClose(valueOf(jacobian(mul(x, 2), x, { strategy }), [[x, ten]]), eye(10, 2));
}

/** G49: the form of wrt is mirrored. */
function expectOfVectorInArrays(strategy: Strategy): void {
  const x = vector('x');
  const results = jacobian(mul(x, 2), [x], { strategy });
  expect(results).toHaveLength(1);
  expectClose(valueOf(results[0], [[x, ten]]), eye(10, 2));
}

/** G50: J of x · z by both. */
function expectOfProduct(strategy: Strategy): void {
  const [x, z] = [vector('x'), vector('z')];
  const other = uniform([10], randomFrom(11));
  const [byX, byZ] = valuesOf(jacobian(mul(x, z), [x, z], { strategy }), [
    [x, ten],
    [z, other],
  ]);
  expectClose(byX, diagonal(flat(other)));
  expectClose(byZ, diagonal(flat(ten)));
}

/** G51: y = 2 Σ₀ x of a matrix. */
function expectOfColumnSums(strategy: Strategy): void {
  const x = matrix('x');
  const at = [[x, uniform([10, 10], randomFrom(12))]] as const;
  const y = mul(2, sum(x, { axis: 0 }));
  const wanted = eye(10).map((row) => Array.from({ length: 10 }, () => row.map((e) => 2 * e)));
  expectClose(valueOf(jacobian(y, x, { strategy }), at), wanted);
  expectClose(valueOf(jacobian(y, [x], { strategy })[0], at), wanted);
}

/** G52: y = Σ₁ x · z of matrices. */
function expectOfRowSums(strategy: Strategy): void {
  const [x, z] = [matrix('x'), matrix('z')];
  const values = [
    uniform([10, 10], randomFrom(13)),
    uniform([10, 10], randomFrom(14)),
  ] as number[][][];
  const y = sum(mul(x, z), { axis: 1 });
  const [byX, byZ] = valuesOf(jacobian(y, [x, z], { strategy }), [
    [x, values[0]!],
    [z, values[1]!],
  ]);
  const blocks = (m: number[][]): number[][][] =>
    m.map((_, i) => m.map((row, j) => row.map((v) => (i === j ? v : 0))));
  expectClose(byX, blocks(values[1]!));
  expectClose(byZ, blocks(values[0]!));
}

/** G53: of scalars. */
function expectOfScalar(strategy: Strategy): void {
  const [x, z] = [scalar('x'), scalar('z')];
  const at = [
    [x, 3],
    [z, 5],
  ] as const;
  expect(valueOf(jacobian(mul(x, 2), x, { strategy }), at)).toBe(2);
  expect(valueOf(jacobian(mul(x, 2), [x], { strategy })[0], at)).toBe(2);
  expect(valuesOf(jacobian(mul(x, z), [x, z], { strategy }), at)).toEqual([5, 3]);
}

/** G54: of a matrix expression. */
function expectOfMatrix(strategy: Strategy): void {
  const x = vector('x');
  const v = [0, 1, 2];
  const y = outer(x, x);
  const wanted = v.map((xi, i) =>
    v.map((xj, j) => v.map((_, k) => (i === k ? xj : 0) + (j === k ? xi : 0))),
  );
  expect(valueOf(jacobian(y, x, { strategy }), [[x, v]])).toEqual(wanted);
  const part = valueOf(jacobian(slice(y, ':, 1:'), x, { strategy }), [[x, v]]);
  expect(part).toEqual(wanted.map((rows) => rows.slice(1)));
}

/** G55: disconnection ignored. */
function expectOfDisconnected(strategy: Strategy, withMatrix = true): void {
  const options = { strategy, disconnectedInputs: 'ignore' } as const;
  const [s1, s2, v1, v2] = [scalar('s1'), scalar('s2'), vector('v1'), vector('v2')];
  expect(
    valueOf(jacobian(add(1, s1), s2, options), [
      [s1, 1],
      [s2, 2],
    ]),
  ).toBe(0);
  const four = [1, 2, 3, 4];
  expect(
    valueOf(jacobian(add(1, v1), v2, options), [
      [v1, four],
      [v2, four],
    ]),
  ).toEqual(eye(4, 0));
  if (!withMatrix) return;
  const [m1, m2] = [matrix('m1'), matrix('m2')];
  const zeros = valueOf(jacobian(add(1, slice(m1, '1:, 2:')), m2, options), [
    [m1, eye(4)],
    [m2, eye(4)],
  ]);
  const none = eye(4, 0);
  expect(zeros).toEqual([0, 1, 2].map(() => [none, none]));
}

describe.each(strategies)('jacobian (%s)', (strategy) => {
  it('G48 of a vector', () => expectOfVector(strategy));
  it('G49 of a vector mirrors the form of wrt', () => expectOfVectorInArrays(strategy));
  it('G50 of a vector by two wrt', () => expectOfProduct(strategy));
  it('G51 by a matrix', () => expectOfColumnSums(strategy));
  it('G52 by two matrices', () => expectOfRowSums(strategy));
  it('G53 of a scalar', () => expectOfScalar(strategy));
  it('G54 of a matrix expression, square and not', () => expectOfMatrix(strategy));
  it('G55 by a disconnected wrt is zeros of the full shape', () => expectOfDisconnected(strategy));
});

describe('jacobian', () => {
  it('G56 of an expression of length one is computed without a loop', () => {
    const x = scalar('x');
    const y = slice(mul(x, 2), ['newaxis']);
    for (const strategy of ['loop', 'vectorize'] as const) {
      const J = jacobian(y, x, { strategy });
      expect(valueOf(J, [[x, 3]])).toEqual([2]);
      expect(opsOf([x], J).filter((name) => name.startsWith('each('))).toEqual([]);
    }
  });

  it('G61 by loop does what G48 to G53 ask', () => {
    expectOfVector('loop');
    expectOfVectorInArrays('loop');
    expectOfProduct('loop');
    expectOfColumnSums('loop');
    expectOfRowSums('loop');
    expectOfScalar('loop');
  });

  it('G62 by loop and a disconnected wrt is zeros', () => {
    expectOfDisconnected('loop', false);
  });
});

/** Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)². */
function rosenbrock(x: Variable): Variable {
  const [head, tail] = [slice(x, ':-1'), slice(x, '1:')];
  return sum(add(mul(100, square(sub(tail, square(head)))), square(sub(1, head))));
}

describe('second derivatives', () => {
  it('G57 the Hessian of Σ x² is 2 I', () => {
    const x = vector('x');
    expectClose(valueOf(hessian(sum(square(x)), x), [[x, ten]]), eye(10, 2));
  });

  it('G58 Hessian times vector for the Rosenbrock function', () => {
    const x = vector('x');
    const p = Array.from({ length: 9 }, (_, i) => 0.5 * i);
    const at = Array.from({ length: 9 }, (_, i) => 0.1 * i);
    const Hp = hessianVectorProduct(rosenbrock(x), x, p);
    expectClose(valueOf(Hp, [[x, at]]), [0, 27, -10, -95, -192, -265, -278, -195, -180]);
  });

  it('G59 by two wrt is independent of both for a quadratic cost', () => {
    const [x, y] = [vector('x'), vector('y')];
    const cost = sum(sub(pow(x, 2), pow(y, 2)));
    const [px, py] = hessianVectorProduct(
      cost,
      [x, y],
      [
        [1, 2, 3],
        [3, 2, 1],
      ],
    );
    const nan = [NaN, NaN, NaN];
    expect(
      valuesOf(
        [px, py],
        [
          [x, nan],
          [y, nan],
        ],
      ),
    ).toEqual([
      [2, 4, 6],
      [-6, -4, -2],
    ]);
  });

  it('G60 the Hessian of Σ x² is 2 I by every strategy', () => {
    const x = vector('x');
    for (const strategy of strategies) {
      expectClose(valueOf(hessian(sum(square(x)), x, { strategy }), [[x, ten]]), eye(10, 2));
    }
  });
});

describe('types', () => {
  it('G63 a cotangent of a scalar gives a result of the same type', () => {
    const x = scalar('x');
    const c = scalar('c');
    const g = pullback(square(x), x, c);
    expect(g.type).toEqual(c.type);
    expect(
      valueOf(g, [
        [x, 3],
        [c, 1.5],
      ]),
    ).toBe(9);
  });

  it('G64 no variable converts to DisconnectedType', () => {
    const type = new DisconnectedType();
    const error = caught(() => type.filterVariable(vector('x')));
    expect(error).toBeInstanceOf(AssertionError);
    expect(String(error)).toContain('DisconnectedType');
    expect(caught(() => type.filter(tensorFrom(1)))).toBeInstanceOf(AssertionError);
  });
});
