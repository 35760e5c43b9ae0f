import { describe, expect, it } from '@jest/globals';
import { ShapeError, connectionPatternOf, matrix, vector } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { second } from './second.ts';

describe('second', () => {
  it('fills the shape of the first input with the second, of its dtype', () => {
    const z = second(tensorFrom(Int32Array.of(1, 2, 3)), 0.5);
    expect(z.dtype).toBe('float64');
    expect(evaluate(z).toArray()).toEqual([0.5, 0.5, 0.5]);
    expect(
      evaluate(
        second(
          tensorFrom([
            [1, 2],
            [3, 4],
          ]),
          tensorFrom([5, 6]),
        ),
      ).toArray(),
    ).toEqual([
      [5, 6],
      [5, 6],
    ]);
  });

  it('disconnects the first input', () => {
    const z = second(vector('x'), 0);
    expect(z.kind === 'result' && connectionPatternOf(z.owner)).toEqual([[false], [true]]);
  });

  it('refuses a value that is larger, when the graph is built or when it is run', () => {
    const large = matrix('v', { shape: [2, 3] });
    expect(() => second(vector('x', { shape: [3] }), large)).toThrow(ShapeError);
    expect(() => second(vector('x', { shape: [3] }), large)).toThrow(
      expect.objectContaining({ code: 'SHAPE_BROADCAST' }),
    );
    expect(() => second(vector('x', { shape: [1] }), tensorFrom([1, 2]))).toThrow(
      'second: [2] does not broadcast to [1]',
    );
    const x = vector('x');
    const z = second(x, tensorFrom([1, 2]));
    expect(() => evaluate(z, new Map([[x, tensorFrom([1])]]))).toThrow(
      expect.objectContaining({ code: 'SHAPE_BROADCAST_MISMATCH' }),
    );
  });
});
