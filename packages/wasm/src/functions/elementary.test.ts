import { describe, expect, it } from '@jest/globals';
import { type ElementaryName, elementaryFunctions } from './elementary.ts';
import { type Floats, simulate } from './simulate.ts';
import { type VectorFunction, trace } from './trace.ts';

type Lane = 64 | 32;
const lanes = [64, 32] as const;

function run(f: VectorFunction, lane: Lane, ...columns: readonly (readonly number[])[]): Floats {
  const inputs = columns.map((xs) => (lane === 64 ? new Float64Array(xs) : new Float32Array(xs)));
  return simulate(trace(f, lane, columns.length), ...inputs);
}

/** One result of one point. */
function at(name: ElementaryName, lane: Lane, ...point: readonly number[]): number {
  return run(elementaryFunctions[name], lane, ...point.map((x) => [x]))[0]!;
}

const unaryOfMath = ['exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tan', 'asin', 'acos'] as const;
const moreOfMath = ['atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'] as const;

describe('special values', () => {
  const points = [0, -0, Infinity, -Infinity, NaN, 1, -1, -2, 2, 1e-30, -1e-30, 3e38, -3e38];

  it.each([...unaryOfMath, ...moreOfMath])('%s agrees with Math on 0, ∞ and NaN', (name) => {
    for (const lane of lanes) {
      const results = run(elementaryFunctions[name], lane, points);
      const wrong = points.filter((x, i) => {
        const truth = lane === 64 ? Math[name](x) : Math.fround(Math[name](Math.fround(x)));
        const settled = truth === 0 || !Number.isFinite(truth);
        return settled && !Object.is(results[i], truth);
      });
      expect([lane, wrong]).toEqual([lane, []]);
    }
  });

  it.each(lanes)('sigmoid, softplus, erf and erfc take their limits (%i bits)', (lane) => {
    const [infinite, nothing] = [[-Infinity, Infinity], NaN];
    expect(infinite.map((x) => at('sigmoid', lane, x))).toEqual([0, 1]);
    expect(infinite.map((x) => at('softplus', lane, x))).toEqual([0, Infinity]);
    expect(infinite.map((x) => at('erf', lane, x))).toEqual([-1, 1]);
    expect(infinite.map((x) => at('erfc', lane, x))).toEqual([2, 0]);
    expect([0, -0].map((x) => at('erf', lane, x))).toEqual([0, -0]);
    for (const name of ['sigmoid', 'softplus', 'erf', 'erfc', 'tanh'] as const) {
      expect(at(name, lane, nothing)).toBeNaN();
    }
  });

  it('exp, sinh and cosh reach the ends of their ranges', () => {
    expect(at('exp', 64, 709.782712893384) / 1.7976931348622732e308).toBeCloseTo(1, 15);
    expect(at('exp', 64, 709.7827128933841)).toBe(Infinity);
    expect(at('exp', 64, -745.1332191019411)).toBe(5e-324);
    expect(at('exp', 64, -745.1332191019412)).toBe(0);
    expect(at('exp', 32, 88.72283935546875)).toBe(Infinity);
    expect(at('exp', 32, -103.972076)).toBe(2 ** -149);
    expect(at('expm1', 64, 709.782712893384) / 1.7976931348622732e308).toBeCloseTo(1, 15);
    expect(at('cosh', 64, 710.4758600739439)).toBeGreaterThan(1.7976931348e308);
    expect(at('cosh', 64, 710.475860073944)).toBe(Infinity);
    expect(at('sinh', 32, -89.4159851)).toBeGreaterThan(-3.41e38);
  });

  it('log and asinh take the smallest and the largest floats', () => {
    expect(at('log', 64, 5e-324)).toBe(-744.4400719213812);
    expect(at('log', 64, Number.MAX_VALUE)).toBe(709.782712893384);
    expect(at('asinh', 64, Number.MAX_VALUE)).toBeCloseTo(710.4758600739439, 12);
    expect(at('asinh', 64, 5e-324)).toBe(5e-324);
    expect(at('log1p', 64, Number.MAX_VALUE)).toBe(709.782712893384);
  });

  it('sin and cos stay exact next to multiples of π/2 and for huge arguments', () => {
    // 6381956970095103·2⁷⁹⁷ is the double nearest to a multiple of π/2 (Muller, Elementary Functions, 11.2).
    expect(at('cos', 64, 6381956970095103 * 2 ** 797)).toBe(-4.6871659242546277e-19);
    expect(at('sin', 64, 1e22)).toBe(-0.8522008497671888);
    expect(at('sin', 64, Math.PI)).toBe(1.2246467991473532e-16);
    expect(at('cos', 32, 16367173 * 2 ** 72)).toBe(Math.fround(-1.61476979825e-9));
  });
});

