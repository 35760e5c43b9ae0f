import { describe, expect, it } from '@jest/globals';
import { denseTensor, fullTensor } from './dense.ts';
import { ArgumentTypeError, ShapeError } from './errors.ts';

describe('denseTensor', () => {
  it('shares the data', () => {
    const data = new Float64Array([1, 2, 3, 4]);
    const t = denseTensor(data, [2, 2], 'float64');
    data[3] = 9;
    expect(t.get(1, 1)).toBe(9);
  });

  it('refuses data of another size', () => {
    expect(() => denseTensor(new Float64Array(3), [2, 2], 'float64')).toThrow(ShapeError);
    expect(() => denseTensor(new Float64Array(3), [2, 2], 'float64')).toThrow(
      expect.objectContaining({ code: 'SHAPE_SIZE_MISMATCH' }),
    );
  });
});

describe('fullTensor', () => {
  it('stores the value as the dtype does', () => {
    expect(fullTensor([2], 300, 'uint8').toArray()).toEqual([44, 44]);
    expect(fullTensor([], NaN, 'bool').toArray()).toBe(true);
  });

  it('refuses what is no number', () => {
    const three: unknown = '3';
    const call = () => Reflect.apply(fullTensor, undefined, [[2], three, 'float64']);
    expect(call).toThrow(ArgumentTypeError);
    expect(call).toThrow(expect.objectContaining({ code: 'NOT_A_NUMBER' }));
  });
});
