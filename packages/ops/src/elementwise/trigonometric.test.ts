import { describe, expect, it } from '@jest/globals';
import { dtypeFor, expectExact, expectValues } from '../../test/elementwise.ts';
import { acos, asin, atan, atan2, cos, sin, tan } from './index.ts';

// Expected values: 60-digit arithmetic, rounded to double.

describe('sin, cos, tan', () => {
  it('have the values of the functions', () => {
    expectValues(sin, [
      [-2.5, -0.5984721441039565],
      [1e-8, 1e-8],
      [3, 0.1411200080598672],
      [1e5, 0.03574879797201651],
    ]);
    expectValues(cos, [
      [-2.5, -0.8011436155469337],
      [0.5, 0.8775825618903728],
      [1e5, -0.9993608074382124],
    ]);
    expectValues(tan, [
      [-2.5, 0.7470222972386603],
      [1.5, 14.101419947171719],
      [1e5, -0.035771662952898776],
    ]);
  });

  it('are NaN at infinity and floating for integers', () => {
    expectExact(sin, [[Infinity, NaN]]);
    expect(dtypeFor(sin, 'int32')).toBe('float64');
    expect(dtypeFor(cos, 'bool')).toBe('float32');
    expect(dtypeFor(tan, 'float32')).toBe('float32');
  });
});

describe('asin, acos, atan', () => {
  it('have the values of the functions', () => {
    expectValues(asin, [
      [-0.999, -1.526071239626163],
      [-1e-8, -1e-8],
      [1, 1.5707963267948966],
    ]);
    expectValues(acos, [
      [-0.999, 3.09686756642106],
      [0.5, 1.0471975511965979],
      [0.999, 0.044725087168733454],
    ]);
    expectValues(atan, [
      [-1e10, -1.5707963266948965],
      [-1, -0.7853981633974483],
      [0.5, 0.4636476090008061],
    ]);
  });

  it('are NaN outside [−1, 1], except atan', () => {
    expectExact(asin, [[1.5, NaN]]);
    expectExact(acos, [[-1.5, NaN]]);
    expectExact(atan, [[Infinity, Math.PI / 2]]);
  });
});

describe('atan2', () => {
  it('takes y before x', () => {
    expectValues(atan2, [
      [1, 2, 0.4636476090008061],
      [-1, -2, -2.677945044588987],
      [1e-300, -1, 3.141592653589793],
      [3, 1e-300, 1.5707963267948966],
    ]);
  });

  it('is 0 at the origin', () => {
    expectExact(atan2, [
      [0, 0, 0],
      [0, -1, Math.PI],
      [-0, -1, -Math.PI],
    ]);
  });
});
