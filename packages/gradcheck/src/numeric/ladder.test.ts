import { describe, expect, it } from '@jest/globals';
import { rngOf } from '../rng.ts';
import { derivativeAlong } from './active.ts';
import type { VectorFunction } from './estimate.ts';
import { noiseOf } from './noise.ts';

interface Found {
  readonly value: number;
  readonly bound: number;
}

/** f′(x) with the scale of x, and the noise measured. */
function slope(f: (x: number) => number, x: number): Found {
  const vector: VectorFunction = ([t = NaN]) => Float64Array.of(f(t));
  const point = Float64Array.of(x);
  const floor = Float64Array.of(2 ** -52 * Math.abs(f(x)));
  const noise = noiseOf(vector, point, floor, rngOf(1));
  const direction = { indices: [0], weights: [1], reach: 0.05 * (Math.abs(x) || 1) };
  const { value, bound } = derivativeAlong(vector, point, direction, { noise, jitter: 1 });
  return { value: value[0]!, bound: bound[0]! };
}

const smooth: readonly (readonly [string, (x: number) => number, (x: number) => number])[] = [
  ['exp', Math.exp, Math.exp],
  ['sin', Math.sin, Math.cos],
  ['log', Math.log, (x) => 1 / x],
  ['square', (x) => x * x, (x) => 2 * x],
  ['reciprocal', (x) => 1 / x, (x) => -1 / (x * x)],
  ['square root', Math.sqrt, (x) => 0.5 / Math.sqrt(x)],
  ['tanh', Math.tanh, (x) => 1 / Math.cosh(x) ** 2],
];

describe('derivativeAlong', () => {
  it.each(smooth)('is right for %s to ten digits, within twice its bound', (_, f, derivative) => {
    for (const x of [1e-3, 0.1, 0.7, 1, 5, 12]) {
      const { value, bound } = slope(f, x);
      const expected = derivative(x);
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(
        2 * bound + 4e-16 * Math.abs(expected),
      );
      expect(bound).toBeLessThan(1e-10 * Math.abs(expected) + 1e-12 * Math.abs(f(x) / x));
    }
  });

  it('takes smaller steps until both sides are inside the domain', () => {
    const outside = slope((x) => (x < 0.98 ? NaN : Math.sqrt(x - 0.98)), 1);
    expect(outside.value).toBeCloseTo(0.5 / Math.sqrt(0.02), 6);
  });

  it('has an infinite bound where no step fits', () => {
    expect(slope((x) => (x === 2 ? 1 : NaN), 2).bound).toBe(Infinity);
  });

  it('is exactly 0 on a step', () => {
    const { value, bound } = slope(Math.floor, 3.75);
    expect(value).toBe(0);
    expect(bound).toBeLessThan(1e-10);
  });

  it('widens its bound by noise', () => {
    const { value, bound } = slope((x) => Math.sin(x) + 1e-9 * Math.sin(1e12 * x), 0.5);
    expect(Math.abs(value - Math.cos(0.5))).toBeLessThan(8 * bound);
    expect(bound).toBeGreaterThan(1e-10);
    expect(bound).toBeLessThan(1e-5);
  });

  it('bounds the rounding of values that are 0 at the point alone', () => {
    const cube: VectorFunction = ([x = NaN]) => Float64Array.of(x ** 3);
    const direction = { indices: [0], weights: [1], reach: 0.05 };
    const rng = rngOf(3);
    for (let k = 0; k < 500; k++) {
      const { value, bound } = derivativeAlong(cube, Float64Array.of(0), direction, {
        noise: new Float64Array(1),
        jitter: 0.8 + 0.4 * rng(),
      });
      expect(Math.abs(value[0]!)).toBeLessThanOrEqual(2 * bound[0]!);
    }
  });

  it('goes along several coordinates at once', () => {
    const product: VectorFunction = ([x = 0, y = 0]) => Float64Array.of(x * y, x + y);
    const direction = { indices: [0, 1], weights: [1, -2], reach: 0.05 };
    const noise = new Float64Array(2).fill(1e-16);
    const { value } = derivativeAlong(product, Float64Array.of(3, 5), direction, {
      noise,
      jitter: 1,
    });
    expect(value[0]).toBeCloseTo(5 * 1 + 3 * -2, 10);
    expect(value[1]).toBeCloseTo(-1, 10);
  });
});

describe('noiseOf', () => {
  const at = (f: (x: number) => number): number =>
    noiseOf(
      ([x = NaN]) => Float64Array.of(f(x)),
      Float64Array.of(0.5),
      Float64Array.of(1e-300),
      rngOf(2),
    )[0]!;

  it('is about the rounding of a smooth function', () => {
    expect(at(Math.exp)).toBeLessThan(4e-16);
    expect(at((x) => 1e200 * Math.exp(x))).toBeLessThan(1e185);
  });

  it('finds noise that is larger than rounding', () => {
    const noise = at((x) => Math.exp(x) + 1e-9 * Math.sin(1e13 * x));
    expect(noise).toBeGreaterThan(1e-11);
    expect(noise).toBeLessThan(1e-8);
    // x + 1e3 − 1e3 keeps x to 1e-13 only.
    expect(at((x) => x + 1e3 - 1e3)).toBeGreaterThan(1e-14);
  });

  it('is the floor where f cannot be evaluated', () => {
    expect(at(() => NaN)).toBe(1e-300);
  });
});