describe('pow', () => {
  const values = [0, 0.5, 1, 2, 3, 1.5, 1e300, Infinity].flatMap((x) => [x, -x]);

  /** IEEE 754: x ** y, but 1 to any power and −1 to an infinite one are 1. */
  function expected(x: number, y: number): number {
    return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
  }

  it('agrees with IEEE 754 wherever the power is exact, infinite or NaN', () => {
    const pairs = [...values, NaN].flatMap((x) => [...values, NaN].map((y) => [x, y] as const));
    const columns = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
    const results = run(elementaryFunctions.pow, 64, ...columns);
    const wrong = pairs.filter(([x, y], i) => {
      const truth = expected(x, y);
      const settled = !Number.isFinite(truth) || Number.isInteger(truth);
      return settled && !Object.is(results[i], truth);
    });
    expect(wrong).toEqual([]);
  });

  it('is exact on powers of two and whole squares', () => {
    const exponents = Array.from({ length: 2098 }, (_, i) => i - 1074);
    const twos = run(
      elementaryFunctions.pow,
      64,
      exponents.map(() => 2),
      exponents,
    );
    expect([...twos]).toEqual(exponents.map((n) => 2 ** n));
    const bases = Array.from({ length: 4095 }, (_, i) => i + 1);
    const squares = run(
      elementaryFunctions.pow,
      32,
      bases,
      bases.map(() => 2),
    );
    expect([...squares]).toEqual(bases.map((n) => n * n));
  });
});

describe('atan2', () => {
  const values = [0, -0, 1, -1, 5e-324, -1e-310, 1e308, -1.7e308, Infinity, -Infinity, NaN];
  const pairs = values.flatMap((y) => values.map((x) => [y, x] as const));

  it('is on the axes, at the origin and at infinity what IEEE 754 says', () => {
    const columns = [pairs.map(([y]) => y), pairs.map(([, x]) => x)];
    const results = run(elementaryFunctions.atan2, 64, ...columns);
    const wrong = pairs.filter(([y, x], i) => {
      const truth = Math.atan2(y, x);
      const isNear = Math.abs(results[i]! - truth) <= 2 ** -52 * Math.abs(truth);
      return !Object.is(results[i], truth) && !isNear;
    });
    expect(wrong).toEqual([]);
  });
});

describe('remainder', () => {
  const sizes = [0, 5e-324, 3e-310, 1e-300, 0.7, 3, 1e16, 1.5e300, 1.7e308, Infinity];
  const values = [...sizes.flatMap((x) => [x, -x]), NaN];

  it('is exactly that of JavaScript, for all quotients', () => {
    for (const lane of lanes) {
      const round = lane === 64 ? (x: number): number => x : Math.fround;
      const pairs = values.flatMap((x) => values.map((y) => [round(x), round(y)] as const));
      const columns = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
      const results = run(elementaryFunctions.remainder, lane, ...columns);
      expect([...results]).toEqual(pairs.map(([x, y]) => x % y));
    }
  });

  it('takes a quotient that was rounded up to a whole number for what it is', () => {
    expect(at('remainder', 64, 3 * 0.1 - 2 ** -54, 0.1)).toBe((3 * 0.1 - 2 ** -54) % 0.1);
    expect(at('remainder', 32, 16777215, 1.0000001192092896)).toBe(16777215 % 1.0000001192092896);
  });
});

it('expm1 is x where it is tiny, subnormals too', () => {
  expect([5e-324, -5e-324, -0, 1e-20].map((x) => at('expm1', 64, x))).toEqual([
    5e-324, -5e-324, -0, 1e-20,
  ]);
});
