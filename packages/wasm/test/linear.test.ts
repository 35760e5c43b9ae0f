import { describe, expect, it } from '@jest/globals';
import { compile } from '@cotangent/compile';
import { grad } from '@cotangent/autodiff';
import { ValueError, matrix, tensor } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import {
  add,
  cholesky,
  choSolve,
  det,
  diag,
  diagonal,
  inv,
  mul,
  slogdet,
  solve,
  solveTriangular,
  square,
  sum,
  trace,
  tril,
  triu,
} from '@cotangent/ops';
import { astype, tensorFrom, views } from '@cotangent/tensor';
import type { FloatDType, Tensor } from '@cotangent/tensor';
import { wasmBackend } from '../src/index.ts';
import { bothWays, distance } from './compare.ts';

/** Numbers in [−½, ½), the same for one seed. */
function randomTensor(seed: number, shape: readonly number[], dtype: FloatDType): Tensor {
  let state = seed;
  const data = Float64Array.from({ length: shape.reduce((n, size) => n * size, 1) }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000 - 0.5;
  });
  return astype(tensorFrom(data, { shape }), dtype);
}

/** A random matrix with n added to its diagonal: condition number below 4 in every leading block. */
function dominant(seed: number, shape: readonly number[], dtype: FloatDType): Tensor {
  const n = shape.at(-1)!;
  const data = randomTensor(seed, shape, 'float64').data;
  for (let k = 0; k < data.length; k += n * n)
    for (let i = 0; i < n; i++) data[k + i * n + i]! += n;
  return astype(tensorFrom(data, { shape }), dtype);
}

/** Around the sizes of tiles and blocks; at 130 substitution goes by blocks, too. */
const sizes = [1, 2, 8, 9, 33, 70, 130];
const dtypes: readonly FloatDType[] = ['float64', 'float32'];

/** The outputs of the module are those of `eval` up to 8 n roundings, and no op but checks runs in JavaScript. */
function expectSame(build: (...xs: readonly Variable[]) => readonly Variable[], ...args: Tensor[]) {
  const inputs = args.map((t, i) => tensor(`x${i}`, { dtype: t.dtype, shape: t.shape }));
  const outputs = build(...inputs);
  const n = Math.max(1, ...args.map((t) => t.shape.at(-1) ?? 1));
  for (const [got, want] of bothWays(inputs, outputs, args)) {
    expect(distance(got, want)).toBeLessThanOrEqual(8 * n);
  }
  const f = compile(inputs, outputs, { backend: wasmBackend(), onUnusedInput: 'ignore' });
  f(...args);
  expect(f.explain()).not.toContain('eval of');
}

describe('solveTriangular', () => {
  for (const lower of [true, false]) {
    for (const trans of [true, false]) {
      it(`agrees with eval, lower ${lower}, trans ${trans}`, () => {
        for (const n of sizes) {
          const [a, b] = [dominant(n, [n, n], 'float64'), randomTensor(n + 1, [n, n], 'float64')];
          expectSame((x, y) => [solveTriangular(x!, y!, { lower, trans })], a, b);
          const unit = astype(views.reshapeCopy(a, [n, n]), 'float64');
          for (let k = 0; k < unit.data.length; k++) unit.data[k]! /= n * n;
          expectSame(
            (x, y) => [solveTriangular(x!, y!, { lower, trans, unitDiagonal: true })],
            unit,
            randomTensor(n + 2, [n], 'float64'),
          );
        }
      });
    }
  }

  it('agrees with eval for stacks that broadcast, strided inputs and float32', () => {
    for (const dtype of dtypes) {
      const a = views.transpose(dominant(3, [2, 1, 9, 9], dtype), [0, 1, 3, 2]);
      const b = randomTensor(4, [3, 9, 5], dtype);
      expectSame((x, y) => [solveTriangular(x!, y!)], a, b);
      expectSame((x, y) => [solveTriangular(mul(x!, 2), y!)], dominant(3, [9, 9], dtype), b);
    }
  });

  it('raises the error of eval for a zero on the diagonal, and works afterwards', () => {
    const [a, b] = [matrix('a'), matrix('b')];
    const f = compile([a, b], solveTriangular(a, b), { backend: wasmBackend() });
    const singular = expect.objectContaining({ code: 'OP_SINGULAR_MATRIX' });
    expect(() => f([[1, 0], [2, 0]], [[1], [1]])).toThrow(singular); // prettier-ignore
    expect(() => f([[0, 0], [2, 1]], [[1], [1]])).toThrow(singular); // prettier-ignore
    expect(f([[1, 0], [2, 4]], [[1], [6]]).toArray()).toEqual([[1], [1]]); // prettier-ignore
    expect(f([[1, 0], [2, 4]], [[NaN], [6]]).toArray()).toEqual([[NaN], [NaN]]); // prettier-ignore
  });
});

