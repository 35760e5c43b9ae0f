import { describe, expect, it } from '@jest/globals';
import {
  abs,
  add,
  addSlice,
  broadcastTo,
  cast,
  cholesky,
  concatenate,
  det,
  diagonal,
  exp,
  expandDims,
  gt,
  inv,
  log,
  logSoftmax,
  logSumExp,
  matmul,
  matrixTranspose,
  mul,
  neg,
  oneHot,
  pow,
  reshape,
  setSlice,
  shape,
  shapeAt,
  sigmoid,
  slice,
  solve,
  sub,
  sum,
  tanh,
  trace,
  transpose,
  tril,
  where,
  zerosLike,
} from '@cotangent/ops';
import { matrix, printExpression, tensor3, vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { compile, runPasses, standardPasses } from '@cotangent/compile';
import type { RewriteOptions } from '@cotangent/compile';

const x = vector('x');
const m = matrix('m');
const a = matrix('a', { shape: [3, 3] });
const b = matrix('b', { shape: [3, 2] });
const labels = vector('labels', { dtype: 'int32' });

/** The ops that are left, in the order in which they run. */
function opsOf(y: Variable | readonly Variable[], options: RewriteOptions = {}): string {
  const { outputs } = runPasses([y].flat(), standardPasses(options));
  const listing = printExpression(outputs, { types: false }).split('\n').slice(1, -1);
  return listing.map((line) => /= (\w+)/.exec(line)?.[1]).join(' ');
}

/** Expects a compiled function to give the same rewritten and as built. */
function expectSame(inputs: readonly Input[], y: Variable, ...args: readonly unknown[]): void {
  const run = (rewrites: 'all' | 'none'): unknown =>
    compile(inputs, y, { rewrites })(...(args as never[])).toArray();
  const [found, wanted] = [run('all'), run('none')].map((v) => [v].flat(Infinity) as number[]);
  expect(found).toHaveLength(wanted!.length);
  found!.forEach((v, i) => expect(v).toBeCloseTo(wanted![i]!, 12));
}

const spd = [
  [4, 1, 0.5],
  [1, 3, -1],
  [0.5, -1, 5],
];
const columns = [
  [1, 2],
  [-1, 0.5],
  [3, 1],
];

describe('canonical forms', () => {
  it('collects constant factors', () => {
    expect(opsOf(mul(2, mul(3, x)))).toBe('mul');
    expectSame([x], mul(2, mul(3, x)), [1, 2]);
    expect(opsOf(mul(1e200, mul(1e200, x)))).toBe('mul mul');
  });

  it('merges casts that lose nothing and no others', () => {
    const s = vector('s', { dtype: 'float32' });
    expect(opsOf(cast(cast(s, 'float64'), 'float32'))).toBe('');
    expect(opsOf(cast(cast(x, 'float32'), 'float64'))).toBe('cast cast');
  });

  it('drops repetitions that the op makes itself, and keeps those that give the shape', () => {
    expect(opsOf(mul(broadcastTo(sum(x), shape(x)), x))).toBe('sum mul');
    expect(opsOf(add(broadcastTo(1, [3]), 2))).toBe('');
    const y = vector('y');
    expect(opsOf(mul(broadcastTo(sum(x), shape(y)), x))).toBe('sum shape broadcastTo mul');
  });

  it('keeps the dtype and shape of x · 1', () => {
    const s = vector('s', { dtype: 'float32' });
    expect(opsOf(mul(s, tensorFrom(1, { dtype: 'float64' })))).toBe('mul');
    expect(opsOf(mul(x, broadcastTo(1, [2, 3])))).toBe('broadcastTo');
  });

  it('takes powers of units for what they are', () => {
    expect(opsOf(pow(x, 1))).toBe('');
    expect(compile([x], pow(x, 0))([NaN, 2]).toArray()).toEqual([1, 1]);
  });

  it('chooses where there is no choice', () => {
    const c = gt(x, 0);
    expect(opsOf(where(c, x, where(c, exp(x), neg(x))))).toBe('gt neg where');
    expect(opsOf(where(true, x, exp(x)))).toBe('');
  });
});

describe('normalisers', () => {
  it('takes x − log Σ exp x for logSoftmax, and its exponential for softmax', () => {
    expect(opsOf(sub(m, logSumExp(m, { axis: 1, keepDims: true })))).toBe('logSoftmax');
    expect(opsOf(sub(m, expandDims(logSumExp(m, { axis: 0 }), 0)))).toBe('logSoftmax');
    expect(opsOf(exp(logSoftmax(m)))).toBe('softmax');
  });

  it('does not take the sum over other axes for it', () => {
    expect(opsOf(sub(a, logSumExp(a, { axis: 1 })))).toBe('logSumExp sub');
  });

  it('picks labels where they were one-hot vectors', () => {
    const scores = matrix('scores', { shape: [2, 3] });
    const few = vector('few', { dtype: 'int32', shape: [2] });
    const y = neg(sum(mul(oneHot(few, 3), logSoftmax(scores)), { axis: -1 }));
    expect(opsOf(y)).toBe('logSoftmax pickLabel neg');
    expectSame(
      [few, scores],
      y,
      [2, 0],
      [
        [1, 2, 3],
        [0, -1, 1],
      ],
    );
    expect(opsOf(sum(mul(oneHot(labels, 3), logSoftmax(m)), { axis: -1 }))).toContain('oneHot');
  });
});

describe('linear algebra', () => {
  it('solves where an inverse is multiplied, if it serves nothing else', () => {
    expect(opsOf(matmul(inv(a), b))).toBe('solve');
    expect(opsOf(matmul(matrixTranspose(inv(a)), b))).toBe('solve');
    expect(opsOf(matmul(matrixTranspose(b), inv(a)))).toBe('solve transpose');
    const y = inv(a);
    expect(opsOf([matmul(y, b), y])).toBe('inv matmul');
    for (const product of [
      matmul(inv(a), b),
      matmul(matrixTranspose(inv(a)), b),
      matmul(matrixTranspose(b), inv(a)),
    ]) {
      expectSame(
        [a, b],
        product,
        [
          [2, 1, 0],
          [0, 3, 1],
          [1, -1, 4],
        ],
        columns,
      );
    }
  });

  it('shares one inverse between a matrix and its transpose', () => {
    expect(opsOf([inv(a), inv(matrixTranspose(a))])).toBe('inv transpose');
  });

  it('substitutes where a triangle is solved with', () => {
    const l = cholesky(a);
    expect(opsOf(solve(l, b))).toBe('cholesky solveTriangular');
    expect(opsOf(solve(matrixTranspose(l), b))).toBe('cholesky solveTriangular');
    expect(opsOf(solve(tril(a), b))).toBe('solveTriangular');
    for (const y of [solve(l, b), solve(matrixTranspose(l), b), solve(tril(a), b)]) {
      expectSame([a, b], y, spd, columns);
    }
  });

  it('takes determinants of triangles from the diagonal', () => {
    expect(opsOf(det(tril(a)))).toBe('diagonal prod');
    expectSame([a], det(tril(a)), spd);
    expectSame([a], log(det(cholesky(a))), spd);
    expectSame([a], log(abs(det(a))), spd);
  });

  it('computes only the diagonal of a product', () => {
    const y = trace(matmul(b, matrixTranspose(b)));
    expect(opsOf(y)).not.toContain('matmul');
    expectSame([b], y, columns);
    expectSame([b], diagonal(matmul(b, matrixTranspose(b))), columns);
    const square = matmul(b, matrixTranspose(b));
    expect(opsOf([trace(square), square])).toContain('matmul');
  });

  it('undoes inverses only under a promise', () => {
    expect(opsOf(inv(inv(a)))).toBe('inv inv');
    expect(opsOf(inv(inv(a)), { assumeFinite: true })).toBe('');
    expect(opsOf(solve(inv(a), b), { assumeFinite: true })).toBe('matmul');
  });
});

describe('shapes', () => {
  it('are computed without the values', () => {
    expect(opsOf(shape(exp(x)))).toBe('shape');
    expect(opsOf(shapeAt(sum(exp(m), { axis: 0 }), 0))).toBe('shapeAt');
    expect(opsOf(shapeAt(concatenate([x, exp(x)]), 0))).toBe('shapeAt add');
    expect(opsOf(shape(matmul(m, exp(m))))).not.toContain('exp');
    const n = matrix('n');
    const y = shape(matmul(m, n));
    expect(
      compile([m, n], y)(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [[1], [2]],
      ).toArray(),
    ).toEqual([3, 1]);
  });

  it('compose views', () => {
    const t = tensor3('t');
    expect(opsOf(transpose(transpose(t, [1, 2, 0]), [1, 2, 0]))).toBe('transpose');
    expect(opsOf(tanh(transpose(tanh(transpose(m)))))).toBe('tanh tanh');
    expect(opsOf(reshape(reshape(a, [9]), [3, 3]))).toBe('');
    expect(opsOf(reshape(b, [1, 3, 2]))).toBe('transpose');
    const y = transpose(transpose(t, [1, 'x', 2, 0]), [3, 1, 0, 2]);
    expectSame([t], y, [[[1, 2, 3]], [[4, 5, 6]]]);
  });

  it('make parts of parts', () => {
    expect(opsOf(slice(concatenate([b, b]), [4]))).toBe('slice');
    expectSame([b], slice(concatenate([b, mul(b, 2)]), [-2, { start: 1 }]), columns);
    expect(opsOf(slice(broadcastTo(sum(x), [5]), '1:3'))).toBe('sum broadcastTo');
    expect(opsOf(slice(exp(x), [0]))).toBe('slice exp');
    const y = exp(x);
    expect(opsOf([slice(y, [0]), y])).toBe('exp slice');
  });

  it('read what was written, and write once', () => {
    expect(opsOf(slice(setSlice(x, sum(x), [0]), [0]))).toBe('sum');
    expect(opsOf(setSlice(setSlice(x, 1, [0]), 2, [0]))).toBe('setSlice');
    const update = addSlice(zerosLike(x), sum(x), [0]);
    expect(opsOf(add(x, update))).toBe('sum addSlice');
    expectSame([x], add(exp(x), update), [1, 2, 3]);
  });
});

describe('sums', () => {
  it('lose signs, factors, nesting and axes of size 1', () => {
    expect(opsOf(sum(neg(m)))).toBe('sum neg');
    expect(opsOf(sum(mul(3, m)))).toBe('sum mul');
    expect(opsOf(sum(mul(0.5, m)))).toBe('mul sum');
    expect(opsOf(sum(sum(m, { axis: 0 }), { axis: 0 }))).toBe('sum');
    expectSame([m], sum(sum(m, { axis: 0 }), { axis: 0 }), columns);
    expect(opsOf(sum(expandDims(sigmoid(x), 0), { axis: 0 }))).toBe('sigmoid');
    expect(opsOf(sum(broadcastTo(sum(x), [2, 3])))).toBe('sum mul');
  });
});
