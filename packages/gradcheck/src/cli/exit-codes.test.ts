import { describe, expect, it } from '@jest/globals';
import { runReport } from '../suite/result.ts';
import type { OpResult, RunReport } from '../suite/result.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { Demands } from './exit-codes.ts';

const lax: Demands = { strict: false, requireCoverage: undefined, requireMutation: undefined };

function op(verdict: OpResult['verdict'], more: Partial<OpResult> = {}): OpResult {
  const samples = verdict === 'skipped' ? 0 : 1;
  const rest = { module: 'm', dtypes: [], checks: [], skipped: [], evals: 0, ms: 0 };
  return { name: 'f', ...rest, samples, verdict, ...more };
}

function run(...ops: readonly OpResult[]): RunReport {
  return runReport(ops, { seed: '1', interrupted: false, unfinished: [], ms: 0 });
}

const hung = op('error', {
  checks: [{ id: 'run.completed', sample: 'all', verdict: 'error', code: 'GRADCHECK_TIMEOUT' }],
});

describe('exitCodeOf', () => {
  it.each([
    ['all pass', run(op('pass')), 0],
    ['one fails', run(op('pass'), op('fail'), op('inconclusive')), 1],
    ['a rule throws', run(op('pass'), op('error')), 1],
    ['undecided', run(op('pass'), op('inconclusive'), op('skipped')), 0],
    ['no ops', run(), 4],
    ['nothing but ops without samples', run(op('skipped')), 4],
    ['one hangs', run(op('fail'), hung), 5],
    ['interrupted', { ...run(hung), interrupted: true }, 130],
  ])('%s: %#', (_, report, code) => {
    expect(exitCodeOf(report, lax, [])).toBe(code);
  });

  it('is 3 if nothing is worse than undecided or uncovered, on demand', () => {
    const strict = { ...lax, strict: true };
    expect(exitCodeOf(run(op('pass'), op('inconclusive')), strict, [])).toBe(3);
    expect(exitCodeOf(run(op('pass'), op('skipped')), strict, [])).toBe(3);
    expect(exitCodeOf(run(op('fail'), op('inconclusive')), strict, [])).toBe(1);
    const half = { ...lax, requireCoverage: 60 };
    expect(exitCodeOf(run(op('pass'), op('skipped')), half, [])).toBe(3);
    expect(exitCodeOf(run(op('pass'), op('pass'), op('skipped')), half, [])).toBe(0);
  });

  it('is 1 if something is worse than before, or too many mutants survive', () => {
    expect(exitCodeOf(run(op('pass')), lax, ['f: fewer checks'])).toBe(1);
    const mutation = { killed: 9, survived: 1, equivalent: 0, score: 0.9, survivors: ['x'] };
    const report = run(op('pass', { mutation }));
    expect(exitCodeOf(report, { ...lax, requireMutation: 95 }, [])).toBe(1);
    expect(exitCodeOf(report, { ...lax, requireMutation: 90 }, [])).toBe(0);
  });
});
