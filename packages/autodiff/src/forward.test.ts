import { describe, expect, it } from '@jest/globals';
import {
  constant,
  disconnected,
  isDisconnected,
  printExpression,
  scalar,
  vector,
} from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { add, cast, exp, matmul, mul, sin, square, sum } from '@cotangent/ops';
import { nested } from '../test/evaluate.ts';
import { countedSine, noCounts, testOp } from '../test/ops.ts';
import { pushforward } from './index.ts';

const [x, y, v] = ['x', 'y', 'v'].map((name) => vector(name, { shape: [2] })) as [
  Variable,
  Variable,
  Variable,
];

function print(results: Variable | readonly Variable[]): string {
  return printExpression(results, { types: false });
}

describe('the graph of a tangent', () => {
  it('applies each rule to the tangent', () => {
    expect(print(pushforward(square(x), x, v))).toMatchInlineSnapshot(`
      "(x, v) =>
        %0 = mul(2, x)
        %1 = mul(v, %0)
        return %1"
    `);
    expect(print(pushforward(sum(mul(x, y)), [x], [v]))).toMatchInlineSnapshot(`
      "(v, y) =>
        %0 = mul(v, y)
        %1 = sum{axes=[0], keepDims=false}(%0)
        return %1"
    `);
    expect(
      print(
        pushforward(
          matmul(
            [
              [1, 2],
              [3, 4],
            ],
            x,
          ),
          x,
          v,
        ),
      ),
    ).toMatchInlineSnapshot(`
      "(v) =>
        %0 = transpose{axes=[0, "x"]}(v)
        %1 = matmul([[1, 2], [3, 4]], %0)
        %2 = transpose{axes=[0]}(%1)
        return %2"
    `);
  });

  it('has no product with a tangent of ones', () => {
    const s = scalar('s');
    expect(print(pushforward(mul(s, exp(s)), s, 1))).toMatchInlineSnapshot(`
      "(s) =>
        %0 = exp(s)
        %1 = mul(%0, s)
        %2 = add(%0, %1)
        return %2"
    `);
  });

  it('has nothing from inputs that do not depend on wrt', () => {
    expect(print(pushforward(add(x, exp(y)), x, v))).toMatchInlineSnapshot(`
      "(v) =>
        return v"
    `);
  });
});

describe('forward mode', () => {
  it('asks each rule once, and only those on the path', () => {
    const [on, off] = [noCounts(), noCounts()];
    const a = countedSine(on)(x);
    pushforward(mul(add(a, a), countedSine(off)(y)), x, v);
    expect(on).toEqual({ pullback: 0, pushforward: 1, pattern: 1 });
    expect(off.pushforward).toBe(0);
  });

  it('fills absent tangents with zeros, unless the rule takes absences', () => {
    const seen: string[] = [];
    const rule = (xDots: readonly Variable[]): readonly Variable[] => {
      seen.push(xDots.map((xDot) => xDot.kind).join(' '));
      return [xDots[0]!];
    };
    pushforward(testOp('plain', { pushforward: rule })([x, y])[0]!, x, v);
    pushforward(testOp('careful', { pushforward: rule, handlesAbsent: true })([x, y])[0]!, x, v);
    expect(seen).toEqual(
      ['input constant', 'input absence'].map((s) => s.replace('constant', 'result')),
    );
  });

  it('is zero behind a discrete output, whatever its rule says', () => {
    const op = testOp('rounded', {
      infer: ([type]) => [{ ...type!, dtype: 'int32' }],
      pushforward: ([xDot]) => [xDot!],
    });
    const z = add(x, cast(op([x])[0]!, 'float64'));
    expect(nested(pushforward(z, x, [1, 2]), [[x, [0.5, 1.5]]])).toEqual([1, 2]);
  });

  it('passes a disconnected tangent on as such', () => {
    const result = pushforward(sin(x), x, disconnected, {
      disconnectedOutputs: 'ignore',
      returnDisconnected: 'disconnected',
    });
    expect(isDisconnected(result)).toBe(true);
  });

  it('repeats a tangent where the output is wider than the inputs that have one', () => {
    const m = constant([
      [1, 2],
      [3, 4],
    ]);
    expect(nested(pushforward(add(x, m), x, [5, 6]), [[x, [0, 0]]])).toEqual([
      [5, 6],
      [5, 6],
    ]);
    const s = scalar('s');
    expect(
      nested(pushforward(add(s, x), s, 7), [
        [x, [0, 0]],
        [s, 0],
      ]),
    ).toEqual([7, 7]);
  });

  it('flows through a wrt that depends on another wrt, and adds its own tangent', () => {
    const a = square(x);
    const t = pushforward(
      mul(3, a),
      [x, a],
      [
        [1, 1],
        [10, 20],
      ],
    );
    expect(nested(t, [[x, [1, 2]]])).toEqual([36, 72]);
  });

  it('stops at considerConstant', () => {
    const a = square(x);
    const t = pushforward(add(x, a), x, v, { considerConstant: [a] });
    expect(
      nested(t, [
        [x, [1, 2]],
        [v, [1, 1]],
      ]),
    ).toEqual([1, 1]);
  });
});
