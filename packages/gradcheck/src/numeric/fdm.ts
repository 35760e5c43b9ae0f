import { emptyEstimate, isFinite, kinds } from './estimate.ts';
import type { Direction, Estimate, VectorFunction } from './estimate.ts';
import { moved } from './steps.ts';

const grid5 = [-2, -1, 0, 1, 2];
const grid7 = [-3, -2, -1, 0, 1, 2, 3];
const inner7 = /* @__PURE__ */ stencil(grid7, 5);
const weights5 = /* @__PURE__ */ stencil(grid5, 1);
/** The fifth derivative at the left, the centre and the right of the grid. */
const neighbours = /* @__PURE__ */ [-1, 0, 1].map((shift) =>
  stencil(
    grid7.map((g) => g - shift),
    5,
  ),
);
/** Magnitude that the inner method supposes the derivative to have. */
const condition = 10;

/**
 * Weights cᵢ with Σ cᵢ gᵢᵏ = q!·[k = q] for k < p: Σ cᵢ f(x + gᵢh) / h^q is the q-th derivative.
 */
export function stencil(grid: readonly number[], q: number): readonly number[] {
  const p = grid.length;
  const rows = grid.map((_, k) => [...grid.map((g) => g ** k), k === q ? factorial(q) : 0]);
  for (let i = 0; i < p; i++) {
    const pivot = rows.reduce(
      (best, row, r) => (r >= i && Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? r : best),
      i,
    );
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let r = 0; r < p; r++) {
      if (r === i) continue;
      const multiple = rows[r]![i]! / rows[i]![i]!;
      for (let k = i; k <= p; k++) rows[r]![k]! -= multiple * rows[i]![k]!;
    }
  }
  return rows.map((row, i) => row[p]! / row[i]!);
}

/** The step of least error, and that error, for the seven points (q = 5) or the five (q = 1). */
export function stepFor(
  q: 1 | 5,
  magnitude: number,
  noise: number,
): readonly [step: number, error: number] {
  const grid = q === 5 ? grid7 : grid5;
  const p = grid.length;
  const weights = q === 5 ? inner7 : weights5;
  const c1 = noise * weights.reduce((sum, c) => sum + Math.abs(c), 0);
  const c2 =
    (magnitude * weights.reduce((sum, c, i) => sum + Math.abs(c * grid[i]! ** p), 0)) /
    factorial(p);
  const h = ((q / (p - q)) * (c1 / c2)) ** (1 / p);
  return [h, c1 * h ** -q + c2 * h ** (p - q)];
}

/**
 * The derivative along a direction by five points with one adapted step for all values, as
 * FiniteDifferences.jl does: the fifth derivative near x is estimated first, by seven points, and decides the
 * step. Steps are absolute, in multiples of the direction. One step serves all outputs, noise is taken for one
 * rounding of the largest value: limits of the method, kept.
 *
 * @see White et al., FiniteDifferences.jl, `src/methods.jl`, for the scheme.
 */
export function fdmAlong(
  f: VectorFunction,
  x: Float64Array,
  direction: Direction,
  count: number,
): Estimate {
  const along = (grid: readonly number[], h: number): readonly Float64Array[] | undefined => {
    const values = grid.map((g) => f(moved(x, direction, g * h)));
    return values.every(isFinite) ? values : undefined;
  };
  const [inner] = stepFor(5, condition, 2 ** -52);
  const wide = along(grid7, inner);
  const none = emptyEstimate(count, kinds.outside);
  if (wide === undefined) return none;
  const magnitude = Math.max(
    ...neighbours.flatMap((weights) =>
      Array.from(combine(weights, wide), (y) => Math.abs(y) / inner ** 5),
    ),
  );
  const largest = Math.max(...wide.flatMap((y) => Array.from(y, Math.abs)));
  const [step, error] = adaptedStep(magnitude, largest);
  const near = along(grid5, step);
  if (near === undefined) return none;
  const value = combine(weights5, near).map((y) => y / step);
  const bound = new Float64Array(count).fill(error);
  return { ...none, value, bound, kind: new Uint8Array(count), low: value, high: value };
}

/** The step for five points, and its error; a function without fifth derivative gets the default. */
function adaptedStep(magnitude: number, largest: number): readonly [number, number] {
  const usual = stepFor(1, condition, 2 ** -52);
  if (magnitude === 0 || largest === 0) return usual;
  const [step, error] = stepFor(1, magnitude, 2 ** (Math.floor(Math.log2(largest)) - 52));
  const limit = Math.min(1000 * usual[0], 1e-2 / 2);
  return step > limit ? [limit, Infinity] : [step, error];
}

function combine(weights: readonly number[], values: readonly Float64Array[]): Float64Array {
  return values[0]!.map((_, i) => weights.reduce((sum, c, k) => sum + c * values[k]![i]!, 0));
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
