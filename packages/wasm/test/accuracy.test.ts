import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { domains } from '../scripts/domains.ts';
import type { Measured } from '../scripts/domains.ts';
import { byEval, inModule } from '../scripts/evaluate.ts';
import type { Evaluate } from '../scripts/evaluate.ts';
import type { Lane } from '../scripts/true-values.ts';

/**
 * Largest errors of scripts/ulp.ts, rounded up, in units in the last place: in a module (64 and 32 bits), and of the ops
 * whose `eval` is written here and not JavaScript's. `besideOne` counts units of the larger of 1 and the result.
 */
interface Bound {
  readonly 64: number;
  readonly 32: number;
  readonly eval?: number;
  readonly besideOne?: boolean;
}

const bounds: { readonly [name: string]: Bound } = {
  exp: { 64: 0.95, 32: 1 },
  expm1: { 64: 1.3, 32: 1.3 },
  log: { 64: 0.85, 32: 0.85 },
  log1p: { 64: 0.9, 32: 0.9 },
  sigmoid: { 64: 1.65, 32: 1.75 },
  softplus: { 64: 1.7, 32: 1.75 },
  sin: { 64: 0.8, 32: 1.95 },
  cos: { 64: 0.85, 32: 1.95 },
  tan: { 64: 1.35, 32: 1.4 },
  asin: { 64: 0.65, 32: 0.7 },
  acos: { 64: 0.65, 32: 0.65 },
  atan: { 64: 1.35, 32: 1.35 },
  sinh: { 64: 1.65, 32: 1.6 },
  cosh: { 64: 1.3, 32: 1.35 },
  tanh: { 64: 1.25, 32: 1.45 },
  asinh: { 64: 1.2, 32: 1.15 },
  acosh: { 64: 1.8, 32: 1.7 },
  atanh: { 64: 1.45, 32: 1.5 },
  erf: { 64: 1.25, 32: 1.15, eval: 2 },
  erfc: { 64: 1.75, 32: 1.85, eval: 3.5 },
  pow: { 64: 0.9, 32: 0.9 },
  atan2: { 64: 1.35, 32: 1.35 },
  hypot: { 64: 1.25, 32: 0.55, eval: 1.25 },
  logit: { 64: 3, 32: 3.5, eval: 3 },
  logSigmoid: { 64: 1.7, 32: 1.75, eval: 3 },
  log1mexp: { 64: 1.8, 32: 1.8, eval: 1.8 },
  logAddExp: { 64: 1.2, 32: 1.3, eval: 1.5 },
  erfcx: { 64: 3, 32: 0.51, eval: 3 },
  erfcxIntegral1: { 64: 7, 32: 0.51, eval: 7 },
  ndtr: { 64: 4, 32: 0.51, eval: 4 },
  logNdtr: { 64: 3, 32: 0.51, eval: 3 },
  gammaln: { 64: 3.5, 32: 0.51, eval: 3.5, besideOne: true },
  digamma: { 64: 6, 32: 0.51, eval: 6, besideOne: true },
  trigamma: { 64: 5, 32: 0.51, eval: 5 },
  polygamma2: { 64: 6, 32: 0.51, eval: 6, besideOne: true },
  polygamma5: { 64: 12, 32: 0.51, eval: 12 },
  betaln: { 64: 20, 32: 0.51, eval: 20, besideOne: true },
};

type Fixtures = { readonly [name: string]: { readonly [lane in Lane]: string } };

// JSON.parse has no type: the file is written by scripts/fixtures.ts in this form.
const fixtures = JSON.parse(
  readFileSync(new URL('../scripts/fixtures.json', import.meta.url), 'utf8'),
) as Fixtures;

/** The unit in the last place of x in the lane. */
function unitOf(x: number, lane: Lane): number {
  const size = Math.abs(x);
  let exponent = size === 0 ? -1100 : Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--;
  return lane === 64 ? 2 ** Math.max(exponent - 52, -1074) : 2 ** Math.max(exponent - 23, -149);
}

/** Worst error over the fixtures, in units in the last place; NaN if a result is none. */
function worstError(evaluate: Evaluate, what: Measured, lane: Lane): number {
  const rows = fixtures[what.name]![lane].split('; ').map((row) => row.split(' ').map(Number));
  const arity = rows[0]!.length - 2;
  const columns = Array.from({ length: arity }, (_, j) => {
    const numbers = rows.map((row) => row[j]!);
    return lane === 64 ? new Float64Array(numbers) : new Float32Array(numbers);
  });
  const results = evaluate(what, lane, columns);
  const least = bounds[what.name]?.besideOne ? unitOf(1, lane) : 0;
  const errors = rows.map((row, i) => {
    const [shown, rest] = [row[arity]!, row[arity + 1]!];
    const truth = lane === 64 ? shown : Math.fround(shown);
    const unit = unitOf(truth, lane);
    const error = Math.abs((results[i]! - truth) / unit - rest);
    return error * Math.min(1, unit / least);
  });
  return errors.every((e) => !Number.isNaN(e)) ? Math.max(...errors) : NaN;
}

describe.each(domains.map((what) => [what.name, what] as const))('%s', (name, what) => {
  const bound = bounds[name] ?? { 64: 0, 32: 0 };

  it.each([64, 32] as const)(
    'is in a module as near the true values as measured (%i bits)',
    (lane) => {
      expect(fixtures[name]![lane].length).toBeGreaterThan(1000);
      expect(worstError(inModule, what, lane)).toBeLessThanOrEqual(bound[lane]);
    },
  );

  if (bound.eval !== undefined) {
    it('has an eval as near the true values as measured', () => {
      expect(worstError(byEval, what, 64)).toBeLessThanOrEqual(bound.eval ?? 0);
    });
  }
});
