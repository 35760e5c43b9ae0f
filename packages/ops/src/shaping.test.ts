import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, vector } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../test/evaluate.ts';
import { expectError, pulledBack, pushedForward } from '../test/values.ts';
import { disconnectedGrad, gradClip, gradScale, undefinedGrad, zeroGrad } from './shaping.ts';

describe('the identities with a derivative of their own', () => {
  it('have the value of their input', () => {
    for (const fn of [disconnectedGrad, zeroGrad, undefinedGrad]) {
      expect(evaluate(fn([1, 2])).toArray()).toEqual([1, 2]);
    }
    expect(evaluate(gradClip([1, 2], -1, 1)).toArray()).toEqual([1, 2]);
    expect(evaluate(gradScale([1, 2], 3)).toArray()).toEqual([1, 2]);
  });

  it('name what takes the place of the derivative', () => {
    expect(pulledBack(disconnectedGrad([1]), [1])).toEqual(['disconnected']);
    expect(pulledBack(zeroGrad([1]), [1])).toEqual(['zero']);
    expect(pulledBack(undefinedGrad([1]), [1])).toEqual(['null']);
  });
});

describe('gradClip', () => {
  it('clips cotangents only', () => {
    const y = gradClip([1, 2, 3], -1, 2);
    expect(pulledBack(y, [-5, 0.5, 5])).toEqual([[-1, 0.5, 2]]);
    expect(pushedForward(y, [[-5, 0.5, 5]])).toEqual([-5, 0.5, 5]);
  });

  it('refuses bounds out of order', () => {
    expectError(() => gradClip([1], 1, -1), ValueError, 'OP_CLIP_BOUNDS');
    expectError(() => gradClip([1], NaN, 1), ValueError, 'OP_CLIP_BOUNDS');
  });
});

describe('gradScale', () => {
  it('scales cotangents and tangents', () => {
    const y = gradScale([1, 2], [-1, 3]);
    expect(pulledBack(y, [5, 7])).toEqual([[-5, 21], 'disconnected']);
    expect(pushedForward(y, [[5, 7]])).toEqual([-5, 21]);
  });

  it('refuses a factor that would enlarge x, when the graph is built or when it is run', () => {
    expectError(() => gradScale(1, [1, 2]), ShapeError, 'SHAPE_BROADCAST');
    expectError(() => gradScale([1], [1, 2]), ShapeError, 'SHAPE_BROADCAST');
    expectError(() => gradScale([1, 2], [[1, 2]]), ShapeError, 'SHAPE_BROADCAST');
    const x = vector('x');
    const y = gradScale(x, [1, 2]);
    const run = (): unknown => evaluate(y, new Map([[x, tensorFrom([1])]]));
    expectError(run, ShapeError, 'SHAPE_BROADCAST_MISMATCH');
  });
});
