import { describe, expect, it } from '@jest/globals';
import { dataKey, dataKeys, isPlainObject } from './plain.ts';

const key = (value: unknown): string => dataKey(value, (leaf) => typeof leaf);

describe('isPlainObject', () => {
  it('is true of object literals, of parsed JSON and of objects without a prototype', () => {
    expect([{}, JSON.parse('{}'), Object.create(null)].every(isPlainObject)).toBe(true);
  });

  it('is false of everything else', () => {
    const others = [null, 1, 'x', [], new Map(), new Date(), () => 1, new Float64Array(1)];
    expect(others.some(isPlainObject)).toBe(false);
  });
});

describe('dataKeys', () => {
  it('sorts, and leaves out keys that hold undefined', () => {
    expect(dataKeys({ b: 1, a: undefined, A: 2 })).toEqual(['A', 'b']);
  });
});

describe('dataKey', () => {
  it('is the same for equal data, whatever the order of keys', () => {
    expect(key({ a: 1, b: [true, null] })).toBe(key({ b: [true, null], a: 1, c: undefined }));
  });

  it('tells apart what differs', () => {
    const values = [
      0,
      -0,
      '0',
      'NaN',
      Number.NaN,
      null,
      undefined,
      'null',
      true,
      [],
      {},
      [[]],
      10n,
    ];
    expect(new Set(values.map(key)).size).toBe(values.length);
  });

  it('asks for the identity of what is not plain data', () => {
    const leaves: unknown[] = [];
    const leaf = new Map();
    dataKey({ a: [leaf] }, (x) => String(leaves.push(x)));
    expect(leaves).toEqual([leaf]);
  });

  it('ends on cyclic data', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    expect(key(cyclic)).toContain('<object>');
  });
});
