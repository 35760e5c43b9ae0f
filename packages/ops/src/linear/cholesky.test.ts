import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, tensor } from '@cotangent/graph';
import { tensorFrom, zerosTensor } from '@cotangent/tensor';
import { expectError, pulledBack, pushedForward, typed, valuesOf } from '../../test/values.ts';
import { evaluate } from '../../test/evaluate.ts';
import { choSolve, cholesky } from './index.ts';

const symmetric = [
  [4, 2],
  [2, 10],
];
/** The same with nonsense where it is not read. */
const lowerOnly = [
  [4, 99],
  [2, 10],
];
const upperOnly = [
  [4, 2],
  [99, 10],
];

describe('cholesky', () => {
  it('reads one triangle, gives that triangle and zeros', () => {
    const l = [
      [2, 0],
      [1, 3],
    ];
    expect(valuesOf((a) => cholesky(a!), symmetric)).toEqual(l);
    expect(valuesOf((a) => cholesky(a!), lowerOnly)).toEqual(l);
    expect(valuesOf((a) => cholesky(a!, { lower: false }), upperOnly)).toEqual([
      [2, 1],
      [0, 3],
    ]);
  });

  it('takes the mean of both triangles if asked to', () => {
    const skew = [
      [4, 1],
      [3, 10],
    ];
    const build = cholesky(typed(skew, 'float64'), { symmetrizeInput: true });
    expect(evaluate(build).toArray()).toEqual([
      [2, 0],
      [1, 3],
    ]);
  });

  it('pulls back to the triangle that is read', () => {
    const y = cholesky(typed(lowerOnly, 'float64'));
    const bar = [
      [1, 7],
      [0, 0],
    ];
    // L₁₁ = √a₁₁: what is above the diagonal is constant, its cotangent without effect.
    expect(pulledBack(y, bar)).toEqual([
      [
        [0.25, 0],
        [0, 0],
      ],
    ]);
  });

  it('pushes forward only what is read', () => {
    const y = cholesky(typed(symmetric, 'float64'));
    expect(
      pushedForward(y, [
        [
          [0, 5],
          [0, 6],
        ],
      ]),
    ).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it('computes with integers and booleans as floats', () => {
    expect(cholesky(typed([[4]], 'int32')).dtype).toBe('float64');
    expect(cholesky(typed([[4]], 'uint8')).dtype).toBe('float32');
    expect(cholesky(typed([[4]], 'float32')).dtype).toBe('float32');
    expect(evaluate(cholesky(typed([[4]], 'int32'))).toArray()).toEqual([[2]]);
  });

  it('refuses what is not positive definite, or gives NaN', () => {
    const bad = typed([[[1]], [[-1]]], 'float64');
    expectError(() => evaluate(cholesky(bad)), ValueError, 'OP_NOT_POSITIVE_DEFINITE');
    expect(() => evaluate(cholesky(bad))).toThrow(/pivot 0 of matrix 1/);
    expect(evaluate(cholesky(bad, { onFailure: 'nan' })).toArray()).toEqual([[[1]], [[NaN]]]);
  });

  it('refuses what is no square matrix, at run time where that is not known before', () => {
    expectError(() => cholesky([1, 2]), ShapeError, 'OP_RANK');
    expectError(() => cholesky([[1, 2]]), ShapeError, 'OP_NOT_SQUARE');
    const a = tensor('a', { shape: [null, null] });
    const wide = tensorFrom([[1, 2]]);
    expectError(() => evaluate(cholesky(a), new Map([[a, wide]])), ShapeError, 'OP_NOT_SQUARE');
    expect(cholesky(tensor('a', { shape: [3, null] })).shape).toEqual([3, 3]);
  });

  it('takes empty matrices and empty stacks', () => {
    for (const shape of [
      [0, 0],
      [0, 3, 3],
      [2, 0, 0],
    ]) {
      expect(evaluate(cholesky(zerosTensor(shape, 'float64'))).shape).toEqual(shape);
    }
  });
});

describe('choSolve', () => {
  it('solves from either factor', () => {
    const [l, u] = [
      cholesky(typed(symmetric, 'float64')),
      cholesky(typed(symmetric, 'float64'), { lower: false }),
    ];
    expect(evaluate(choSolve(l, [6, 12])).toArray()).toEqual([1, 1]);
    expect(evaluate(choSolve(u, [[6], [12]], { lower: false })).toArray()).toEqual([[1], [1]]);
  });
});
