import { firstStep } from '../numeric/directions.ts';
import type { Direction } from '../numeric/estimate.ts';

/** The tangent space of an input that is not free in every element: what perturbations may do to it. */
export interface TangentProjector {
  readonly name: string;
  /** Directions that span the space, for elements in row-major order. */
  readonly basis: (shape: readonly number[], x: Float64Array) => readonly Direction[];
}

/** Weighted elements, with a step relative to the largest of them. */
function along(x: Float64Array, entries: readonly (readonly [number, number])[]): Direction {
  const size = Math.max(...entries.map(([j]) => Math.abs(x[j]!))) || 1;
  const reach = firstStep * size;
  return { indices: entries.map(([j]) => j), weights: entries.map(([, w]) => w), reach };
}

function matrixProjector(
  name: string,
  entriesAt: (i: number, j: number, n: number) => readonly (readonly [number, number])[],
): TangentProjector {
  return {
    name,
    basis: (shape, x) => {
      const n = shape.at(-1) ?? 1;
      const starts = Array.from({ length: x.length / (n * n) }, (_, b) => b * n * n);
      const cells = Array.from({ length: n * n }, (_, k) => [Math.floor(k / n), k % n] as const);
      return starts.flatMap((start) =>
        cells
          .map(([i, j]) => entriesAt(i, j, n))
          .filter((entries) => entries.length > 0)
          .map((entries) =>
            along(
              x,
              entries.map(([k, w]) => [start + k, w] as const),
            ),
          ),
      );
    },
  };
}

/**
 * Symmetric matrices (the last two axes): a pair of mirrored elements moves together.
 *
 * @example
 * ```ts
 * import { gradcheckRule, symmetric } from '@cotangent/gradcheck';
 * // trace(A) of a symmetric A; any gradient with the right symmetric part is right.
 * const rule = { f: (a) => a.get(0, 0) + a.get(1, 1), vjp: (_, [u]) => [[[u.item(), 3], [-3, u.item()]]] };
 * gradcheckRule(rule, [[[2, 1], [1, 5]]], { tangents: [symmetric()] }).verdict; // 'pass'
 * ```
 */
export function symmetric(): TangentProjector {
  return matrixProjector('symmetric', (i, j, n) => {
    if (i > j) return [];
    const own: readonly [number, number] = [i * n + j, 1];
    return i === j ? [own] : [own, [j * n + i, 1]];
  });
}

/**
 * Hermitian matrices, real and imaginary part along the last axis, of length 2, after two of equal length: mirrored
 * elements move together in their real parts and against each other in their imaginary parts; the diagonal is real.
 */
export function hermitian(): TangentProjector {
  return {
    name: 'hermitian',
    basis: (shape, x) => {
      const n = shape.at(-2) ?? 1;
      const starts = Array.from({ length: x.length / (2 * n * n) }, (_, b) => 2 * b * n * n);
      const at = (i: number, j: number): number => 2 * (i * n + j);
      return starts.flatMap((start) =>
        Array.from({ length: n * n }, (_, k) => [Math.floor(k / n), k % n] as const).map(([i, j]) =>
          along(
            x,
            i === j
              ? [[start + at(i, i), 1]]
              : i < j
                ? [
                    [start + at(i, j), 1],
                    [start + at(j, i), 1],
                  ]
                : [
                    [start + at(i, j) + 1, 1],
                    [start + at(j, i) + 1, -1],
                  ],
          ),
        ),
      );
    },
  };
}

/** Lower triangular matrices (the last two axes). */
export function lowerTriangular(): TangentProjector {
  return matrixProjector('lower triangular', (i, j, n) => (i >= j ? [[i * n + j, 1]] : []));
}

/** Upper triangular matrices (the last two axes). */
export function upperTriangular(): TangentProjector {
  return matrixProjector('upper triangular', (i, j, n) => (i <= j ? [[i * n + j, 1]] : []));
}

/** Only the elements at which `pattern`, in row-major order, is true: the stored ones of a sparse array. */
export function sparsity(pattern: ArrayLike<boolean | number>): TangentProjector {
  return {
    name: 'sparsity',
    basis: (_, x) =>
      Array.from(x, (_value, j) => j)
        .filter((j) => Boolean(pattern[j]))
        .map((j) => along(x, [[j, 1]])),
  };
}

/** Points of a simplex (the whole array sums to a constant): two neighbours move against each other. */
export function simplex(): TangentProjector {
  return {
    name: 'simplex',
    basis: (_, x) =>
      Array.from(x.subarray(1), (_value, j) =>
        along(x, [
          [j, 1],
          [j + 1, -1],
        ]),
      ),
  };
}

/** Unit vectors (the whole array): moves at right angles to x. */
export function unitNorm(): TangentProjector {
  return {
    name: 'unit norm',
    basis: (_, x) =>
      Array.from(x, (xj, j) =>
        along(
          x,
          Array.from(x, (xk, k) => [k, (k === j ? 1 : 0) - xj * xk] as const),
        ),
      ).slice(0, Math.max(0, x.length - 1)),
  };
}
