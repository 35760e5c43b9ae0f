import { describe, expect, it } from '@jest/globals';
import { choleskyInPlace } from './cholesky.ts';
import { symmetricEigen } from './eigh.ts';
import { luInPlace, luSolveInto } from './lu.ts';
import { powerNorm } from './norm.ts';
import { qrInPlace } from './qr.ts';
import { singularValues } from './svd.ts';
import { solveTriangleInPlace } from './triangular.ts';

const epsilon = 2 ** -53;

/** A dense matrix, for checks only. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

function matrix(rows: number, columns: number, entry: (i: number, j: number) => number): Matrix {
  const data = Float64Array.from({ length: rows * columns }, (_, k) =>
    entry(Math.floor(k / columns), k % columns),
  );
  return { rows, columns, data };
}

function at({ data, columns }: Matrix, i: number, j: number): number {
  return data[i * columns + j]!;
}

function times(a: Matrix, b: Matrix): Matrix {
  return matrix(a.rows, b.columns, (i, j) => {
    let sum = 0;
    for (let k = 0; k < a.columns; k++) sum += at(a, i, k) * at(b, k, j);
    return sum;
  });
}

const transposed = (a: Matrix): Matrix => matrix(a.columns, a.rows, (i, j) => at(a, j, i));
const minus = (a: Matrix, b: Matrix): Matrix =>
  matrix(a.rows, a.columns, (i, j) => at(a, i, j) - at(b, i, j));
const eye = (n: number): Matrix => matrix(n, n, (i, j) => Number(i === j));
/** Frobenius norm. */
const size = ({ data }: Matrix): number => powerNorm(data, 0, data.length, 2);

let seed = 1;
function random(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed / 0x40000000 - 1;
}

const hilbert = (n: number): Matrix => matrix(n, n, (i, j) => 1 / (i + j + 1));
/** Symmetric with these eigenvalues, up to rounding. */
function withEigenvalues(values: readonly number[]): Matrix {
  const q = orthogonal(values.length);
  const scaled = matrix(q.rows, q.rows, (i, j) => at(q, i, j) * values[j]!);
  const a = times(scaled, transposed(q));
  return matrix(q.rows, q.rows, (i, j) => (at(a, i, j) + at(a, j, i)) / 2);
}
function orthogonal(n: number): Matrix {
  const q = new Float64Array(n * n);
  qrInPlace(matrix(n, n, random).data, 0, n, n, q, 0, n);
  return { rows: n, columns: n, data: q };
}

const grades = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const squares: readonly (readonly [name: string, a: Matrix])[] = [
  ['random', matrix(20, 20, random)],
  ['Hilbert', hilbert(12)],
  ['graded rows', matrix(10, 10, (i) => 10 ** -i * random())],
  ['graded columns', matrix(10, 10, (_, j) => 10 ** -j * random())],
  ['nearly singular', matrix(8, 8, (i, j) => 1 + (i === j ? 1e-14 * (i + 1) : 0))],
  ['1 × 1', matrix(1, 1, () => -3)],
  ['empty', matrix(0, 0, random)],
  ['huge', matrix(6, 6, () => 1e150 * random())],
  ['tiny', matrix(6, 6, () => 1e-150 * random())],
];
const definite: readonly (readonly [name: string, a: Matrix])[] = [
  ['random', withEigenvalues(grades.map((k) => 1 + k))],
  ['Hilbert', hilbert(12)],
  ['graded', matrix(10, 10, (i, j) => 10 ** -(i + j) * (i === j ? 2 : 0.1))],
  ['one small eigenvalue', withEigenvalues([1e-12, 1, 1, 2, 3])],
  ['1 × 1', matrix(1, 1, () => 4)],
];
const symmetric: readonly (readonly [name: string, a: Matrix])[] = [
  ['random', matrix(25, 25, (i, j) => Math.sin(1 + (i + j) * (1 + i * j)))],
  ['Hilbert', hilbert(12)],
  ['repeated eigenvalues', withEigenvalues([2, 2, 2, -1, -1, 5])],
  ['close eigenvalues', withEigenvalues([1, 1 + 1e-15, 1 + 2e-15, 2])],
  ['graded', matrix(10, 10, (i, j) => 10 ** -(i + j))],
  [
    'Wilkinson',
    matrix(21, 21, (i, j) => (i === j ? Math.abs(10 - i) : Number(Math.abs(i - j) === 1))),
  ],
  ['zero', matrix(3, 3, () => 0)],
  ['identity', eye(5)],
  ['huge', matrix(5, 5, (i, j) => 1e200 * Math.cos(i + j))],
  ['tiny', matrix(5, 5, (i, j) => 1e-200 * Math.cos(i + j))],
  ['1 × 1', matrix(1, 1, () => -4)],
  ['empty', matrix(0, 0, random)],
];
const rectangles: readonly (readonly [name: string, a: Matrix])[] = [
  ...squares,
  ['tall', matrix(30, 7, random)],
  ['wide', matrix(7, 30, random)],
  ['rank 1', matrix(6, 4, (i, j) => (i + 1) * (j + 1))],
  ['a zero column', matrix(6, 4, (_, j) => (j === 1 ? 0 : random()))],
  ['zero', matrix(4, 3, () => 0)],
  ['a row', matrix(1, 5, random)],
  ['a column', matrix(5, 1, random)],
];

