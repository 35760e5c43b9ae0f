import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { sizeOf } from '@cotangent/tensor';
import { checkDomainOption, listOf, matrixDomain, shapeError } from './domain.ts';
import type { Domain, Values } from './domain.ts';
import { nonZero, positive, unitInterval } from './elements.ts';

/**
 * Arrays whose elements are at least `minGap` apart from each other: for sorting, extrema, ranks. Default 0.5.
 *
 * @throws ValueError `ARBITRARY_OPTION` unless `minGap` is a finite number above 0.
 */
export function distinct(minGap = 0.5): Domain {
  checkDomainOption('distinct', 'minGap', minGap, minGap > 0 && Number.isFinite(minGap), 'above 0');
  return {
    name: 'distinct',
    values: (shape) => {
      const n = sizeOf(shape);
      const order = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
        minLength: n,
        maxLength: n,
        size: 'max',
      });
      return fc.tuple(order, listOf(unitInterval().element, n)).map(([keys, gaps]) => {
        const ranks = keys.map((_, k) => k).toSorted((a, b) => keys[a]! - keys[b]! || a - b);
        return spaced(ranks, gaps, minGap);
      });
    },
    includes: (values) => {
      const sorted = Float64Array.from(values).toSorted();
      return sorted.every(
        (x, k) => Number.isFinite(x) && (k === 0 || x - sorted[k - 1]! >= minGap),
      );
    },
  };
}

/** Increasing numbers around 0, put in the order of `ranks`. */
function spaced(ranks: readonly number[], gaps: readonly number[], minGap: number): Values {
  const values = new Float64Array(ranks.length);
  let x = -1.25 * minGap * Math.floor(ranks.length / 2) - minGap / 3;
  ranks.forEach((at, k) => {
    values[at] = x;
    x += minGap * (1.25 + gaps[k]!);
  });
  return values;
}

/** Positive numbers that add up to 1 along the last axis. @throws ValueError `ARBITRARY_SHAPE` without an axis. */
export function simplex(): Domain {
  return {
    name: 'simplex',
    values: (shape) => {
      const n = shape.at(-1);
      if (n === undefined || (n === 0 && sizeOf(shape.slice(0, -1)) > 0)) {
        throw shapeError('simplex', shape, 'give a last axis with elements');
      }
      return listOf(unitInterval().element, sizeOf(shape)).map((weights) =>
        Float64Array.from(weights, (w, k) => {
          const row = weights.slice(k - (k % n), k - (k % n) + n);
          return w / row.reduce((sum, x) => sum + x, 0);
        }),
      );
    },
    includes: (values, shape) => {
      const n = shape.at(-1) ?? 0;
      const all = Array.from(values);
      return all.every((x, k) => {
        const row = all.slice(k - (k % n), k - (k % n) + n);
        const sum = row.reduce((total, y) => total + y, 0);
        return x > 0 && x <= 1 && Math.abs(sum - 1) <= 4 * n * Number.EPSILON;
      });
    },
  };
}

/** Options of {@link spd}. */
export interface SpdOptions {
  /** Largest condition number; default 100. */
  readonly cond?: number | undefined;
}

/**
 * Symmetric positive definite matrices with eigenvalues between 1/√cond and √cond: Q·diag(λ)·Qᵀ with random rotations.
 *
 * @throws ValueError `ARBITRARY_OPTION` for a condition below 1; for shapes that are not square `ARBITRARY_SHAPE`.
 */
export function spd({ cond = 100 }: SpdOptions = {}): Domain {
  checkDomainOption('spd', 'cond', cond, cond >= 1 && Number.isFinite(cond), 'a finite number ≥ 1');
  const [least, greatest] = [1 / Math.sqrt(cond), Math.sqrt(cond)];
  const eigenvalue = unitInterval().element.map((t) => least * (greatest / least) ** t);
  return matrixDomain(
    'spd',
    (n) =>
      fc.tuple(rotation(n), listOf(eigenvalue, n)).map(([q, lambda]) => fromEigen(q, lambda, n)),
    (a, n) =>
      isSymmetric(a, n) &&
      isPositiveDefinite(shiftedDiagonal(a, n, 1, -least * (1 - 1e-9)), n) &&
      isPositiveDefinite(shiftedDiagonal(a, n, -1, greatest * (1 + 1e-9)), n),
  );
}

