import { describe, expect, it } from '@jest/globals';
import { dtypes, type DType } from './dtype.ts';
import { ValueError } from './errors.ts';
import {
  checkLiteral,
  floatResult,
  resultType,
  strongDType,
  weakKindOf,
  type Promotable,
} from './promotion.ts';

/** NumPy 2.4's `result_type`, rows and columns in the order of `dtypes`. */
const table: readonly (readonly DType[])[] = [
  ['float64', 'float64', 'float64', 'float64', 'float64'],
  ['float64', 'float32', 'float64', 'float32', 'float32'],
  ['float64', 'float64', 'int32', 'int32', 'int32'],
  ['float64', 'float32', 'int32', 'uint8', 'uint8'],
  ['float64', 'float32', 'int32', 'uint8', 'bool'],
];

const all: readonly Promotable[] = [...dtypes, 'weak-bool', 'weak-integer', 'weak-float'];

describe('resultType', () => {
  it('is the table of NumPy 2 for two dtypes', () => {
    expect(dtypes.map((a) => dtypes.map((b) => resultType([a, b])))).toEqual(table);
  });

  it('lets literals take the kind of the tensor where they can', () => {
    const withLiterals = (d: DType) =>
      (['weak-bool', 'weak-integer', 'weak-float'] as const).map((w) => resultType([w, d]));
    expect(withLiterals('bool')).toEqual(['bool', 'int32', 'float64']);
    expect(withLiterals('uint8')).toEqual(['uint8', 'uint8', 'float64']);
    expect(withLiterals('int32')).toEqual(['int32', 'int32', 'float64']);
    expect(withLiterals('float32')).toEqual(['float32', 'float32', 'float32']);
    expect(withLiterals('float64')).toEqual(['float64', 'float64', 'float64']);
  });

  it('stays weak for literals alone', () => {
    expect(resultType(['weak-integer', 'weak-bool'])).toBe('weak-integer');
    expect(resultType(['weak-integer', 'weak-float', 'weak-bool'])).toBe('weak-float');
  });

  it('does not depend on the order of three operands', () => {
    for (const a of all) {
      for (const b of all) {
        for (const c of all) {
          const results = [
            [a, b, c],
            [b, c, a],
            [c, b, a],
            [a, c, b],
          ].map(resultType);
          expect(new Set(results).size).toBe(1);
        }
      }
    }
  });

  it('refuses no operands', () => {
    expect(() => resultType([])).toThrow(ValueError);
    expect(() => resultType([])).toThrow(expect.objectContaining({ code: 'PROMOTION_EMPTY' }));
  });
});

describe('weakKindOf', () => {
  it('takes every whole number for an integer', () => {
    expect([true, 2, -0, 1e300, 0.5, NaN, Infinity].map(weakKindOf)).toEqual([
      'weak-bool',
      'weak-integer',
      'weak-integer',
      'weak-integer',
      'weak-float',
      'weak-float',
      'weak-float',
    ]);
  });
});

describe('strongDType', () => {
  it('keeps dtypes and gives literals their default', () => {
    expect(all.map(strongDType)).toEqual([...dtypes, 'bool', 'int32', 'float64']);
  });
});

describe('floatResult', () => {
  it('widens discrete dtypes to the float that holds them', () => {
    expect(all.map(floatResult)).toEqual([
      'float64',
      'float32',
      'float64',
      'float32',
      'float32',
      'weak-float',
      'weak-float',
      'weak-float',
    ]);
  });
});

describe('checkLiteral', () => {
  it('returns what is to be stored', () => {
    expect([checkLiteral(true, 'float32'), checkLiteral(255, 'uint8')]).toEqual([1, 255]);
    expect(checkLiteral(0.1, 'float32')).toBe(0.1);
  });

  it.each<[number, DType]>([
    [256, 'uint8'],
    [-1, 'uint8'],
    [2 ** 31, 'int32'],
    [0.5, 'int32'],
    [2, 'bool'],
  ])('refuses %p for %s', (value, dtype) => {
    expect(() => checkLiteral(value, dtype)).toThrow(ValueError);
    expect(() => checkLiteral(value, dtype)).toThrow(
      expect.objectContaining({ code: 'LITERAL_OUT_OF_RANGE', data: { value, dtype } }),
    );
  });
});