describe('choleskyInPlace', () => {
  it.each(definite)('has the backward error of theorem 10.3 of Higham: %s', (_, a) => {
    const n = a.rows;
    const l: Matrix = { ...a, data: a.data.slice() };
    expect(choleskyInPlace(l.data, 0, n)).toBe(-1);
    const error = minus(times(l, transposed(l)), a);
    const absolute = matrix(n, n, (i, j) => Math.abs(at(l, i, j)));
    const bound = times(absolute, transposed(absolute));
    // n + 1 roundings in the factor; as many again in multiplying it out.
    error.data.forEach((e, k) =>
      expect(Math.abs(e)).toBeLessThanOrEqual(2 * (n + 1) * epsilon * bound.data[k]!),
    );
  });

  it('gives the first pivot that is not positive', () => {
    expect(choleskyInPlace(Float64Array.of(1, 0, 2, 1), 0, 2)).toBe(1);
    expect(choleskyInPlace(Float64Array.of(NaN), 0, 1)).toBe(0);
  });
});

describe('solveTriangleInPlace', () => {
  it('has a residual within n roundings of |T| |x|, however ill-conditioned T', () => {
    for (const lower of [true, false]) {
      for (const trans of [true, false]) {
        const n = 40;
        const t = matrix(n, n, random);
        const triangle = matrix(n, n, (i, j) => ((lower ? j <= i : j >= i) ? at(t, i, j) : 0));
        const used = trans ? transposed(triangle) : triangle;
        const b = matrix(n, 2, random);
        const x: Matrix = { ...b, data: b.data.slice() };
        const how = { lower, trans, unitDiagonal: false };
        solveTriangleInPlace(t.data, 0, n, x.data, 0, 2, how);
        const residual = minus(times(used, x), b);
        const scale = times(
          matrix(n, n, (i, j) => Math.abs(at(used, i, j))),
          matrix(n, 2, (i, j) => Math.abs(at(x, i, j))),
        );
        residual.data.forEach((r, k) =>
          expect(Math.abs(r)).toBeLessThanOrEqual(2 * n * epsilon * scale.data[k]!),
        );
      }
    }
  });
});

describe('luInPlace, luSolveInto', () => {
  it.each(squares)('solves with a backward error of a few n roundings: %s', (_, a) => {
    const n = a.rows;
    const b = matrix(n, 1, random);
    for (const trans of [false, true]) {
      const lu = a.data.slice();
      const permutation = luInPlace(lu, 0, n);
      const x = matrix(n, 1, () => 0);
      luSolveInto(x.data, 0, lu, 0, permutation, b.data, 0, 1, trans);
      const residual = size(minus(times(trans ? transposed(a) : a, x), b));
      // 3 n ε ‖|L||U|‖ ‖x‖ (Higham, theorem 9.4), and with partial pivoting |L| ≤ 1: ‖|L||U|‖ ≤ n ‖U‖.
      const u = matrix(n, n, (i, j) => (j >= i ? lu[i * n + j]! : 0));
      expect(residual).toBeLessThanOrEqual(4 * n * n * epsilon * size(u) * size(x));
    }
  });

  it('keeps the multipliers within 1, and leaves a column of zeros alone', () => {
    const a = Float64Array.of(1, 0, 2, 4, 0, 8, 2, 0, 5);
    const { rows, sign } = luInPlace(a, 0, 3);
    expect([...a]).toEqual([4, 0, 8, 0.25, 0, 0, 0.5, 0, 1]);
    expect([...rows]).toEqual([1, 0, 2]);
    expect(sign).toBe(-1);
  });
});

