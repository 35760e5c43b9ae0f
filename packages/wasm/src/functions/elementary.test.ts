import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type ElementaryName, elementary } from './elementary.ts';
import { type Floats, simulate } from './simulate.ts';
import { type VectorFunction, trace } from './trace.ts';

type Lane = 64 | 32;
const lanes = [64, 32] as const;

/** Largest error over 200 000 points a domain (scripts/ulp.ts), rounded up: units in the last place. */
const bounds: { readonly [name in ElementaryName]: { readonly 64: number; readonly 32: number } } =
  {
    exp: { 64: 0.95, 32: 1 },
    expm1: { 64: 1.3, 32: 1.3 },
    log: { 64: 0.85, 32: 0.85 },
    log1p: { 64: 0.9, 32: 0.9 },
    sigmoid: { 64: 1.65, 32: 1.75 },
    softplus: { 64: 1.7, 32: 1.75 },
    sin: { 64: 0.8, 32: 0.8 },
    cos: { 64: 0.85, 32: 0.8 },
    tan: { 64: 1.35, 32: 1.4 },
    asin: { 64: 0.65, 32: 0.7 },
    acos: { 64: 0.65, 32: 0.65 },
    atan: { 64: 1.35, 32: 1.35 },
    sinh: { 64: 1.65, 32: 1.6 },
    cosh: { 64: 1.3, 32: 1.35 },
    tanh: { 64: 1.4, 32: 1.9 },
    asinh: { 64: 1.2, 32: 1.15 },
    acosh: { 64: 1.8, 32: 1.7 },
    atanh: { 64: 1.45, 32: 1.5 },
    erf: { 64: 1.25, 32: 1.15 },
    erfc: { 64: 1.75, 32: 1.85 },
    pow: { 64: 0.9, 32: 0.9 },
  };

const names: readonly ElementaryName[] = [
  ...([
    'exp',
    'expm1',
    'log',
    'log1p',
    'sigmoid',
    'softplus',
    'sin',
    'cos',
    'tan',
    'asin',
  ] as const),
  ...(['acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'erf', 'erfc'] as const),
  'pow',
];

type Fixtures = { readonly [name in ElementaryName]: { readonly [lane in Lane]: string } };

// JSON.parse has no type: the file is written by scripts/fixtures.ts in this form.
const fixtures = JSON.parse(
  readFileSync(new URL('../../scripts/fixtures.json', import.meta.url), 'utf8'),
) as Fixtures;

function run(f: VectorFunction, lane: Lane, ...columns: readonly (readonly number[])[]): Floats {
  const inputs = columns.map((xs) => (lane === 64 ? new Float64Array(xs) : new Float32Array(xs)));
  return simulate(trace(f, lane, columns.length), ...inputs);
}

/** One result of one point. */
function at(name: ElementaryName, lane: Lane, ...point: readonly number[]): number {
  return run(elementary[name].evaluate, lane, ...point.map((x) => [x]))[0]!;
}

/** The unit in the last place of x in the lane. */
function unitOf(x: number, lane: Lane): number {
  const size = Math.abs(x);
  let exponent = size === 0 ? -1100 : Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--;
  return lane === 64 ? 2 ** Math.max(exponent - 52, -1074) : 2 ** Math.max(exponent - 23, -149);
}

/** Worst error over the fixtures, in units in the last place. */
function worstError(name: ElementaryName, lane: Lane): number {
  const rows = fixtures[name][lane].split('; ').map((row) => row.split(' ').map(Number));
  const { arity, evaluate } = elementary[name];
  const columns = Array.from({ length: arity }, (_, j) => rows.map((row) => row[j]!));
  const results = run(evaluate, lane, ...columns);
  const errors = rows.map((row, i) => {
    const [shown, rest] = [row[arity]!, row[arity + 1]!];
    const truth = lane === 64 ? shown : Math.fround(shown);
    return Math.abs((results[i]! - truth) / unitOf(truth, lane) - rest);
  });
  return errors.every((e) => !Number.isNaN(e)) ? Math.max(...errors) : NaN;
}

describe.each(names)('%s', (name) => {
  it.each(lanes)('is as near the true values as measured, in lanes of %i bits', (lane) => {
    expect(fixtures[name][lane].length).toBeGreaterThan(1000);
    expect(worstError(name, lane)).toBeLessThanOrEqual(bounds[name][lane]);
  });
});

const unaryOfMath = ['exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tan', 'asin', 'acos'] as const;
const moreOfMath = ['atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'] as const;

describe('special values', () => {
  const points = [0, -0, Infinity, -Infinity, NaN, 1, -1, -2, 2, 1e-30, -1e-30, 3e38, -3e38];

  it.each([...unaryOfMath, ...moreOfMath])('%s agrees with Math on 0, ∞ and NaN', (name) => {
    for (const lane of lanes) {
      const results = run(elementary[name].evaluate, lane, points);
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
    const results = run(elementary.pow.evaluate, 64, ...columns);
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
      elementary.pow.evaluate,
      64,
      exponents.map(() => 2),
      exponents,
    );
    expect([...twos]).toEqual(exponents.map((n) => 2 ** n));
    const bases = Array.from({ length: 4095 }, (_, i) => i + 1);
    const squares = run(
      elementary.pow.evaluate,
      32,
      bases,
      bases.map(() => 2),
    );
    expect([...squares]).toEqual(bases.map((n) => n * n));
  });
});
