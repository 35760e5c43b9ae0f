import { describe, expect, it } from '@jest/globals';
import { constant, printExpression, scalar, vector } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { broadcastTo, expandDims, mul, neg, reshape, sin } from '@cotangent/ops';
import { repeatedOnce, scalarBehind, tidierFor } from './scalars.ts';

const [s, x] = [scalar('s'), vector('x', { shape: [3] })];

describe('scalarBehind', () => {
  it('finds the scalar through repetition and new axes', () => {
    expect(scalarBehind(s)).toBe(s);
    expect(scalarBehind(broadcastTo(expandDims(s, 0), [2, 3]))).toBe(s);
  });

  it('finds none behind anything else', () => {
    expect(scalarBehind(x)).toBeUndefined();
    expect(scalarBehind(broadcastTo(x, [2, 3]))).toBeUndefined();
    expect(scalarBehind(sin(broadcastTo(s, [3])))).toBeUndefined();
    expect(scalarBehind(reshape(s, [1]))).toBeUndefined();
  });
});

describe('repeatedOnce', () => {
  it('repeats a scalar in one step', () => {
    const twice = broadcastTo(expandDims(s, 0), [3]);
    expect(printExpression(repeatedOnce(twice, x), { types: false })).toMatchInlineSnapshot(`
      "(s) =>
        %0 = broadcastTo(s, [3]:int32)
        return %0"
    `);
  });

  it('leaves everything else as it is', () => {
    const once = broadcastTo(s, [3]);
    expect(repeatedOnce(once, x)).toBe(once);
    expect(repeatedOnce(s, s)).toBe(s);
    expect(repeatedOnce(x, x)).toBe(x);
  });
});

describe('tidierFor', () => {
  const one = constant(1);
  const tidied = (build: (g: Variable) => Variable, g: Variable = one): string => {
    const { owner } = sin(x) as { readonly owner: Apply } & Variable;
    return printExpression(tidierFor(owner, [g])(build(g)), { types: false });
  };

  it('carries out products with 1 and −1', () => {
    expect(tidied((g) => mul(g, sin(x)))).toBe(printExpression(sin(x), { types: false }));
    expect(tidied((g) => neg(mul(g, sin(x))))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = sin(x)
        %1 = neg(%0)
        return %1"
    `);
    expect(tidied((g) => mul(neg(g), mul(g, x)))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = neg(x)
        return %0"
    `);
  });

  it('carries out products with repeated ones', () => {
    expect(tidied((g) => mul(g, sin(x)), broadcastTo(one, [3]))).toMatchInlineSnapshot(`
      "(x) =>
        %0 = sin(x)
        return %0"
    `);
  });

  it('keeps a product that widens its other factor', () => {
    const wide = broadcastTo(one, [2, 3]);
    expect(tidied((g) => mul(g, sin(x)), wide)).toMatchInlineSnapshot(`
      "(x) =>
        %0 = broadcastTo(1, [2, 3]:int32)
        %1 = sin(x)
        %2 = mul(%0, %1)
        return %2"
    `);
  });

  it('does nothing where the cotangent is not ±1', () => {
    const term = mul(constant(1), sin(x));
    const { owner } = sin(x) as { readonly owner: Apply } & Variable;
    expect(tidierFor(owner, [constant(2)])(term)).toBe(term);
  });

  it('does not look behind the node', () => {
    const given = mul(1, x);
    const { owner } = sin(given) as { readonly owner: Apply } & Variable;
    expect(
      printExpression(tidierFor(owner, [one])(mul(one, given)), {
        types: false,
      }),
    ).toBe(printExpression(given, { types: false }));
  });
});
