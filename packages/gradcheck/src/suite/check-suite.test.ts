import { describe, expect, it } from '@jest/globals';
import { abs, add, arange, div, logAddExp, mul, relu, sin, sqrt } from '@cotangent/ops';
import { wasmBackend } from '@cotangent/wasm';
import { elementwise } from '@cotangent/graph';
import type { Op } from '@cotangent/graph';
import { checkSuite } from './check-suite.ts';
import type { SuiteOptions } from './check-suite.ts';
import type { OpResult } from './result.ts';

const quick: SuiteOptions = { dtypes: ['float64'], order: 1 };
const check = ({ op }: { readonly op: Op }, options = quick): Omit<OpResult, 'module'> =>
  checkSuite({ op, record: op }, options);

describe('checkSuite', () => {
  it('runs the contract, differences with bounds, and both modes of compilation', () => {
    const result = check(sin, { backend: wasmBackend() });
    expect(result).toMatchObject({ name: 'sin', verdict: 'pass', dtypes: ['float64', 'float32'] });
    for (const id of ['layout.strided', 'grad.precision', 'order2.difference', 'modes.agree']) {
      expect(result.checks.map((c) => c.id)).toContain(id);
    }
  });

  it('judges slopes at kinks, and says nothing of poles', () => {
    expect(check(relu).verdict).toBe('pass');
    expect(check(sqrt).verdict).toBe('pass');
    const steep = elementwise('steep', 1, {
      eval: Math.abs,
      diff: [(g, [x]) => mul(g, div(add(x, 1e-300), add(abs(x), 1e-301)))], // 10 at 0
      points: [[0.5], [-2]],
      edges: [[0]],
    });
    const failed = check(steep).checks.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ id, sample }) => [id, sample])).toEqual([['vjp.value', '#2 (float64)']]);
  });

  it('takes no change of a shape for an influence', () => {
    expect(check(arange).verdict).toBe('pass'); // the end of a range moves its size alone
  });

  it('finds code that computes something else than eval', () => {
    const { op } = sin;
    const detour = {
      ...op,
      eval: (...args: Parameters<Op['eval']>) =>
        add.op.eval([...args[0], ...args[0]], args[1], args[2]),
    };
    const ids = check({ op: detour }, { ...quick, backend: wasmBackend() }).checks.filter(
      ({ verdict }) => verdict === 'fail',
    );
    expect(ids.map(({ id }) => id)).toContain('modes.agree');
  });

  it('leaves out second derivatives below the noise, if others prove them', () => {
    const { checks, verdict } = check(logAddExp, { dtypes: ['float64'] });
    expect(verdict).toBe('pass');
    const vacuous = checks.filter(({ flags }) => flags?.includes('vacuous') === true);
    expect(vacuous.map(({ verdict: v }) => v)).toContain('skipped');
  });

  it('skips an op without samples', () => {
    const bare = elementwise('bare', 1, { eval: (x) => x, diff: [(g) => g], points: [] });
    expect(check(bare)).toMatchObject({ verdict: 'skipped', samples: 0, checks: [] });
  });

  it('reports a sample that the op cannot take', () => {
    const { op } = sin;
    const samples = [{ inputs: [1, 2] }];
    const result = checkSuite({ op, record: op, samples }, quick);
    expect(result.verdict).toBe('error');
  });

  it('keeps only the checks that are asked for', () => {
    const { checks } = check(sin, { ...quick, checks: ['args.intact'] });
    expect(new Set(checks.map(({ id }) => id))).toEqual(new Set(['args.intact']));
  });

  it('takes several seeds', () => {
    const one = check(sin, { ...quick, seed: 1 });
    const two = check(sin, { ...quick, seed: 1, runs: 2 });
    expect(two.evals).toBeGreaterThan(one.evals);
    expect(two.checks).toHaveLength(one.checks.length);
  });
});
