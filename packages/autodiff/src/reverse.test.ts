import { describe, expect, it } from '@jest/globals';
import { matrix, printExpression, scalar, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import {
  add,
  concatenate,
  div,
  dot,
  exp,
  logSumExp,
  matmul,
  max,
  mean,
  mul,
  pow,
  sigmoid,
  sin,
  slice,
  softmax,
  split,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  where,
} from '@cotangent/ops';
import { nested } from '../test/evaluate.ts';
import { countNodes, countedSine, noCounts, testOp } from '../test/ops.ts';
import { grad, pullback } from './index.ts';

function print(results: Variable | readonly Variable[]): string {
  return printExpression(results, { types: false });
}

describe('the graph of a gradient', () => {
  const x = vector('x', { shape: [3] });
  const y = vector('y', { shape: [3] });
  const s = scalar('s');
  const m = matrix('m', { shape: [2, 3] });

  it('has no product with the ones it starts from', () => {
    expect(print(grad(sum(square(x)), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = mul(2, x)
        return %0"
    `);
    expect(print(grad(sum(mul(x, y)), [x, y]))).toMatchInlineSnapshot(`
      "(y, x) =>
        return y, x"
    `);
    expect(print(grad(mul(s, exp(s)), s))).toMatchInlineSnapshot(`
      "(s) =>
        %0 = exp(s)
        %1 = mul(s, %0)
        %2 = add(%0, %1)
        return %2"
    `);
  });

  it('is a repeated scalar for a sum, of one step', () => {
    expect(print(grad(sum(x), x))).toMatchInlineSnapshot(`
      "() =>
        %0 = broadcastTo(1, [3]:int32)
        return %0"
    `);
    expect(print(grad(sum(sub(y, x)), x))).toMatchInlineSnapshot(`
      "() =>
        %0 = broadcastTo(-1, [3]:int32)
        return %0"
    `);
    expect(print(grad(mean(m), m))).toMatchInlineSnapshot(`
      "() =>
        %0 = div(1, 6)
        %1 = broadcastTo(%0, [2, 3]:int32)
        return %1"
    `);
  });

  it('multiplies by a scalar and not by copies of it', () => {
    expect(print(grad(mean(square(x)), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = div(1, 3)
        %1 = mul(2, x)
        %2 = mul(%0, %1)
        return %2"
    `);
    expect(print(grad(square(sum(square(x))), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = square(x)
        %1 = sum{axes=[0], keepDims=false}(%0)
        %2 = mul(2, %1)
        %3 = mul(2, x)
        %4 = mul(%2, %3)
        return %4"
    `);
  });

  it('divides where the derivative is a quotient', () => {
    expect(print(grad(sum(sqrt(x)), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = sqrt(x)
        %1 = mul(2, %0)
        %2 = div(1, %1)
        return %2"
    `);
    expect(print(grad(sum(div(1, x)), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = div(1, x)
        %1 = div(%0, x)
        %2 = neg(%1)
        return %2"
    `);
  });

  it('reuses results of the function', () => {
    expect(print(grad(sum(tanh(x)), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = tanh(x)
        %1 = sub(1, %0)
        %2 = add(1, %0)
        %3 = mul(%1, %2)
        return %3"
    `);
    expect(print(grad(sum(sigmoid(x)), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = sigmoid(x)
        %1 = neg(x)
        %2 = sigmoid(%1)
        %3 = mul(%0, %2)
        return %3"
    `);
  });

  it('sums the terms of a variable that is used twice, adding no zeros', () => {
    expect(print(grad(add(s, mul(s, s)), s))).toMatchInlineSnapshot(`
      "(s) =>
        %0 = add(1, s)
        %1 = add(%0, s)
        return %1"
    `);
    expect(print(grad(sum(add(x, square(x))), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = broadcastTo(1, [3]:int32)
        %1 = mul(2, x)
        %2 = add(%0, %1)
        return %2"
    `);
  });

  it('sums over repeated axes only where there are any', () => {
    expect(print(grad(sum(mul(x, m)), x))).toMatchInlineSnapshot(`
      "(m) =>
        %0 = sumTo(m, [3]:int32)
        return %0"
    `);
    expect(print(grad(sum(mul(m, x)), m))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = broadcastTo(x, [2, 3]:int32)
        return %0"
    `);
  });

  it('is short for products of matrices', () => {
    const A = matrix('A', { shape: [3, 3] });
    expect(print(grad(sum(square(matmul(m, A))), m))).toMatchInlineSnapshot(`
      "(m, A) =>
        %0 = matmul(m, A)
        %1 = mul(2, %0)
        %2 = transpose{axes=[1, 0]}(A)
        %3 = matmul(%1, %2)
        return %3"
    `);
    expect(print(grad(dot(x, matmul(A, x)), x))).toMatchInlineSnapshot(`
      "(A, x) =>
        %0 = transpose{axes=[1, 0]}(A)
        %1 = transpose{axes=["x", 0]}(x)
        %2 = transpose{axes=[1, 0]}(%1)
        %3 = transpose{axes=[0]}(%2)
        %4 = transpose{axes=[0, "x"]}(%3)
        %5 = matmul(%0, %4)
        %6 = transpose{axes=[0]}(%5)
        %7 = transpose{axes=[0, "x"]}(x)
        %8 = matmul(A, %7)
        %9 = transpose{axes=[0]}(%8)
        %10 = transpose{axes=[0, "x"]}(%9)
        %11 = transpose{axes=[1, 0]}(%10)
        %12 = transpose{axes=[1]}(%11)
        %13 = add(%6, %12)
        return %13"
    `);
  });

  it('is short for structure', () => {
    expect(print(grad(sum(square(slice(x, '1:'))), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = broadcastTo(0, [3]:int32)
        %1 = slice{items=[{kind="range", start=1, step=null, stop=null}]}(x)
        %2 = mul(2, %1)
        %3 = addSlice{items=[{kind="range", start=1, step=null, stop=null}]}(%0, %2)
        return %3"
    `);
    expect(print(grad(sum(square(concatenate([x, y]))), y))).toMatchInlineSnapshot(`
      "(x, y) =>
        %0 = concatenate{axis=0}(x, y)
        %1 = mul(2, %0)
        %2, %3 = split{axis=0}(%1, [3, 3]:int32)
        return %3"
    `);
    expect(print(grad(sum(where(s, square(x), y)), x))).toMatchInlineSnapshot(`
      "(s, x) =>
        %0 = where(s, 1, 0)
        %1 = mul(2, x)
        %2 = mul(%0, %1)
        return %2"
    `);
  });

  it('is short for reductions with a normalisation', () => {
    expect(print(grad(logSumExp(x), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = softmax{axes=[0], infinite="share"}(x)
        return %0"
    `);
    expect(print(grad(sum(mul(y, softmax(x))), x))).toMatchInlineSnapshot(`
      "(x, y) =>
        %0 = softmax{axes=[0], infinite="nan"}(x)
        %1 = mul(%0, y)
        %2 = sum{axes=[0], keepDims=true}(%1)
        %3 = sub(y, %2)
        %4 = mul(%0, %3)
        return %4"
    `);
    expect(print(grad(max(x), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = max{axes=[0], empty="raise", keepDims=false}(x)
        %1 = transpose{axes=["x"]}(%0)
        %2 = eq(x, %1)
        %3 = transpose{axes=["x"]}(1)
        %4 = sum{axes=[0], keepDims=true}(%2)
        %5 = cast{dtype="float64"}(%4)
        %6 = div(%3, %5)
        %7 = isNan(%1)
        %8 = where(%7, NaN, 0)
        %9 = where(%2, %6, %8)
        return %9"
    `);
  });

  it('of a gradient is as short', () => {
    const dx = grad(sum(pow(x, 3)), x);
    expect(print(grad(sum(mul(y, dx)), x))).toMatchInlineSnapshot(`
      "(y, x) =>
        %0 = mul(y, 3)
        %1 = mul(2, x)
        %2 = mul(%0, %1)
        return %2"
    `);
  });

  it('has nothing from branches that do not lead to wrt', () => {
    const g = grad(sum(add(square(x), exp(mul(y, y)))), x);
    expect(print(g)).toBe(print(grad(sum(square(x)), x)));
  });

  it('leaves out the outputs of a node that the cost ignores', () => {
    const [first] = split(x, [1, 2]);
    expect(print(grad(sum(square(first!)), x))).toMatchInlineSnapshot(`
      "(x) =>
        %0, %1 = split{axis=0}(x, [1, 2]:int32)
        %2 = mul(2, %0)
        %3 = broadcastTo(0, [2]:int32)
        %4 = concatenate{axis=0}(%2, %3)
        return %4"
    `);
  });
});

describe('reverse mode', () => {
  it('asks each rule once, however often its output is used', () => {
    const counts = noCounts();
    const x = scalar('x');
    const y = countedSine(counts)(x);
    grad(add(y, mul(y, y), exp(y)), x);
    expect(counts).toEqual({ pullback: 1, pushforward: 0, pattern: 1 });
  });

  it('asks no rule off the path between wrt and the outputs', () => {
    const counts = noCounts();
    const [x, y] = [scalar('x'), scalar('y')];
    const counted = countedSine(counts);
    grad(mul(sin(x), counted(y)), x);
    grad(exp(sin(counted(y))), [], {});
    expect(counts.pullback).toBe(0);
  });

  it('grows linearly where two paths meet again and again', () => {
    const x = scalar('x');
    let y: Variable = x;
    for (let depth = 0; depth < 60; depth++) y = mul(y, y); // 2⁶⁰ paths
    expect(countNodes([grad(y, x)], [y])).toBeLessThan(60 * 4);
  });

  it('repeats narrow terms of rules that took a scalar cotangent', () => {
    const [u, v] = [vector('u'), matrix('v')];
    const cost = sum(where(u, v, 0));
    const at = [
      [u, [1, 0]],
      [
        v,
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ],
    ] as const;
    expect(nested(grad(cost, v), at)).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });

  it('hands zeros to a rule for outputs without a cotangent, unless it takes absences', () => {
    const seen: string[] = [];
    const spec = {
      outputs: 2,
      pullback: (yBars: readonly Variable[]): readonly Variable[] => {
        seen.push(yBars.map((yBar) => yBar.kind).join(' '));
        return [yBars[0]!];
      },
    };
    const x = vector('x');
    grad(sum(testOp('plain', spec)([x])[0]!), x);
    grad(sum(testOp('careful', { ...spec, handlesAbsent: true })([x])[0]!), x);
    expect(seen).toEqual(['result result', 'result absence']);
  });

  it('says which terms are needed', () => {
    const needed: boolean[][] = [];
    const op = testOp('two', {
      pullback: ([yBar], { needs }) => {
        needed.push([...(needs as readonly boolean[])]);
        return [yBar!, yBar!];
      },
    });
    const [x, y] = [vector('x'), vector('y')];
    const cost = sum(op([x, y])[0]!);
    grad(cost, y);
    grad(cost, [x, y]);
    expect(needed).toEqual([
      [false, true],
      [true, true],
    ]);
  });

  it('accepts cotangents for variables in the middle, and adds what flows into them', () => {
    const x = scalar('x');
    const y = square(x);
    expect(nested(pullback([mul(3, y), y], y, [1, 10]), [[x, 2]])).toBe(13);
  });
});
