import { describe, expect, it } from '@jest/globals';
import { referenceBackend } from '@cotangent/compile';
import type { Backend } from '@cotangent/compile';
import { mul, sin } from '@cotangent/ops';
import { mapTensors } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { elementwise } from '@cotangent/graph';
import type { Unary } from '@cotangent/graph';
import { OpContractError, assertOp, checkOp } from './check-op.ts';

const wrong: Unary = elementwise('wrong', 1, {
  eval: Math.sin,
  diff: [(g, [x]) => mul(g, sin(x))],
  points: [[0.5], [1]],
});

describe('checkOp', () => {
  it('takes an op or what carries one', () => {
    expect(checkOp(sin).verdict).toBe('pass');
    expect(checkOp(sin.op).name).toBe('sin');
  });

  it('reports each check once per sample', () => {
    const { checks } = checkOp(sin);
    expect(new Set(checks.map((c) => `${c.id} ${c.sample}`)).size).toBe(checks.length);
    expect(checks.map((c) => c.id)).toEqual(
      expect.arrayContaining([
        'samples.present',
        'type.inferred',
        'values.static',
        'args.intact',
        'layout.strided',
        'connection.pattern',
        'grad.shape',
        'grad.dtype',
        'vjp.value',
        'jvp.value',
        'vjp.jvp.dot',
        'pullback.linear',
        'order2.difference',
      ]),
    );
  });

  it('names the sample, the element and both values', () => {
    const failure = checkOp(wrong).checks.find((c) => c.verdict === 'fail')!;
    expect(failure).toMatchObject({ id: 'vjp.value', sample: '#0 (float64)' });
    expect(failure.message).toMatch(
      /^"input 0" differs: analytic -?\d\.\d+e-1, numeric .* ± .*ratio 0\.5463/,
    );
  });

  it('gives the same report for the same seed', () => {
    expect(checkOp(wrong).toText()).toBe(checkOp(wrong).toText());
    expect(checkOp(wrong, undefined, { seed: 1 }).toText()).not.toBe(checkOp(wrong).toText());
  });

  it('takes samples in place of those of the op', () => {
    const report = checkOp(sin, [{ name: 'matrix', inputs: [[[0.5, 1, 2]]] }]);
    expect(report.verdict).toBe('pass');
    expect(report.checks.map((c) => c.sample)).toContain('matrix (float32, unknown sizes)');
  });

  it('leaves out what is not asked for', () => {
    const ids = checkOp(sin, undefined, { order: 1 }).checks.map((c) => c.id);
    expect(ids).not.toContain('order2.difference');
    const samples = checkOp(sin, undefined, { dtypes: ['float32'] }).checks.map((c) => c.sample);
    expect(samples.some((sample) => sample.includes('float64'))).toBe(false);
  });

  it('skips failures that are expected, with their reason', () => {
    const checks = ['vjp.value', 'jvp.value', 'order2.difference'] as const;
    const skip = checks.map((check) => ({ check, reason: 'wrong on purpose' }));
    const report = checkOp(wrong, undefined, { skip });
    expect(report.verdict).toBe(report.checks.some((c) => c.verdict === 'fail') ? 'fail' : 'pass');
    const skipped = report.checks.filter((c) => c.verdict === 'skipped');
    expect(new Set(skipped.map((c) => c.message))).toEqual(new Set(['wrong on purpose']));
    expect(report.toText()).toContain('skipped vjp.value at #0 (float64): wrong on purpose');
  });

  it('fails a skip that is not needed', () => {
    const skip = [{ check: 'vjp.value', sample: '#0', reason: 'was wrong once' }] as const;
    const report = checkOp(sin, undefined, { skip });
    expect(report.verdict).toBe('fail');
    expect(report.checks.at(-1)).toMatchObject({ id: 'skip.needed', sample: '#0' });
    expect(report.toText()).toContain('was wrong once');
  });

  it('refuses what is no op, and options it does not know', () => {
    const noOp: never = Math.sin as never; // what TypeScript would not let through
    expect(() => checkOp(noOp)).toThrow(expect.objectContaining({ code: 'GRADCHECK_NOT_AN_OP' }));
    const misspelt: object = { seeds: 1 };
    expect(() => checkOp(sin, undefined, misspelt)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_UNKNOWN_OPTION' }),
    );
    const third: object = { order: 3 };
    expect(() => checkOp(sin, undefined, third)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_INVALID_OPTION' }),
    );
  });
});

describe('assertOp', () => {
  it('gives the report of an op that keeps its contract', () => {
    expect(assertOp(sin).verdict).toBe('pass');
  });

  it('throws one error that lists every failure', () => {
    expect(() => assertOp(wrong)).toThrow(OpContractError);
    expect(() => assertOp(wrong)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_OP_CONTRACT', data: { op: 'wrong' } }),
    );
    const failures = checkOp(wrong).checks.filter((c) => c.verdict === 'fail');
    expect(failures.length).toBeGreaterThan(4);
    for (const { id, sample } of failures) {
      expect(() => assertOp(wrong)).toThrow(`FAILED ${id} at ${sample}`);
    }
  });
});

describe('checkOp with a backend', () => {
  /** Every result is twice what it should be. */
  const doubling: Backend = {
    name: 'doubling',
    prepare: (program) => {
      const executable = referenceBackend.prepare(program);
      const twice = (y: Tensor): Tensor => mapTensors((v) => 2 * v!, [y], y.dtype);
      return { run: (inputs) => executable.run(inputs).map(twice) };
    },
  };

  it('finds what is wrong in compiled code only', () => {
    expect(checkOp(sin, undefined, { backend: referenceBackend }).verdict).toBe('pass');
    const { checks } = checkOp(sin, undefined, { backend: doubling });
    const failed = new Set(checks.filter((c) => c.verdict === 'fail').map(({ id }) => id));
    expect([...failed]).toEqual(expect.arrayContaining(['modes.agree', 'vjp.value', 'jvp.value']));
  });
});
