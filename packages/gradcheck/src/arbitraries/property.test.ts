import { describe, expect, it } from '@jest/globals';
import { abs, exp, log, mul, round } from '@cotangent/ops';
import { arb, checkProperty, domain } from './index.ts';
import type { NumericRule } from '../modern/rule.ts';

/** |x|³ with the rule for x > 0. */
const wrongForNegative: NumericRule = {
  name: 'cubedMagnitude',
  f: (x) => x!.data.map((a) => Math.abs(a) ** 3),
  vjp: ([x], [u]) => x!.data.map((a, i) => 3 * a * a * u!.data[i]!),
};
const vectors = arb.point([domain.real({ min: 0.1, max: 10 })], { shape: arb.shape({ rank: 1 }) });

describe('checkProperty', () => {
  it('passes right rules and right graphs', () => {
    const positive = arb.point([domain.positive()]);
    const report = checkProperty((x) => log(x), positive, { numRuns: 10 });
    expect([report.verdict, report.runs, report.message]).toEqual([
      'pass',
      10,
      '10 points pass, 0 discarded',
    ]);
    expect(
      checkProperty(mul.op, arb.point([domain.real(), domain.real()]), { numRuns: 5 }).verdict,
    ).toBe('pass');
  });

  it('shrinks a counterexample to a small one with plain values', () => {
    const report = checkProperty(wrongForNegative, vectors);
    expect(report.verdict).toBe('fail');
    const values: readonly number[] = Object(report.counterexample!.inputs[0]).toArray();
    expect(values.length).toBeLessThan(3);
    expect(new Set(values.map(Math.abs))).toEqual(new Set([1]));
    expect(values).toContain(-1);
    expect(report.counterexample!.report.worst!.ratio).toBeCloseTo(-1, 6);
    expect(report.message).toMatch(
      /cubedMagnitude: vjp\.value FAILED[^]*point: .*seed 24301, path "/,
    );
  });

  it('repeats a counterexample by seed and path', () => {
    const { path, seed, counterexample } = checkProperty(wrongForNegative, vectors, { seed: 9 });
    const again = checkProperty(wrongForNegative, vectors, { seed, path });
    expect(again.runs).toBe(1);
    expect(again.counterexample!.inputs).toEqual(counterexample!.inputs);
  });

  it('discards what differences cannot tell, and says when that is too much', () => {
    const atJumps = arb.point([domain.special([0.5, 1.5, 2.5])], { shape: [1] });
    const report = checkProperty((x) => mul(round(x), exp(x)), atJumps, { numRuns: 10 });
    expect(report.verdict).toBe('error');
    expect(report.message).toMatch(/^domain too tight: \d+ of \d+ points are inconclusive$/);
  });

  it('takes a kink for a kink', () => {
    const nearKink = arb.point([domain.special([0, 1e-8, -1e-8, 0.5])], { shape: [2] });
    expect(checkProperty((x) => abs(x), nearKink, { numRuns: 10 }).verdict).toBe('pass');
  });

  it('calls a function that throws an error, not a failure', () => {
    const broken: NumericRule = {
      ...wrongForNegative,
      f: () => {
        throw new Error('no kernel');
      },
    };
    const report = checkProperty(broken, vectors, { numRuns: 3 });
    expect([report.verdict, report.message.includes('no kernel')]).toEqual(['error', true]);
  });

  it('stops in time, and refuses unknown options', () => {
    const report = checkProperty(wrongForNegative, vectors, { interruptAfterMs: 5000, numRuns: 1 });
    expect(report.runs).toBeGreaterThan(0);
    expect(() => checkProperty(wrongForNegative, vectors, Object({ runs: 3 }))).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_UNKNOWN_OPTION' }),
    );
    expect(() => checkProperty(wrongForNegative, vectors, { numRuns: 0 })).toThrow('numRuns');
  });
});
