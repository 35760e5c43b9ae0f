import { describe, expect, it } from '@jest/globals';
import { DTypeError, ValueError, scalar, vector } from '@cotangent/graph';
import { tensorFrom, zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectClose, expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { shapeAt } from '../shape/size.ts';
import {
  arange,
  asTensor,
  empty,
  emptyLike,
  eye,
  full,
  fullLike,
  identityMatrix,
  linspace,
  oneHot,
  ones,
  zeros,
} from './index.ts';

const x = vector('x');
const three = new Map([[x, zerosTensor([3], 'float64')]]);

describe('empty', () => {
  it('has the same values in every run', () => {
    expect(evaluate(empty([2], { dtype: 'int32' })).toArray()).toEqual([0, 0]);
    expect(evaluate(emptyLike([1, 2])).toArray()).toEqual([0, 0]);
    expect(emptyLike(vector('s', { dtype: 'float32' })).dtype).toBe('float32');
  });
});

describe('asTensor', () => {
  it('leaves variables as they are, and makes constants of values', () => {
    expect(asTensor(x)).toBe(x);
    expect(asTensor(x, { dtype: 'int32' }).dtype).toBe('int32');
    expect(asTensor([1, 2], { dtype: 'float32' })).toMatchObject({
      kind: 'constant',
      dtype: 'float32',
    });
    expectError(() => asTensor([0.5], { dtype: 'int32' }), ValueError, 'NOT_REPRESENTABLE');
  });
});

describe('identityMatrix', () => {
  it('is square', () => {
    expect(evaluate(identityMatrix(2)).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(evaluate(identityMatrix(shapeAt(x, 0)), three).shape).toEqual([3, 3]);
  });
});

describe('zeros, ones and full', () => {
  it('are constants of float64 where the shape is known', () => {
    expect(zeros([2, 0]).kind).toBe('constant');
    expect(ones([]).dtype).toBe('float64');
    expect(evaluate(ones([2], { dtype: 'bool' })).toArray()).toEqual([true, true]);
    expect(evaluate(full([2], 7)).toArray()).toEqual([7, 7]);
    expect(full([2], 7).dtype).toBe('float64');
    expect(full([2], true).dtype).toBe('bool');
  });

  it('take sizes from the graph', () => {
    const y = full([2, shapeAt(x, 0)], 7, { dtype: 'int32' });
    expect(y.shape).toEqual([2, null]);
    expect(evaluate(y, three).toArray()).toEqual([
      [7, 7, 7],
      [7, 7, 7],
    ]);
  });

  it('broadcast a value of the graph and sum its cotangent', () => {
    expect(valuesOf((v) => full([2, 2], v!), [1, 2])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(pulledBack(full([3], typed(2, 'float64')), [1, 2, 3])).toEqual([6, 'disconnected']);
  });

  it('refuse sizes, values and dtypes that are not valid', () => {
    expectError(() => zeros([-1]), ValueError, 'OP_INVALID_SIZE');
    expectError(() => full([2], 300, { dtype: 'uint8' }), ValueError, 'LITERAL_OUT_OF_RANGE');
    // @ts-expect-error -- int8 is not a dtype
    expectError(() => zeros([2], { dtype: 'int8' }), DTypeError, 'DTYPE_UNKNOWN');
  });
});

describe('fullLike', () => {
  it('has the shape and dtype of its first argument', () => {
    const y = fullLike(vector('y', { dtype: 'float32' }), 0.5);
    expect(y.dtype).toBe('float32');
    expect(valuesOf((v) => fullLike(v!, 3), [1, 2])).toEqual([3, 3]);
    expectError(() => fullLike(typed([1], 'int32'), 0.5), ValueError, 'LITERAL_OUT_OF_RANGE');
  });
});

describe('eye', () => {
  it('has ones on a diagonal', () => {
    expect(evaluate(eye(2)).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(evaluate(eye(3, 2, { k: -1, dtype: 'int32' })).toArray()).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    expect(evaluate(eye(2, 3, { k: 5 })).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('takes sizes from the graph', () => {
    expect(eye(2).kind).toBe('constant');
    expect(evaluate(eye(shapeAt(x, 0), 2), three).toArray()).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });
});

describe('arange', () => {
  it('is an int32 constant of whole numbers, else float64', () => {
    expect(evaluate(arange(4)).toArray()).toEqual([0, 1, 2, 3]);
    expect(arange(4).dtype).toBe('int32');
    expect(arange(4).kind).toBe('constant');
    expect(evaluate(arange(5, -1, -2)).toArray()).toEqual([5, 3, 1]);
    expect(evaluate(arange(0.5, 2, 0.5)).toArray()).toEqual([0.5, 1, 1.5]);
    expect(arange(0.5, 2).dtype).toBe('float64');
    expect(arange(0, 2, 1, { dtype: 'float32' }).dtype).toBe('float32');
    expect(evaluate(arange(3, 3)).shape).toEqual([0]);
  });

  it('takes scalars of the graph', () => {
    expect(valuesOf((a, b) => arange(a!, 2, b!), 0.5, 0.5)).toEqual([0.5, 1, 1.5]);
    expect(evaluate(arange(shapeAt(x, 0)), three).toArray()).toEqual([0, 1, 2]);
    expect(arange(scalar('n', { dtype: 'float32' })).dtype).toBe('float64');
  });

  it('sends the cotangent to start and step', () => {
    const y = arange(typed(1, 'float64'), typed(4, 'float64'), typed(1, 'float64'));
    expect(pulledBack(y, [1, 10, 100])).toEqual([111, 'disconnected', 210]);
  });

  it('refuses ranges without end and arguments that are no scalars', () => {
    expectError(() => arange(0, 1, 0), ValueError, 'STEP_INVALID');
    expectError(() => arange(0, Infinity), ValueError, 'STEP_INVALID');
    expectError(() => arange(x), DTypeError, 'OP_NOT_A_SCALAR');
    const step = scalar('s', { dtype: 'int32' });
    const y = arange(0, 1, step);
    const run = (): unknown => evaluate(y, new Map([[step, tensorFrom(0, { dtype: 'int32' })]]));
    expectError(run, ValueError, 'STEP_INVALID');
  });
});

describe('linspace', () => {
  it('includes both ends', () => {
    expect(evaluate(linspace(2, 5, 4)).toArray()).toEqual([2, 3, 4, 5]);
    expect(evaluate(linspace(2, 5, 1)).toArray()).toEqual([2]);
    expect(evaluate(linspace(2, 5, 0)).shape).toEqual([0]);
    expectClose(
      valuesOf((a, b) => linspace(a!, b!, 3), [0, 1], 4),
      [
        [0, 1],
        [2, 2.5],
        [4, 4],
      ],
    );
  });

  it('keeps float32', () => {
    expect(linspace(scalar('a', { dtype: 'float32' }), 1, 3).dtype).toBe('float32');
    expect(linspace(scalar('a', { dtype: 'int32' }), 1, 3).dtype).toBe('float64');
  });

  it('refuses a number of points that is not whole', () => {
    expectError(() => linspace(0, 1, 2.5), ValueError, 'OP_INVALID_SIZE');
  });
});

describe('oneHot', () => {
  it('puts a one at each index', () => {
    expect(evaluate(oneHot([2, 0], 3)).toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    expect(evaluate(oneHot(1, 2, { dtype: 'bool' })).toArray()).toEqual([false, true]);
    const indices = tensorFrom([[1], [0]], { dtype: 'uint8' });
    expect(valuesOf((i) => oneHot(i!, 2), indices)).toEqual([[[0, 1]], [[1, 0]]]);
  });

  it('refuses indices outside, and floats', () => {
    expectError(() => evaluate(oneHot([0, 3], 3)), ValueError, 'INDEX_OUT_OF_RANGE');
    expectError(() => evaluate(oneHot([-1], 3)), ValueError, 'INDEX_OUT_OF_RANGE');
    expectError(() => oneHot(vector('i'), 3), DTypeError, 'OP_DTYPE_REJECTED');
    expectError(() => oneHot([0], -1), ValueError, 'OP_INVALID_SIZE');
  });
});
