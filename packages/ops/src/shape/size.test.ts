import { describe, expect, it } from '@jest/globals';
import { ValueError, matrix, vector } from '@cotangent/graph';
import { zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError } from '../../test/values.ts';
import { div } from '../elementwise/arithmetic.ts';
import { shapeAt, size } from './size.ts';

describe('shapeAt and size', () => {
  const a = matrix('a', { shape: [null, 3] });
  const givens = new Map([[a, zerosTensor([2, 3], 'float64')]]);

  it('are int32 scalars', () => {
    expect(evaluate(shapeAt(a, 0), givens).item()).toBe(2);
    expect(evaluate(size(a), givens).item()).toBe(6);
    expect(size(a).dtype).toBe('int32');
    expect(evaluate(size(7)).item()).toBe(1);
  });

  it('are constants where the size is known', () => {
    expect(shapeAt(a, -1).kind).toBe('constant');
    expect(size([1, 2, 3]).kind).toBe('constant');
  });

  it('take the dtype of what they meet', () => {
    expect(div(vector('x', { dtype: 'float32' }), shapeAt(a, 0)).dtype).toBe('float32');
    expect(div(vector('x', { dtype: 'float32' }), size(a)).dtype).toBe('float32');
  });

  it('refuse an axis that does not exist', () => {
    expectError(() => shapeAt(a, 2), ValueError, 'AXIS_OUT_OF_RANGE');
  });
});
