import { describe, expect, it } from '@jest/globals';
import { growthExponent, measure } from './measure.ts';
import { readOptions } from './options.ts';
import { duration, tableOf } from './report.ts';
import { chainWorkloads } from './workloads/chain.ts';
import { gradientWorkloads } from './workloads/gradients.ts';

describe('measure', () => {
  const all = [...chainWorkloads([50]), ...gradientWorkloads([50])];
  it.each(all.map((workload) => [workload.name, workload] as const))(
    'checks and times %s',
    (name, workload) => {
      const row = measure(workload, 2);
      expect(row).toMatchObject({ workload: name, engine: 'cotangent', threads: 1 });
      expect(row.minUs).toBeLessThanOrEqual(row.medianUs);
    },
  );

  it('refuses to time a wrong result', () => {
    const wrong = { name: 'w', family: 'w', size: 1, expected: 2, prepare: () => () => 1 };
    expect(() => measure(wrong, 1)).toThrow('the result is 1, not 2');
  });
});

describe('growthExponent', () => {
  it('is 1 for time proportional to size', () => {
    const exponent = growthExponent({ size: 10, medianUs: 5 }, { size: 1000, medianUs: 500 });
    expect(exponent).toBeCloseTo(1, 12);
  });
});

describe('tableOf', () => {
  it('shows the growth between rows of one family', () => {
    const workloads = chainWorkloads([10, 100]).filter((w) => w.family === 'chain: build');
    const measured = workloads.map((workload, k) => ({
      workload,
      row: { ...measure(workload, 1), medianUs: 10 ** (k + 1) },
    }));
    expect(tableOf(measured)).toContain('n^1.00');
  });
});

describe('duration', () => {
  it('takes the unit that suits', () => {
    expect([12.34, 12_340, 12_340_000].map(duration)).toEqual(['12.3 µs', '12.3 ms', '12.34 s']);
  });
});

describe('readOptions', () => {
  it('names a flag that it does not know', () => {
    expect(() => readOptions(['--fliter', 'x'])).toThrow('--fliter');
  });

  it('refuses repeats out of range', () => {
    expect(() => readOptions(['--repeats', '0'])).toThrow('--repeats');
  });

  it('asks for no run on --help', () => {
    expect(readOptions(['--help'])).toBeUndefined();
  });
});