describe('qrInPlace', () => {
  it.each(rectangles)(
    'gives orthonormal columns and A = Q R to a few m n roundings: %s',
    (_, a) => {
      const { rows: m, columns: n } = a;
      const r: Matrix = { ...a, data: a.data.slice() };
      const q = matrix(m, m, () => 0);
      qrInPlace(r.data, 0, m, n, q.data, 0, m);
      const bound = 8 * Math.max(1, m * Math.min(m, n)) * epsilon;
      expect(size(minus(times(transposed(q), q), eye(m)))).toBeLessThanOrEqual(
        bound * Math.sqrt(m),
      );
      expect(size(minus(times(q, r), a))).toBeLessThanOrEqual(bound * size(a));
      for (let i = 0; i < m; i++)
        for (let j = 0; j < Math.min(i, n); j++) expect(at(r, i, j)).toBe(0);
    },
  );

  it('has the signs of LAPACK', () => {
    const [a, q] = [Float64Array.of(3, 1, 4, 2), new Float64Array(4)];
    qrInPlace(a, 0, 2, 2, q, 0, 2);
    expect(a[0]).toBeCloseTo(-5, 14);
    const upper = Float64Array.of(2, 1, 0, 3);
    qrInPlace(upper, 0, 2, 2, q, 0, 2);
    expect([...upper, ...q]).toEqual([2, 1, 0, 3, 1, 0, 0, 1]);
  });
});

describe('symmetricEigen', () => {
  it.each(symmetric)('gives A V = V Λ and orthonormal V to a few n roundings: %s', (_, a) => {
    const n = a.rows;
    const { values, vectors } = symmetricEigen(a.data, 0, n);
    const v = transposed({ rows: n, columns: n, data: vectors });
    const scaled = matrix(n, n, (i, j) => at(v, i, j) * values[j]!);
    const bound = 16 * Math.max(1, n) * epsilon;
    expect(size(minus(times(transposed(v), v), eye(n)))).toBeLessThanOrEqual(bound * Math.sqrt(n));
    expect(size(minus(times(a, v), scaled))).toBeLessThanOrEqual(bound * size(a));
    expect([...values]).toEqual([...values].sort((x, y) => x - y));
  });

  it('reads the lower triangle and turns vectors so that their largest entry is positive', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 99, 1, 2), 0, 2);
    expect(values[0]).toBeCloseTo(1, 14);
    expect(values[1]).toBeCloseTo(3, 14);
    expect(vectors[2]! > 0 && vectors[3]! > 0).toBe(true);
  });

  it('gives NaN if an entry is not finite', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(1, 0, Infinity, 1), 0, 2);
    expect([...values, ...vectors]).toEqual([NaN, NaN, NaN, NaN, NaN, NaN]);
  });
});

describe('singularValues', () => {
  it.each(rectangles)('gives A = U S Vᵀ and orthonormal vectors to a few roundings: %s', (_, a) => {
    const { rows: m, columns: n } = a;
    const k = Math.min(m, n);
    const { values, left, right } = singularValues(a.data, 0, m, n);
    const u = transposed({ rows: k, columns: m, data: left });
    const vT: Matrix = { rows: k, columns: n, data: right };
    const us = matrix(m, k, (i, j) => at(u, i, j) * values[j]!);
    const bound = 8 * Math.max(1, m, n) * epsilon;
    expect(size(minus(times(transposed(u), u), eye(k)))).toBeLessThanOrEqual(bound * k);
    expect(size(minus(times(vT, transposed(vT)), eye(k)))).toBeLessThanOrEqual(bound * k);
    expect(size(minus(times(us, vT), a))).toBeLessThanOrEqual(bound * size(a));
    expect([...values]).toEqual([...values].sort((x, y) => y - x));
  });

  it('finds small values of a matrix with graded columns to full relative accuracy', () => {
    const q = orthogonal(6);
    const a = matrix(6, 6, (i, j) => at(q, i, j) * 10 ** (-20 * j));
    const { values } = singularValues(a.data, 0, 6, 6);
    values.forEach((s, j) => expect(Math.abs(s / 10 ** (-20 * j) - 1)).toBeLessThan(60 * epsilon));
  });
});
