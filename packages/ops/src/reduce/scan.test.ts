import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, vector } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { affineScan } from './affine-scan.ts';
import { cumprod, cumsum } from './scan.ts';

const x = [
  [1.5, -2, 3],
  [4, 5, -6.5],
];

describe('cumsum and cumprod', () => {
  it('run along an axis, or over all elements', () => {
    expect(valuesOf((a) => cumsum(a!, { axis: 0 }), x)).toEqual([
      [1.5, -2, 3],
      [5.5, 3, -3.5],
    ]);
    expect(valuesOf((a) => cumsum(a!), x)).toEqual([1.5, -0.5, 2.5, 6.5, 11.5, 5]);
    expect(valuesOf((a) => cumprod(a!, { axis: -1 }), x)).toEqual([
      [1.5, -3, -9],
      [4, 20, -130],
    ]);
    expect(valuesOf((a) => cumprod(a!), [])).toEqual([]);
  });

  it('run from the end, and leave out the entry itself', () => {
    expect(valuesOf((a) => cumsum(a!, { reverse: true }), [1, 2, 3])).toEqual([6, 5, 3]);
    expect(valuesOf((a) => cumsum(a!, { exclusive: true }), [1, 2, 3])).toEqual([0, 1, 3]);
    const options = { reverse: true, exclusive: true };
    expect(valuesOf((a) => cumprod(a!, options), [2, 3, 4])).toEqual([12, 4, 1]);
  });

  it('have exact derivatives beside zeros', () => {
    expect(pulledBack(cumprod([2, 0, 4, 5], { axis: 0 }), [1, 1, 1, 1])).toEqual([[1, 50, 0, 0]]);
    expect(pulledBack(cumsum([1, 2, 3], { axis: 0 }), [1, 10, 100])).toEqual([[111, 110, 100]]);
  });

  it('count integers in int32 and raise on overflow', () => {
    expect(cumsum(typed([true, true], 'bool')).dtype).toBe('int32');
    expect(evaluate(cumsum(typed([200, 100], 'uint8'))).toArray()).toEqual([200, 300]);
    const y = cumprod(typed([65536, 65536, 0], 'int32'));
    expectError(() => evaluate(y), ValueError, 'OP_INTEGER_OVERFLOW');
  });
});

describe('affineScan', () => {
  it('solves the recurrence, with or without a start', () => {
    expect(valuesOf((a, b) => affineScan(a!, b!), [9, 2, 3], [1, 1, 1])).toEqual([1, 3, 10]);
    expect(valuesOf((a, b, r) => affineScan(a!, b!, r!), [1, 2, 3], [1, 1, 1], 1)).toEqual([
      2, 5, 16,
    ]);
    const backwards = { axis: 1, reverse: true };
    expect(
      valuesOf((a, b, r) => affineScan(a!, b!, r!, backwards), [[2, 3]], [[1, 1]], [10]),
    ).toEqual([[63, 31]]);
  });

  it('refuses unequal shapes, also at run time', () => {
    expectError(() => affineScan([1, 2], [1]), ShapeError, 'OP_SCAN_SHAPES');
    const a = vector('a');
    const y = affineScan(a, [1, 2]);
    const run = (): unknown => evaluate(y, new Map([[a, tensorFrom([1])]]));
    expectError(run, ShapeError, 'OP_SCAN_SHAPES');
  });
});
