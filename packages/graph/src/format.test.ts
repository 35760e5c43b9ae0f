import { describe, expect, it } from '@jest/globals';
import { exp, mul } from '../test/ops.ts';
import { formatAttrs, formatName, formatSmallConstant, letters, rootTexts } from './format.ts';
import { scalar } from './inputs.ts';
import { constant } from './operand.ts';
import type { Variable } from './variable.ts';

const texts = (outputs: readonly Variable[], canonical = false): readonly string[] => {
  const roots = rootTexts(outputs, canonical);
  return outputs.map((y) => roots.of.get(y) ?? '');
};

describe('rootTexts', () => {
  it('keeps names apart', () => {
    const inputs = ['x', 'x', 'x#2', 'x', 'in0', undefined].map((name) => scalar(name));
    expect(texts(inputs)).toEqual(['x', 'x#2', 'x#2#2', 'x#3', 'in0', 'in0#2']);
  });

  it('numbers inputs by appearance where canonical names are asked for', () => {
    const [x, y] = [scalar('x'), scalar('y')];
    const roots = rootTexts([mul(y, x)], true);
    expect([roots.of.get(y), roots.of.get(x)]).toEqual(['in0', 'in1']);
  });

  it('writes small constants as values and others by name', () => {
    const big = constant(Array.from({ length: 9 }, () => 0));
    const named = constant(1e-8, { name: 'eps' });
    expect(texts([constant(2), named, big])).toEqual(['2', 'eps', 'c0']);
    expect(texts([constant(2), named, big], true)).toEqual(['2', '1e-8', 'c0']);
    expect(rootTexts([constant(2), named, big], false).named).toEqual(new Set([named, big]));
  });
});

describe('formatName', () => {
  it('quotes names that are empty or do not print', () => {
    expect(['∂f/∂x (1)', '', 'a\nb', '\u2028'].map(formatName)).toEqual([
      '∂f/∂x (1)',
      '""',
      '"a\\nb"',
      JSON.stringify('\u2028'),
    ]);
  });
});

describe('formatSmallConstant', () => {
  it('shows the dtype unless it is float64 or bool', () => {
    const constants = [
      constant([[1, -0]]),
      constant([true, false]),
      constant(3, { dtype: 'int32' }),
      constant([Number.NaN, -Infinity], { dtype: 'float32' }),
    ];
    expect(constants.map(formatSmallConstant)).toEqual([
      '[[1, -0]]',
      '[true, false]',
      '3:int32',
      '[NaN, -Infinity]:float32',
    ]);
  });

  it('leaves out empty and large constants', () => {
    expect(formatSmallConstant(constant(new Float64Array(0)))).toBeUndefined();
    expect(formatSmallConstant(constant(new Float64Array(9)))).toBeUndefined();
  });
});

describe('formatAttrs', () => {
  it('sorts keys and leaves out undefined ones', () => {
    expect(formatAttrs({ keepDims: true, axes: [0, -0], none: undefined })).toBe(
      '{axes=[0, -0], keepDims=true}',
    );
    expect(formatAttrs({})).toBe('');
  });

  it('names what is not plain data', () => {
    const attrs = { a: Math.sin, b: exp(1), c: new Map(), d: null, e: 'a"b', f: { g: 1n } };
    expect(formatAttrs(attrs)).toBe(
      '{a=<function sin>, b=<<result>: float64[]>, c=<Map>, d=null, e="a\\"b", f={g=1}}',
    );
  });

  it('cuts long and deep data', () => {
    expect(formatAttrs({ a: Array.from({ length: 40 }, () => 0) })).toContain(', … 8 more]}');
    expect(formatAttrs({ a: [[[[[1]]]]] })).toBe('{a=[[[[…]]]]}');
  });
});

describe('letters', () => {
  it('counts A to Z, then AA', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(letters)).toEqual([
      'A',
      'Z',
      'AA',
      'AZ',
      'BA',
      'ZZ',
      'AAA',
    ]);
  });
});
