import { denseData, tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { gradcheckRule } from '../src/modern/gradcheck.ts';
import type { GradcheckResult } from '../src/modern/report.ts';
import type { NumericRule } from '../src/modern/rule.ts';
import { rngOf } from '../src/rng.ts';

type Scalar = (x: number) => number;

/** Functions of one number with their derivatives. */
const functions: readonly (readonly [string, Scalar, Scalar])[] = [
  ['sin', Math.sin, Math.cos],
  ['exp', Math.exp, Math.exp],
  ['square', (x) => x * x, (x) => 2 * x],
  ['tanh', Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
  ['log', Math.log, (x) => 1 / x],
  ['sqrt', Math.sqrt, (x) => 0.5 / Math.sqrt(x)],
  ['reciprocal', (x) => 1 / x, (x) => -1 / (x * x)],
  ['atan', Math.atan, (x) => 1 / (1 + x * x)],
];

/** y = f(x) element by element with one derivative multiplied by `factor`. */
export function oneWrong(f: Scalar, slope: Scalar, planted: number, factor: number): NumericRule {
  return {
    f: (x) => {
      const xs = denseData(x!);
      const y = new Float64Array(xs.length);
      for (let i = 0; i < y.length; i++) y[i] = f(xs[i]!);
      return y;
    },
    vjp: ([x], [u]) => {
      const [xs, us] = [denseData(x!), denseData(u!)];
      const g = new Float64Array(xs.length);
      for (let i = 0; i < g.length; i++) g[i] = us[i]! * slope(xs[i]!);
      if (planted >= 0) g[planted] = g[planted]! * factor;
      return tensorFrom(g);
    },
  };
}

/** `n` numbers between 0.3 and 1.2. */
export function trialPoint(n: number, seed: number): Tensor {
  const rng = rngOf(seed, 'points');
  return tensorFrom(Float64Array.from({ length: n }, () => 0.3 + 0.9 * rng()));
}

/** Checks whose cost would hide that of the differences. */
export const numericOnly = { 'pullback.linear': false, 'grad.deterministic': false } as const;

/** The result of the comparison in fast mode. */
export function fastResult(
  rule: NumericRule,
  point: Tensor,
  seed: number,
  projections = 3,
): GradcheckResult {
  const report = gradcheckRule(rule, [point], { checks: numericOnly, seed, projections });
  return report.checks.find(({ id }) => id === 'vjp.value')!;
}

/** What was wrong with the answers to `perFunction` wrong and as many right rules of every function. */
export function fastMistakes(
  perFunction: number,
  names: readonly string[] = functions.map(([name]) => name),
): readonly string[] {
  const mistakes: string[] = [];
  const rng = rngOf(7, 'fast trials');
  for (const [name, f, slope] of functions.filter(([own]) => names.includes(own))) {
    for (let seed = 0; seed < perFunction; seed++) {
      const n = 1500 + Math.floor(18500 * rng() ** 4);
      const planted = Math.floor(n * rng());
      const factor = 1 + 10 ** (-4 * rng());
      const point = trialPoint(n, seed);
      const wrong = fastResult(oneWrong(f, slope, planted, factor), point, seed);
      if (wrong.verdict !== 'fail')
        mistakes.push(`${name} ${seed}: ${factor} at ${planted} of ${n} was missed`);
      else if (wrong.worst?.index[0] !== planted)
        mistakes.push(`${name} ${seed}: ${planted} of ${n} was not named`);
      const right = fastResult(oneWrong(f, slope, -1, 1), point, seed);
      if (right.verdict !== 'pass')
        mistakes.push(`${name} ${seed}: false alarm (${right.verdict})`);
    }
  }
  return mistakes;
}
