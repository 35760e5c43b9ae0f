import { describe, expect, it } from '@jest/globals';
import {
  allocate,
  byteSize,
  checkDType,
  dtypes,
  integerRange,
  isDType,
  isFloat,
  isInteger,
  isStorable,
  storeValue,
} from './dtype.ts';
import { DTypeError, ValueError } from './errors.ts';

describe('isDType', () => {
  it('accepts the five names and nothing else', () => {
    expect(dtypes.every(isDType)).toBe(true);
    expect(['int64', '', undefined, 3].some(isDType)).toBe(false);
  });

  it('sorts them into floats, integers and bool', () => {
    expect(dtypes.filter(isFloat)).toEqual(['float64', 'float32']);
    expect(dtypes.filter(isInteger)).toEqual(['int32', 'uint8']);
  });
});

describe('checkDType', () => {
  it('refuses an unknown name with its code', () => {
    expect(() => checkDType('float16', 'op')).toThrow(DTypeError);
    expect(() => checkDType('float16', 'op')).toThrow(
      expect.objectContaining({ code: 'DTYPE_UNKNOWN' }),
    );
  });
});

describe('allocate', () => {
  it.each(dtypes)('gives %s storage of its own width, all zero', (dtype) => {
    const data = allocate(dtype, 3);
    expect([...data]).toEqual([0, 0, 0]);
    expect(data.BYTES_PER_ELEMENT).toBe(byteSize(dtype));
  });

  it('turns an impossible size into a ValueError', () => {
    expect(() => allocate('float64', 2 ** 52)).toThrow(ValueError);
    expect(() => allocate('float64', 2 ** 52)).toThrow(
      expect.objectContaining({ code: 'OUT_OF_MEMORY' }),
    );
  });
});

describe('storeValue', () => {
  it.each(dtypes)('agrees with what %s storage does', (dtype) => {
    for (const x of [0, -0, 1, -1, 0.5, -1.7, 255, 256, 300, 2 ** 31, -(2 ** 31) - 1, 1e20]) {
      const data = allocate(dtype, 1);
      data[0] = x;
      const expected = dtype === 'bool' ? Number(x !== 0) : data[0];
      expect(storeValue(x, dtype) === expected).toBe(true);
    }
  });

  it('makes NaN true, and 0 in integers', () => {
    expect(storeValue(Number.NaN, 'bool')).toBe(1);
    expect(storeValue(Number.NaN, 'int32')).toBe(0);
    expect(storeValue(Infinity, 'uint8')).toBe(0);
  });
});

describe('isStorable', () => {
  it('is true up to the limits of a discrete dtype', () => {
    for (const dtype of ['int32', 'uint8', 'bool'] as const) {
      const [least, greatest] = integerRange(dtype);
      expect([least, greatest].every((x) => isStorable(x, dtype))).toBe(true);
      expect([least - 1, greatest + 1, 0.5, NaN].some((x) => isStorable(x, dtype))).toBe(false);
    }
  });

  it('is true for any number in floats', () => {
    expect(isStorable(Number.NaN, 'float32')).toBe(true);
  });
});
