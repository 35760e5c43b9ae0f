import { describe, expect, it } from '@jest/globals';
import { add, chain, exp, mul, neg, power, sub, sum, tagged, withShape } from '../test/ops.ts';
import { mergeEqual, structuralHash, structurallyEqual } from './equality.ts';
import { scalar, vector } from './inputs.ts';
import { constant } from './operand.ts';
import { printExpression } from './print.ts';
import { topologicalNodes } from './traversal.ts';
import { nameIfUnnamed } from './variable.ts';
import type { Constant, Variable } from './variable.ts';

/** A float64 constant with the bits given as two 32-bit words, the low one first. */
function ofBits(low: number, high: number): Constant {
  return constant(new Float64Array(new Uint32Array([low, high]).buffer));
}

const equal = (a: Variable, b: Variable): boolean => structurallyEqual([a], [b]);

describe('structurallyEqual', () => {
  const [x, y] = [vector('x'), vector('y')];

  it('compares ops, attributes and inputs', () => {
    expect(equal(add(exp(x), 2), add(exp(x), 2))).toBe(true);
    expect(equal(add(exp(x), 2), add(exp(x), 3))).toBe(false);
    expect(equal(exp(x), neg(x))).toBe(false);
    expect(equal(sub(x, y), sub(y, x))).toBe(false);
    expect(equal(power(x, { n: 2 }), power(x, { n: 2 }))).toBe(true);
    expect(equal(power(x, { n: 2 }), power(x, { n: 3 }))).toBe(false);
  });

  it('tells the outputs of a node apart', () => {
    const [[a, b], [c, d]] = [withShape(x), withShape(x)];
    expect(structurallyEqual([a, b], [c, d])).toBe(true);
    expect(structurallyEqual([a, b], [d, c])).toBe(false);
    expect(structurallyEqual([a], [a, a])).toBe(false);
  });

  it('compares neither names nor sharing', () => {
    const shared = exp(x);
    const named = exp(x);
    nameIfUnnamed(named, 'e');
    expect(equal(mul(shared, shared), mul(named, exp(x)))).toBe(true);
  });

  it('compares constants bit by bit, with dtype, shape and weakness', () => {
    expect(equal(constant([1, 2]), constant([1, 2]))).toBe(true);
    expect(equal(constant([0]), constant([-0]))).toBe(false);
    expect(equal(constant(Number.NaN), constant(Number.NaN))).toBe(true);
    expect(equal(ofBits(1, 0x7ff80000), ofBits(1, 0x7ff80000))).toBe(true);
    expect(equal(ofBits(1, 0x7ff80000), ofBits(2, 0x7ff80000))).toBe(false);
    expect(equal(constant([1, 2]), constant([[1, 2]]))).toBe(false);
    expect(equal(constant(0), constant(0, { dtype: 'float32' }))).toBe(false);
    expect(equal(exp(0.5), exp(constant(0.5)))).toBe(false);
  });

  it('compares attributes deeply, by Object.is, and other objects by identity', () => {
    const f = (): number => 1;
    const same = (a: object, b: object): boolean => equal(tagged(x, a), tagged(x, b));
    expect(same({ a: [1, { b: 'c' }], d: undefined }, { a: [1, { b: 'c' }] })).toBe(true);
    expect(same({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(same({ a: Number.NaN }, { a: Number.NaN })).toBe(true);
    expect(same({ a: 0 }, { a: -0 })).toBe(false);
    expect(same({ a: 1 }, { a: '1' })).toBe(false);
    expect(same({ f }, { f })).toBe(true);
    expect(same({ f }, { f: (): number => 1 })).toBe(false);
  });

  it('takes inputs for equal only if they are the same or paired', () => {
    expect(equal(exp(x), exp(y))).toBe(false);
    expect(structurallyEqual([exp(x)], [exp(y)], { inputs: [[x, y]] })).toBe(true);
    expect(structurallyEqual([exp(x)], [exp(x)], { inputs: [[x, y]] })).toBe(false);
  });

  it('keeps the sides of a pairing apart', () => {
    const inputs = [
      [x, y],
      [y, x],
    ] as const;
    expect(structurallyEqual([sub(x, y)], [sub(y, x)], { inputs })).toBe(true);
    expect(structurallyEqual([sub(x, y)], [sub(x, y)], { inputs })).toBe(false);
    expect(structurallyEqual([sub(x, x)], [sub(x, y)], { inputs })).toBe(false);
  });

  it('pairs results too, and refuses pairs of different types', () => {
    const [a, b] = [exp(x), neg(y)];
    expect(structurallyEqual([exp(a)], [exp(b)], { inputs: [[a, b]] })).toBe(true);
    const z = vector('z', { dtype: 'float32' });
    expect(structurallyEqual([x], [z], { inputs: [[x, z]] })).toBe(false);
  });

  it('compares chains of 100 000 nodes', () => {
    expect(equal(chain(x, 100_000), chain(x, 100_000))).toBe(true);
    expect(equal(chain(x, 100_000), chain(x, 99_999))).toBe(false);
  });
});

describe('mergeEqual', () => {
  const x = vector('x');
  const count = (outputs: readonly Variable[]): number => topologicalNodes(outputs).length;

  it('merges equal nodes, from the bottom up', () => {
    const merged = mergeEqual([add(exp(neg(x)), exp(neg(x))), neg(x)]);
    expect(printExpression(merged, { types: false })).toBe(
      ['(x) =>', '  %0 = neg(x)', '  %1 = exp(%0)', '  %2 = add(%1, %1)', '  return %2, %0'].join(
        '\n',
      ),
    );
  });

  it('merges equal constants but not 0 with −0', () => {
    const [y] = mergeEqual([add(mul(x, 2), mul(x, 2))]);
    expect(count([y!])).toBe(2);
    const zeros = mergeEqual([constant(0), constant(-0), constant(0)]);
    expect(zeros[2]).toBe(zeros[0]);
    expect(zeros[1]).not.toBe(zeros[0]);
  });

  it('merges all outputs of a node', () => {
    const [[a, b], [c, d]] = [withShape(x), withShape(x)];
    expect(mergeEqual([a, d, c, b])).toEqual([a, b, a, b]);
  });

  it('returns a graph without equal parts as it is', () => {
    const outputs = [sum(mul(exp(x), 2)), x];
    expect(mergeEqual(outputs).map((y, i) => y === outputs[i])).toEqual([true, true]);
  });

  it('keeps the names of results that it rebuilds', () => {
    const y = add(exp(x), exp(x));
    nameIfUnnamed(y, 'y');
    expect(mergeEqual([y])[0]?.name).toBe('y');
  });

  it('makes a tree of 2 to the power of 12 leaves a chain', () => {
    let row: Variable[] = Array.from({ length: 4096 }, () => neg(x));
    while (row.length > 1) {
      row = Array.from({ length: row.length / 2 }, (_, i) => add(row[2 * i]!, row[2 * i + 1]!));
    }
    expect(count(row)).toBe(8191);
    expect(count(mergeEqual(row))).toBe(13);
  });

  it('merges two chains of 100 000 nodes', () => {
    const [a, b] = mergeEqual([chain(x, 100_000), chain(x, 100_000)]);
    expect(a).toBe(b);
  });
});

describe('structuralHash', () => {
  it('is equal for equal expressions, whatever the inputs are called', () => {
    const build = (a: Variable, b: Variable): readonly Variable[] => [mul(exp(a), add(b, 2)), a];
    const hash = structuralHash(build(vector('x'), vector('y')));
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(structuralHash(build(vector('u'), vector()))).toBe(hash);
  });

  it('does not depend on sharing', () => {
    const [x, y] = [vector('x'), vector('y')];
    const shared = sub(y, x);
    const nodes = mul(shared, add(x, shared));
    expect(structuralHash([nodes])).toBe(structuralHash([mul(sub(y, x), add(x, sub(y, x)))]));
  });

  it('differs where structure, attributes, constants or types differ', () => {
    const [x, y] = [vector('x'), vector('y')];
    const f = vector('f', { dtype: 'float32' });
    const expressions = [
      [sub(x, y)],
      [sub(x, x)],
      [sub(f, y)],
      [exp(x)],
      [exp(x), exp(x)],
      [power(x, { n: 2 })],
      [power(x, { n: 3 })],
      [mul(x, constant(0))],
      [mul(x, constant(-0))],
      [withShape(x)[0]],
      [withShape(x)[1]],
    ];
    expect(new Set(expressions.map(structuralHash)).size).toBe(expressions.length);
  });

  it('is the same in every release of the format', () => {
    expect(structuralHash([mul(exp(scalar('x')), 2)])).toMatchInlineSnapshot(`"66a374edf915dc87"`);
  });
});
