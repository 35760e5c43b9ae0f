import { describe, expect, it } from '@jest/globals';
import { dtypeFor, expectExact, expectValues } from '../../test/elementwise.ts';
import { acosh, asinh, atanh, cosh, hypot, sinh, tanh } from './index.ts';

// Expected values: 60-digit arithmetic, rounded to double.

describe('sinh, cosh, tanh', () => {
  it('have the values of the functions', () => {
    expectValues(sinh, [
      [-20, -242582597.70489514],
      [-1e-8, -1e-8],
      [0.5, 0.5210953054937474],
      [700, 5.0711602736750225e303],
    ]);
    expectValues(cosh, [
      [-20, 242582597.70489514],
      [0.5, 1.1276259652063807],
      [700, 5.0711602736750225e303],
    ]);
    expectValues(tanh, [
      [-20, -1],
      [-1e-8, -1e-8],
      [0.5, 0.46211715726000974],
      [1, 0.7615941559557649],
    ]);
    expectExact(tanh, [
      [Infinity, 1],
      [-Infinity, -1],
    ]);
  });

  it('are floating for integers', () => {
    expect(dtypeFor(tanh, 'int32')).toBe('float64');
    expect(dtypeFor(sinh, 'uint8')).toBe('float32');
  });
});

describe('asinh, acosh, atanh', () => {
  it('have the values of the functions', () => {
    expectValues(asinh, [
      [-1e300, -691.4686750787737],
      [-1e-8, -1e-8],
      [0.5, 0.48121182505960347],
      [10, 2.99822295029797],
    ]);
    expectValues(acosh, [
      [1.0000001, 0.0004472135919037347],
      [1.5, 0.9624236501192069],
      [1e300, 691.4686750787737],
    ]);
    expectValues(atanh, [
      [-0.999, -3.8002011672501994],
      [-1e-8, -1e-8],
      [0.5, 0.5493061443340549],
    ]);
  });

  it('are infinite or NaN at the ends of their domains', () => {
    expectExact(acosh, [
      [1, 0],
      [0.5, NaN],
    ]);
    expectExact(atanh, [
      [1, Infinity],
      [-1, -Infinity],
      [2, NaN],
    ]);
  });
});

describe('hypot', () => {
  it('neither over- nor underflows', () => {
    expectValues(hypot, [
      [3, 4, 5],
      [1e200, 1e200, 1.414213562373095e200],
      [1e-200, -2e-200, 2.2360679774997897e-200],
      [1e-320, 1e-320, 1.414e-320],
      [1.7e308, 1e307, 1.7029386365926401e308],
      [1, 1e-9, 1],
    ]);
  });

  it('is infinite where an input is, and else NaN where one is', () => {
    expectExact(hypot, [
      [0, 0, 0],
      [Infinity, NaN, Infinity],
      [NaN, -Infinity, Infinity],
      [NaN, 1, NaN],
      [1.7e308, 1.7e308, Infinity],
    ]);
  });

  it('is floating for integers', () => {
    expect(dtypeFor(hypot, 'int32', 'int32')).toBe('float64');
  });
});
