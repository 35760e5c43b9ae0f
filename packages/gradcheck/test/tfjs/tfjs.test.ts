import { beforeAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { tensorFrom } from '@cotangent/tensor';
import { gradcheckRule } from '../../src/modern/gradcheck.ts';
import type { GradcheckReport } from '../../src/modern/report.ts';
import { binary, faults, kinks, missing, reductions, structural, unary } from './cases.ts';
import type { TfCase } from './cases.ts';
import { ruleOf } from './rule-of.ts';

// What is asserted here is what was found in the version that is installed: a test that fails after an update tells
// that a gradient of TensorFlow.js has changed.

beforeAll(async () => {
  tf.enableProdMode(); // no advice on the console to install a faster backend
  await tf.setBackend('cpu');
});

const check = ({ name, f, point }: TfCase): GradcheckReport =>
  gradcheckRule(ruleOf(name, f), [{ inputs: point }]);

describe.each([
  ['unary', unary],
  ['binary', binary],
  ['reductions', reductions],
  ['structural', structural],
])('gradients of TensorFlow.js, %s', (_, cases) => {
  it.each(cases.map((c) => [c.name, c] as const))('%s is right', (__, c) => {
    const report = check(c);
    expect([report.verdict, report.verdict === 'pass' ? '' : report.toText()]).toEqual([
      'pass',
      '',
    ]);
    expect(report.checks.some(({ flags }) => flags.includes('kink'))).toBe(false);
  });
});

describe('gradients of TensorFlow.js at kinks', () => {
  it.each(kinks.map((c) => [c.name, c] as const))('%s is a subgradient', (_, c) => {
    const report = check(c);
    expect(report.verdict).toBe('pass');
    expect(report.checks.some(({ flags }) => flags.includes('kink'))).toBe(true);
    const xs = c.point.map((x) => tensorFrom(x));
    const ones = tensorFrom(new Float64Array(xs[0]!.size).fill(1), { shape: xs[0]!.shape });
    const terms: unknown = ruleOf(c.name, c.f).vjp(xs, [ones]);
    expect(Array.from(Object(terms)[0].data)).toEqual(c.slopes);
  });
});

describe('gradients of TensorFlow.js that are wrong', () => {
  it.each(faults.map((c) => [c.name, c] as const))('%s is found', (_, c) => {
    const report = check(c);
    expect(report.verdict).toBe('fail');
    expect(report.checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)).toContain(
      c.check,
    );
    expect(report.toText()).toContain(c.says);
  });

  it.each(missing.map((c) => [c.name, c] as const))('%s throws, which is said', (_, c) => {
    const report = check(c);
    expect([report.verdict, report.checks.map(({ id }) => id)]).toEqual(['error', ['vjp.value']]);
    expect(report.toText()).toContain(c.says);
  });
});
