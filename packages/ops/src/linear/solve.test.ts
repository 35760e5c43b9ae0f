import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, tensor } from '@cotangent/graph';
import { tensorFrom, zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectClose, expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { det, inv, slogdet, solve, solveTriangular } from './index.ts';

const a = [
  [2, 1],
  [1, 3],
];
const singular = [
  [1, 2],
  [2, 4],
];

describe('solve', () => {
  it('takes a vector only if it has one axis', () => {
    expectClose(
      valuesOf((x, y) => solve(x!, y!), a, [3, 4]),
      [1, 1],
    );
    const stack = tensor('a', { shape: [2, 3, 3] });
    expect(solve(stack, tensor('b', { shape: [3] })).shape).toEqual([2, 3]);
    expect(solve(stack, tensor('b', { shape: [3, 2] })).shape).toEqual([2, 3, 2]);
    expectError(() => solve(stack, tensor('b', { shape: [2, 3] })), ShapeError, 'OP_SOLVE_SHAPES');
  });

  it('gives the same whatever is rightly promised of the matrix', () => {
    for (const assume of ['gen', 'sym', 'her', 'pos'] as const) {
      expectClose(evaluate(solve(a, [3, 4], { assume })).toArray(), [1, 1]);
    }
    const triangle = [
      [2, 9],
      [1, 4],
    ];
    const lower = solve(triangle, [2, 9], { assume: 'tri' });
    expect(evaluate(lower).toArray()).toEqual([1, 2]);
    const upper = solve(triangle, [20, 8], { assume: 'tri', lower: false });
    expect(evaluate(upper).toArray()).toEqual([1, 2]);
    const transposed = solve(triangle, [4, 8], { assume: 'tri', trans: true });
    expect(evaluate(transposed).toArray()).toEqual([1, 2]);
    expect(evaluate(solve(triangle, [[2], [8]], { assume: 'diag' })).toArray()).toEqual([[1], [2]]);
    expectError(
      () => solve(a, [1, 2], { assume: 'odd' as unknown as 'gen' }),
      ValueError,
      'OP_UNKNOWN_STRUCTURE',
    );
  });

  it('has the pullbacks A⁻ᵀ ȳ and −b̄ yᵀ, a vector as a column', () => {
    const y = solve(typed([[2, 0], [0, 4]], 'float64'), typed([[2], [8]], 'float64')); // prettier-ignore
    const [aBar, bBar] = pulledBack(y, [[1], [2]]);
    expect(bBar).toEqual([[0.5], [0.5]]);
    expect(aBar).toEqual([
      [-0.5, -1],
      [-0.5, -1],
    ]);
  });

  it('refuses a singular matrix', () => {
    expectError(() => evaluate(solve(singular, [1, 2])), ValueError, 'OP_SINGULAR_MATRIX');
    expectError(() => evaluate(inv([[a, singular]])), ValueError, 'OP_SINGULAR_MATRIX');
    const zero = [
      [1, 0],
      [1, 0],
    ];
    expectError(() => evaluate(solveTriangular(zero, [1, 2])), ValueError, 'OP_SINGULAR_MATRIX');
    expect(evaluate(solveTriangular(zero, [1, 2], { unitDiagonal: true })).toArray()).toEqual([
      1, 1,
    ]);
  });

  it('refuses stacks that do not broadcast', () => {
    const [x, y] = [tensor('a', { shape: [2, 3, 3] }), tensor('b', { shape: [4, 3, 1] })];
    expectError(() => solve(x, y), ShapeError, 'SHAPE_BROADCAST');
    expectError(() => solveTriangular(x, y), ShapeError, 'SHAPE_BROADCAST');
  });

  it('takes no columns and no rows', () => {
    expect(evaluate(solve(a, zerosTensor([2, 0], 'float64'))).shape).toEqual([2, 0]);
    const [none, nothing] = [zerosTensor([0, 0], 'float64'), zerosTensor([0, 2], 'float64')];
    expect(evaluate(solve(none, nothing)).shape).toEqual([0, 2]);
    expect(evaluate(solveTriangular(none, nothing)).shape).toEqual([0, 2]);
  });

  it('rounds float32 once', () => {
    const third = evaluate(solve(typed([[3]], 'float32'), typed([1], 'float32')));
    expect(third.dtype).toBe('float32');
    expect(third.toArray()).toEqual([Math.fround(1 / 3)]);
    expect(solve(typed([[3]], 'int32'), typed([1], 'float32')).dtype).toBe('float64');
    expect(solve(typed([[3]], 'uint8'), typed([1], 'bool')).dtype).toBe('float32');
  });
});

describe('inv, det, slogdet', () => {
  it('give inverse, determinant, and its sign and logarithm', () => {
    expectClose(valuesOf((x) => inv(x!), a), [[0.6, -0.2], [-0.2, 0.4]]); // prettier-ignore
    expectClose(valuesOf((x) => det(x!), [a, singular]), [5, 0]); // prettier-ignore
    const [sign, log] = slogdet([[0, 2], [3, 0]]); // prettier-ignore
    expect(evaluate(sign).item()).toBe(-1);
    expect(evaluate(log).item()).toBeCloseTo(Math.log(6), 14);
  });

  it('take the determinant of an empty matrix as 1', () => {
    const empty = zerosTensor([2, 0, 0], 'float64');
    expect(evaluate(det(empty)).toArray()).toEqual([1, 1]);
    expect(slogdet(empty).map((y) => evaluate(y).toArray())).toEqual([[1, 1], [0, 0]]); // prettier-ignore
    expect(evaluate(inv(empty)).shape).toEqual([2, 0, 0]);
  });

  it('neither over- nor underflow in the logarithm', () => {
    const large = tensorFrom([[1e300, 0], [0, 1e300]]); // prettier-ignore
    expect(evaluate(det(large)).item()).toBe(Infinity);
    expect(evaluate(slogdet(large)[1]).item()).toBeCloseTo(600 * Math.LN10, 10);
  });

  it('give 0 and [0, −∞] for a singular matrix, whose gradient raises', () => {
    expect(evaluate(det(singular)).item()).toBeCloseTo(0, 300);
    expect(slogdet(singular).map((y) => evaluate(y).item() + 0)).toEqual([0, -Infinity]);
    expectError(
      () => pulledBack(det(typed(singular, 'float64')), 1),
      ValueError,
      'OP_SINGULAR_MATRIX',
    );
  });
});
