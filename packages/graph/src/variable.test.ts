import { describe, expect, it } from '@jest/globals';
import { add, exp, mul, reverse, sum, withShape } from '../test/ops.ts';
import { matrix, scalar, vector } from './inputs.ts';
import { constant } from './operand.ts';
import { isVariable, nameIfUnnamed, named, provablySameShape, shapeSourceOf } from './variable.ts';

describe('a variable', () => {
  it('tells its dtype, shape and rank', () => {
    const x = matrix('x', { dtype: 'float32', shape: [3, null] });
    expect([x.dtype, x.shape, x.rank]).toEqual(['float32', [3, null], 2]);
  });

  it('prints its kind in place of a missing name', () => {
    expect(exp(scalar('x')).toString()).toBe('<result>: float64[]');
    expect(constant([1, 2]).toString()).toBe('<constant>: float64[2]');
  });

  it('has an identity that is not its structure', () => {
    const x = scalar('x');
    expect(exp(x)).not.toBe(exp(x));
  });
});

describe('isVariable', () => {
  it('is true of the three kinds and of nothing else', () => {
    expect([scalar(), constant(1), exp(1)].every(isVariable)).toBe(true);
    expect([1, null, undefined, {}, exp].some(isVariable)).toBe(false);
  });
});

describe('shapeSourceOf', () => {
  it('follows elementwise ops back to the variable that gives the shape', () => {
    const x = vector('x');
    expect(shapeSourceOf(exp(add(mul(x, 2), x)))).toBe(x);
  });

  it('looks through operands of size 1 but stops where another operand may widen', () => {
    const x = vector('x');
    const y = vector('y');
    expect(shapeSourceOf(add(x, constant([3])))).toBe(x);
    const z = add(x, y);
    expect(shapeSourceOf(z)).toBe(z);
  });

  it('is the result itself where a higher rank widens', () => {
    const z = add(vector('x'), constant([[1]]));
    expect(shapeSourceOf(z)).toBe(z);
  });

  it('follows shapeLike of an op', () => {
    const x = vector('x');
    expect(shapeSourceOf(reverse(exp(x)))).toBe(x);
  });
});

describe('provablySameShape', () => {
  it('is true for equal known shapes and for a common source', () => {
    const x = vector('x');
    expect(provablySameShape(exp(x), mul(x, x))).toBe(true);
    expect(provablySameShape(constant([1, 2]), vector('y', { shape: [2] }))).toBe(true);
    expect(provablySameShape(sum(x), scalar('s'))).toBe(true);
  });

  it('is false where run-time shapes may differ', () => {
    expect(provablySameShape(vector('x'), vector('y'))).toBe(false);
    expect(provablySameShape(vector('x'), vector('y', { shape: [2] }))).toBe(false);
    const [a, b] = withShape(vector('x'));
    expect(provablySameShape(a, b)).toBe(false);
  });
});

describe('named', () => {
  it('names a variable and returns it', () => {
    const x = scalar();
    expect(named(x, 'x')).toBe(x);
    expect(x.name).toBe('x');
    expect(named(x, 'x')).toBe(x);
  });

  it('refuses another name', () => {
    const x = scalar('x');
    expect(() => named(x, 'y')).toThrow(expect.objectContaining({ code: 'GRAPH_NAMED_TWICE' }));
  });
});

describe('nameIfUnnamed', () => {
  it('names a variable once', () => {
    const y = exp(1);
    nameIfUnnamed(y, 'first');
    nameIfUnnamed(y, 'second');
    expect(y.name).toBe('first');
  });
});