describe('cholesky', () => {
  it('agrees with eval, its gradient too, at sizes around those of blocks', () => {
    for (const dtype of dtypes) {
      for (const n of sizes) {
        const weights = randomTensor(n, [n, n], dtype);
        expectSame(
          (x, w) => {
            const l = cholesky(x!);
            return [l, grad(sum(mul(l, w!)), x!)];
          },
          dominant(n + 5, [n, n], dtype),
          weights,
        );
      }
    }
  });

  it('agrees with eval for stacks and for the upper triangle', () => {
    expectSame((x) => [cholesky(x!, { lower: false })], dominant(1, [3, 9, 9], 'float64'));
    expectSame((x) => [grad(sum(square(cholesky(x!))), x!)], dominant(2, [2, 1, 9, 9], 'float64'));
    expectSame(
      (x, y) => [choSolve(cholesky(x!), y!)],
      dominant(2, [2, 9, 9], 'float64'),
      randomTensor(3, [9, 4], 'float64'),
    );
  });

  it('raises the error of eval, or gives NaN throughout', () => {
    const a = matrix('a');
    const strict = compile([a], cholesky(a), { backend: wasmBackend() });
    const lenient = compile([a], cholesky(a, { onFailure: 'nan' }), { backend: wasmBackend() });
    for (const bad of [
      [
        [1, 2],
        [2, 1],
      ],
      [
        [0, 0],
        [0, 1],
      ],
      [
        [NaN, 0],
        [0, 1],
      ],
      [
        [1, 0],
        [0, -1],
      ],
    ]) {
      // prettier-ignore
      expect(() => strict(bad)).toThrow(ValueError);
      expect(() => strict(bad)).toThrow(
        expect.objectContaining({ code: 'OP_NOT_POSITIVE_DEFINITE' }),
      );
      expect(lenient(bad).toArray()).toEqual([[NaN, NaN], [NaN, NaN]]); // prettier-ignore
    }
    expect(strict([[4, 0], [2, 2]]).toArray()).toEqual([[2, 0], [1, 1]]); // prettier-ignore
  });
});

describe('LU', () => {
  it('solves as eval does, with exchanges of rows', () => {
    for (const n of sizes) {
      // The rows of a dominant matrix backwards: every pivot is found below the diagonal.
      const a = views.flip(dominant(n, [n, n], 'float64'), [0]);
      const b = randomTensor(n + 1, [n, 3], 'float64');
      expectSame((x, y) => [solve(x!, y!), solve(x!, y!, { trans: true })], a, b);
      expectSame((x) => [inv(x!), ...slogdet(x!)], a);
      if (n < 100) expectSame((x) => [det(x!)], a);
    }
  });

  it('agrees with eval for stacks, float32 and a vector', () => {
    for (const dtype of dtypes) {
      const a = dominant(5, [2, 1, 6, 6], dtype);
      expectSame((x, y) => [solve(x!, y!)], a, randomTensor(6, [3, 6, 2], dtype));
      expectSame((x) => [inv(x!), det(x!), ...slogdet(x!)], a);
      expectSame((x, y) => [solve(x!, y!)], a, randomTensor(6, [6], dtype));
    }
  });

  it('raises the error of eval where a pivot is zero; a determinant is then zero', () => {
    const [a, b] = [matrix('a'), matrix('b')];
    const options = { backend: wasmBackend() };
    const singular = expect.objectContaining({ code: 'OP_SINGULAR_MATRIX' });
    const flat = [[1, 2], [2, 4]]; // prettier-ignore
    expect(() => compile([a, b], solve(a, b), options)(flat, flat)).toThrow(singular);
    expect(() => compile([a], inv(a), options)(flat)).toThrow(singular);
    expect(Math.abs(compile([a], det(a), options)(flat).item())).toBe(0);
    const [sign, log] = compile([a], slogdet(a), options)(flat);
    expect([Math.abs(sign!.item()), log!.item()]).toEqual([0, -Infinity]);
  });
});

describe('triangles and diagonals', () => {
  it('agree with eval', () => {
    for (const dtype of dtypes) {
      const x = randomTensor(1, [2, 3, 5], dtype);
      for (const k of [-4, -1, 0, 2, 6]) {
        expectSame((v) => [tril(v!, { k }), triu(v!, { k })], x);
        expectSame((v) => [diagonal(v!, { offset: k, axis1: 1, axis2: 2 })], x);
      }
      expectSame((v) => [grad(sum(square(trace(v!, { offset: 1, axis1: 2 }))), v!)], x);
      expectSame((v) => [diag(v!, { k: -1 }), add(diag(v!), 1)], randomTensor(2, [4], dtype));
    }
  });
});
