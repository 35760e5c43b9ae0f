import { describe, expect, it } from '@jest/globals';
import {
  disconnected,
  isDisconnected,
  isZero,
  matrix,
  printExpression,
  scalar,
  undefinedAt,
  vector,
  zero,
} from '@cotangent/graph';
import type { Tangent, Variable } from '@cotangent/graph';
import { add, matmul, mul } from '@cotangent/ops';
import { TangentMap, castLike, projectOutput, projectTerm, sumTangents } from './accumulate.ts';

const [x, y] = [vector('x', { shape: [3] }), vector('y', { shape: [3] })];
const missing = undefinedAt('there is none');

function ownerOf(variable: Variable) {
  if (variable.kind !== 'result') throw new Error('not a result');
  return variable.owner;
}

describe('sumTangents', () => {
  it.each<readonly [string, Tangent, Tangent, Tangent]>([
    ['disconnected adds nothing', disconnected, x, x],
    ['zero adds nothing', x, zero, x],
    ['zero is more than disconnected', disconnected, zero, zero],
    ['zero stays zero', zero, zero, zero],
    ['null is contagious from the left', missing, x, missing],
    ['null is contagious from the right', zero, missing, missing],
  ])('%s', (_, a, b, sum) => {
    expect(sumTangents(a, b)).toBe(sum);
  });

  it('adds variables', () => {
    expect(printExpression(sumTangents(x, y) as Variable)).toMatchInlineSnapshot(`
      "(x: float64[3], y: float64[3]) =>
        %0 = add(x, y) : float64[3]
        return %0"
    `);
  });
});

describe('TangentMap', () => {
  it('is disconnected where nothing was added', () => {
    expect(isDisconnected(new TangentMap().get(x))).toBe(true);
  });

  it('gives back a single term as it is, and sums several in the order of arrival', () => {
    const map = new TangentMap();
    map.add(x, y);
    expect(map.get(x)).toBe(y);
    map.add(x, zero);
    expect(map.get(x)).toBe(y);
    map.add(x, x);
    expect(printExpression(map.get(x) as Variable, { types: false })).toMatchInlineSnapshot(`
      "(y, x) =>
        %0 = add(y, x)
        return %0"
    `);
  });

  it('keeps a zero that nothing was added to', () => {
    const map = new TangentMap();
    map.add(x, zero);
    map.add(x, disconnected);
    expect(isZero(map.get(x))).toBe(true);
  });
});

describe('castLike', () => {
  it('gives the dtype of a floating variable and leaves others alone', () => {
    const [f, i] = [vector('f', { dtype: 'float32' }), vector('i', { dtype: 'int32' })];
    expect(castLike(f, x).dtype).toBe('float32');
    expect(castLike(x, y)).toBe(y);
    expect(castLike(i, x)).toBe(x);
  });
});

describe('projectTerm', () => {
  it('leaves a term alone where the input has the shape of the output', () => {
    expect(projectTerm(ownerOf(mul(x, y)), 0, y)).toBe(y);
  });

  it('sums over axes along which the input was repeated', () => {
    const m = matrix('m', { shape: [2, 3] });
    const term = projectTerm(ownerOf(mul(x, m)), 0, m);
    expect(printExpression(term)).toMatchInlineSnapshot(`
      "(m: float64[2,3]) =>
        %0 = sumTo(m, [3]:int32) : float64[3]
        return %0"
    `);
  });

  it('sums to the run-time shape where sizes are not known', () => {
    const [u, v] = [vector('u'), vector('v')];
    expect(printExpression(projectTerm(ownerOf(mul(u, v)), 0, v))).toMatchInlineSnapshot(`
      "(u: float64[?], v: float64[?]) =>
        %0 = shape(u) : int32[1]
        %1 = sumTo(v, %0) : float64[?]
        return %1"
    `);
  });

  it('repeats a narrow term', () => {
    const u = vector('u');
    const term = projectTerm(ownerOf(mul(u, 2)), 0, scalar('g'), true);
    expect(printExpression(term)).toMatchInlineSnapshot(`
      "(u: float64[?], g: float64[]) =>
        %0 = shape(u) : int32[1]
        %1 = broadcastTo(g, %0) : float64[?]
        return %1"
    `);
  });

  it('touches nothing of ops that do not broadcast', () => {
    const term = matrix('term');
    expect(projectTerm(ownerOf(matmul(matrix('a'), matrix('b'))), 0, term)).toBe(term);
  });
});

describe('projectOutput', () => {
  const [u, m] = [vector('u'), matrix('m')];

  it('repeats a tangent of an input with a smaller shape', () => {
    const tangent = projectOutput(ownerOf(add(u, m)), 0, vector('uDot'), [u]);
    expect(printExpression(tangent)).toMatchInlineSnapshot(`
      "(u: float64[?], m: float64[?,?], uDot: float64[?]) =>
        %0 = add(u, m) : float64[?,?]
        %1 = shape(%0) : int32[2]
        %2 = broadcastTo(uDot, %1) : float64[?,?]
        return %2"
    `);
  });

  it('leaves it alone beside a tangent of an input with the shape of the output', () => {
    const node = ownerOf(add(u, 2));
    const tangent = vector('uDot');
    expect(projectOutput(node, 0, tangent, [u])).toBe(tangent);
  });
});
