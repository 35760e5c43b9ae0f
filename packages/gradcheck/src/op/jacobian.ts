import { signed } from '../rng.ts';
import type { Rng } from '../rng.ts';
import { derivativeAlong } from '../numeric/active.ts';
import { emptyEstimate } from '../numeric/estimate.ts';
import type { Direction, Estimate, VectorFunction } from '../numeric/estimate.ts';
import { absDotAlong, addTo, dotAlong } from '../numeric/directions.ts';
import { noiseOf } from '../numeric/noise.ts';

/** Derivatives of a function along some directions, by differences, with bounds on their errors. */
export interface NumericJacobian {
  /** One per coordinate; if there are many, some random ones that reach every coordinate. */
  readonly directions: readonly Direction[];
  /** J·d for each direction d. */
  readonly columns: readonly Estimate[];
  /** Number of values of the function. */
  readonly rows: number;
}

/** What a function is differentiated at. */
export interface JacobianPoint {
  readonly x: Float64Array;
  /** Size of each coordinate. */
  readonly scales: Float64Array;
  /** Values of the function there. */
  readonly values: Float64Array;
  /** Machine epsilon of the dtype of each value. */
  readonly precision: Float64Array;
}

/** With more coordinates than this, differences are taken along this many random directions. */
const maxCoordinates = 128;
const randomDirections = 16;

/** The Jacobian of `f` by differences. */
export function numericJacobian(
  f: VectorFunction,
  { x, scales, values, precision }: JacobianPoint,
  rng: Rng,
): NumericJacobian {
  const floor = values.map((y, i) => precision[i]! * Math.abs(y));
  const noise = noiseOf(f, x, floor, rng);
  const directions = directionsFor(scales, rng);
  const columns = directions.map((d) =>
    derivativeAlong(f, x, d, { noise, at: values, jitter: 0.8 + 0.4 * rng() }),
  );
  return { directions, columns, rows: values.length };
}

/** The Jacobian of a function with discrete values: constant but for its jumps, so 0. */
export function zeroJacobian({ scales, values }: JacobianPoint, rng: Rng): NumericJacobian {
  const directions = directionsFor(scales, rng);
  const zeros = new Float64Array(values.length);
  const column: Estimate = { ...emptyEstimate(values.length), value: zeros, bound: zeros };
  return { directions, columns: directions.map(() => column), rows: values.length };
}

function directionsFor(scales: Float64Array, rng: Rng): readonly Direction[] {
  const indices = Array.from(scales, (_, j) => j);
  if (indices.length <= maxCoordinates) {
    return indices.map((j) => ({ indices: [j], weights: [1], reach: 0.05 * scales[j]! }));
  }
  return Array.from({ length: randomDirections }, () => ({
    indices,
    weights: indices.map((j) => signed(rng) * scales[j]!),
    reach: 0.05,
  }));
}

/** Σ weights[k]·dₖ as a vector of n coordinates. */
export function combined(
  { directions }: NumericJacobian,
  weights: Float64Array,
  n: number,
): Float64Array {
  const sum = new Float64Array(n);
  directions.forEach((d, k) => addTo(sum, d, weights[k]!));
  return sum;
}

/** ⟨a, dₖ⟩ for each direction dₖ. */
export function along({ directions }: NumericJacobian, a: Float64Array): Float64Array {
  return Float64Array.from(directions, (d) => dotAlong(a, d));
}

/** Σⱼ |aⱼ·dₖⱼ| for each direction dₖ. */
export function absAlong({ directions }: NumericJacobian, a: Float64Array): Float64Array {
  return Float64Array.from(directions, (d) => absDotAlong(a, d));
}

/** A product with the Jacobian, entry by entry. */
export interface Product {
  readonly value: Float64Array;
  /** Bound on the error of `value`. */
  readonly bound: Float64Array;
  /** Sum of the magnitudes that were added: rounding is relative to it. */
  readonly magnitude: Float64Array;
  /** The same sum for the function's values, at the widest steps of the differences. */
  readonly size: Float64Array;
}

/** uᵀJd for each direction d. */
export function fromLeft({ columns, rows }: NumericJacobian, u: Float64Array): Product {
  const product = emptyProduct(columns.length);
  columns.forEach((column, k) => {
    for (let i = 0; i < rows; i++) accumulate(product, k, u[i]!, column, i);
  });
  return product;
}

/** Σ weights[k]·J·dₖ, one entry per value of the function. */
export function fromRight({ columns, rows }: NumericJacobian, weights: Float64Array): Product {
  const product = emptyProduct(rows);
  columns.forEach((column, k) => {
    for (let i = 0; i < rows; i++) accumulate(product, i, weights[k]!, column, i);
  });
  return product;
}

function emptyProduct(count: number): Product {
  return {
    value: new Float64Array(count),
    bound: new Float64Array(count),
    magnitude: new Float64Array(count),
    size: new Float64Array(count),
  };
}

function accumulate(
  product: Product,
  at: number,
  weight: number,
  column: Estimate,
  i: number,
): void {
  product.value[at]! += weight * column.value[i]!;
  product.bound[at]! += Math.abs(weight) * column.bound[i]!;
  product.magnitude[at]! += Math.abs(weight * column.value[i]!);
  product.size[at]! += Math.abs(weight * column.size[i]!);
}
