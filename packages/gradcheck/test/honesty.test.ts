import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { numericJacobian } from '../src/modern/jacobian.ts';

/** The functions of `fixtures/make-derivatives.py`, in doubles. */
const functions: Readonly<Record<string, (x: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  cube: (x) => x ** 3,
  power20: (x) => x ** 20,
  reciprocal: (x) => 1 / x,
  tanh: Math.tanh,
  sinh: Math.sinh,
  atan: Math.atan,
  asin: Math.asin,
  atanh: Math.atanh,
  cbrt: Math.cbrt,
  log1p: Math.log1p,
  expm1: Math.expm1,
  gauss: (x) => Math.exp(-x * x),
  softplus: (x) => Math.log1p(Math.exp(x)),
  sinc: (x) => Math.sin(x) / x,
  xlogx: (x) => x * Math.log(x),
  rational: (x) => x / (1 + x * x),
  fast: (x) => Math.sin(1000 * x),
  offset: (x) => 1e8 + x * x,
  cancel: (x) => (1 - Math.cos(x)) / (x * x),
};

interface Row {
  readonly name: string;
  readonly x: number;
  readonly derivative: number;
}

const path = new URL('fixtures/derivatives.json', import.meta.url);
const parsed: readonly (readonly [string, number, number])[] = JSON.parse(
  readFileSync(path, 'utf8'),
);
const rows: readonly Row[] = parsed.map(([name, x, derivative]) => ({ name, x, derivative }));

const measured = rows.map(({ name, x, derivative }) => {
  const { value, bound, kind, evals } = numericJacobian((t) => functions[name]!(t!.item()), [x]);
  // The reference is rounded to a double too.
  const error = Math.max(
    0,
    Math.abs(value.get(0, 0) - derivative) - 2 ** -53 * Math.abs(derivative),
  );
  const relative = derivative === 0 ? 0 : error / Math.abs(derivative);
  return {
    name,
    x,
    kind: kind[0],
    excess: error === 0 ? 0 : error / bound.get(0, 0),
    relative,
    evals,
  };
});

/** The q-quantile. */
function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}

describe('the bound of a numeric derivative', () => {
  it('is stated for more than 1500 points', () => {
    expect(rows.length).toBeGreaterThanOrEqual(1500);
  });

  it('is never exceeded twofold by the true error', () => {
    const dishonest = measured.filter(({ kind, excess }) => kind === 0 && !(excess <= 2));
    expect(dishonest).toEqual([]);
  });

  it('is exceeded at all by less than 1 % of them', () => {
    const exceeded = measured.filter(({ kind, excess }) => kind === 0 && excess > 1);
    expect(exceeded.length / measured.length).toBeLessThan(0.01);
  });

  it('calls smooth functions smooth', () => {
    expect(measured.filter(({ kind }) => kind !== 0).length / measured.length).toBeLessThan(0.01);
  });

  it('goes with small errors, within a factor of the published table', () => {
    const errors = measured.map(({ relative }) => relative);
    expect(quantile(errors, 0.5)).toBeLessThan(1e-12);
    expect(quantile(errors, 0.9)).toBeLessThan(1e-9);
    expect(
      quantile(
        measured.map(({ evals }) => evals),
        0.5,
      ),
    ).toBeLessThan(40);
  });
});