/** Orthogonal matrices of either determinant. For shapes that are not square: ValueError `ARBITRARY_SHAPE`. */
export function orthogonal(): Domain {
  return matrixDomain(
    'orthogonal',
    (n) =>
      fc.tuple(rotation(n), fc.boolean()).map(([q, isMirrored]) => {
        for (let i = 0; isMirrored && i < n; i++) q[i * n] = -q[i * n]!;
        return q;
      }),
    (a, n) => {
      const product = timesTransposed(a, a, n);
      return product.every((x, k) => Math.abs(x - (k % (n + 1) === 0 ? 1 : 0)) <= 1e-12 * n);
    },
  );
}

/** Lower triangular matrices with a positive diagonal: Cholesky factors. Else ValueError `ARBITRARY_SHAPE`. */
export function lowerTriangular(): Domain {
  const [diagonal, below] = [positive(), nonZero()];
  const place = (k: number, n: number): number => Math.floor(k / n) - (k % n);
  return matrixDomain(
    'lowerTriangular',
    (n) =>
      fc.tuple(listOf(diagonal.element, n), listOf(below.element, n * n)).map(([d, rest]) =>
        Float64Array.from(rest, (x, k) => {
          const under = place(k, n);
          return under < 0 ? 0 : under > 0 ? x : d[k % n]!;
        }),
      ),
    (a, n) =>
      a.every((x, k) => {
        const under = place(k, n);
        if (under < 0) return x === 0;
        return under > 0 ? below.includesElement(x) : diagonal.includesElement(x);
      }),
  );
}

/** Options of {@link indices}. */
export interface IndicesOptions {
  /** Whether an index may occur twice; default true. */
  readonly repeats?: boolean | undefined;
}

/**
 * Positions on an axis of length `n`, as int32.
 *
 * @throws ValueError `ARBITRARY_OPTION` for an empty axis; `ARBITRARY_SHAPE` for more than `n` without repeats.
 */
export function indices(n: number, { repeats = true }: IndicesOptions = {}): Domain {
  checkDomainOption('indices', 'n', n, Number.isInteger(n) && n > 0, 'a whole number above 0');
  const element = fc.integer({ min: 0, max: n - 1 });
  const listed = (size: number): Arbitrary<readonly number[]> =>
    repeats
      ? listOf(element, size)
      : fc.uniqueArray(element, { minLength: size, maxLength: size, size: 'max' });
  return {
    name: `indices(${n})`,
    dtype: 'int32',
    values: (shape) => {
      const size = sizeOf(shape);
      if (!repeats && size > n)
        throw shapeError('indices', shape, `allow repeats, or at most ${n}`);
      return listed(size).map((list) => Float64Array.from(list));
    },
    includes: (values) => {
      const list = Array.from(values);
      const isOnAxis = list.every((i) => Number.isInteger(i) && i >= 0 && i < n);
      return isOnAxis && (repeats || new Set(list).size === list.length);
    },
  };
}

/** A product of rotations in all coordinate planes. */
function rotation(n: number): Arbitrary<Values> {
  const angle = unitInterval().element.map((t) => (2 * t - 1) * Math.PI);
  return listOf(angle, (n * (n - 1)) / 2).map((angles) => {
    const q = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
    let next = 0;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) rotate(q, n, i, j, angles[next++]!);
    }
    return q;
  });
}

/** Rotates columns i and j. */
function rotate(q: Values, n: number, i: number, j: number, angle: number): void {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let k = 0; k < n; k++) {
    const [a, b] = [q[k * n + i]!, q[k * n + j]!];
    q[k * n + i] = c * a - s * b;
    q[k * n + j] = s * a + c * b;
  }
}

/** Q·diag(λ)·Qᵀ, symmetric to the bit. */
function fromEigen(q: Values, lambda: readonly number[], n: number): Values {
  const scaled = q.map((x, k) => x * lambda[k % n]!);
  const a = timesTransposed(scaled, q, n);
  return a.map((x, k) => (x + a[(k % n) * n + Math.floor(k / n)]!) / 2);
}

/** a·bᵀ. */
function timesTransposed(a: Values, b: Values, n: number): Values {
  return a.map((_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    let sum = 0;
    for (let p = 0; p < n; p++) sum += a[i * n + p]! * b[j * n + p]!;
    return sum;
  });
}

function isSymmetric(a: Values, n: number): boolean {
  return a.every((x, k) => x === a[(k % n) * n + Math.floor(k / n)]);
}

/** factor·a + shift·I. */
function shiftedDiagonal(a: Values, n: number, factor: number, shift: number): Values {
  return a.map((x, k) => factor * x + (k % (n + 1) === 0 ? shift : 0));
}

/** Whether every pivot of a Cholesky decomposition is positive. */
function isPositiveDefinite(a: Values, n: number): boolean {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let p = 0; p < j; p++) sum -= l[i * n + p]! * l[j * n + p]!;
      if (i === j && !(sum > 0)) return false;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  }
  return true;
}
