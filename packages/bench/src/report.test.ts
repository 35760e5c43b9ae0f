import { describe, expect, it } from '@jest/globals';
import type { Outcome } from './bench.ts';
import { chartOf } from './chart.ts';
import { judge } from './goals.ts';
import { absentLines, duration, markdownTable, rowCells, terminalReport } from './report.ts';
import { resultsDocument } from './results.ts';
import type { EngineName, Row } from './row.ts';
import { ahead } from './workload.ts';
import type { Goal } from './workload.ts';

function row(engine: EngineName, medianUs: number, threads = 1): Row {
  const spread = { minUs: medianUs, p25Us: medianUs, p75Us: medianUs };
  return {
    workload: 'w',
    engine,
    threads,
    medianUs,
    ...spread,
    firstCallMs: medianUs,
    value: 1,
    error: 0,
  };
}

function outcome(rows: readonly Row[], goals: readonly Goal[], size = 1, name = 'w'): Outcome {
  const workload = {
    name,
    dtype: 'float64' as const,
    values: () => ({}),
    roundings: 1,
    cotangent: () => ({ run: () => undefined, outputs: () => [] }),
    goals,
    family: { name: 'f', size },
  };
  return {
    workload,
    rows,
    absent: [{ workload: name, engine: 'torch', threads: 2, reason: 'why' }],
  };
}

const rows = [row('cotangent', 2), row('jax', 3), row('jax', 1, 2)];

describe('judge', () => {
  it('divides the time of the peer by ours', () => {
    const [met, missed] = judge([outcome(rows, [ahead('jax', 1.5), ahead('jax', 1.6)])]);
    expect(met).toMatchObject({ goal: '≥ 1.5× jax', measured: 1.5, met: true });
    expect(missed).toMatchObject({ measured: 1.5, met: false });
  });

  it('knows first calls, absolute times and all cores', () => {
    const goals: readonly Goal[] = [
      { kind: 'ratio', against: 'jax', atLeast: 2, of: 'first call' },
      { kind: 'time', atMostMs: 1 },
      { kind: 'ratio', against: 'jax', atLeast: 1, threads: 'all' },
    ];
    const verdicts = judge([outcome([...rows, row('cotangent', 4, 2)], goals)]);
    expect(verdicts.map(({ measured }) => measured)).toEqual([1.5, 2e-6, 0.25]);
    expect(verdicts.map(({ goal }) => goal)).toEqual([
      '≥ 2× jax, first call',
      '≤ 0.001 s',
      '≥ 1× jax, all cores',
    ]);
  });

  it('leaves open what was not measured', () => {
    const [verdict] = judge([outcome([row('cotangent', 2)], [ahead('jax', 1)])]);
    expect(verdict).toMatchObject({ measured: undefined, met: undefined });
  });

  it('compares the sizes of a family', () => {
    const goals: readonly Goal[] = [{ kind: 'growth', atMost: 1.1 }];
    const verdicts = judge([
      outcome([row('cotangent', 1)], goals, 10, 'small'),
      outcome([row('cotangent', 10)], goals, 100, 'large'),
    ]);
    expect(verdicts.map(({ measured }) => measured)).toEqual([undefined, 1]);
  });
});

describe('rowCells', () => {
  it('names the workload once and compares with the row of as many threads, else of one', () => {
    const cells = rowCells([outcome(rows, [])]);
    expect(cells.map((line) => line[0])).toEqual(['w', '', '']);
    expect(cells.map((line) => line.at(-1))).toEqual(['', '1.50×', '0.500×']);
  });
});

describe('terminalReport', () => {
  it('shows rows, goals and what is absent', () => {
    const outcomes = [outcome(rows, [ahead('jax', 9)])];
    const text = terminalReport(outcomes, judge(outcomes));
    expect(text).toContain('MISSED');
    expect(text).toContain('w: no row of torch, 2 threads: why');
  });
});

describe('absentLines', () => {
  it('is empty without anything absent', () => {
    expect(absentLines([{ ...outcome(rows, []), absent: [] }])).toEqual([]);
  });
});

describe('markdownTable', () => {
  it('pads its columns', () => {
    expect(markdownTable(['a', 'long'], [['x', 'y']])).toBe(
      '| a   | long |\n| --- | ---- |\n| x   | y    |',
    );
  });
});

describe('resultsDocument', () => {
  it('says when, where, how and what', () => {
    const outcomes = [outcome(rows, [ahead('jax', 1)])];
    const text = resultsDocument(outcomes, judge(outcomes), {
      date: '2026-01-02',
      processor: 'a processor',
      cores: 2,
      isPinned: true,
      repeats: 11,
      versions: new Map([['jax', 'jax 1.0']]),
    });
    expect(text).toContain('2026-01-02, a processor, 2 cores.');
    expect(text).toContain('- jax: jax 1.0');
    expect(text).toContain('1 of 1 goals are met');
    expect(text).toContain('pinned to one core');
    expect(text).toContain('11 rounds');
    expect(text.match(/^\| w /gm)).toHaveLength(2);
  });
});

describe('chartOf', () => {
  const svg = chartOf([outcome([...rows, row('jax-js', 200)], [], 1, 'a < b')]);

  it('draws a mark for every peer with one thread', () => {
    expect(svg.match(/<title>(jax|jax-js) /g)).toEqual(['<title>jax ', '<title>jax-js ']);
  });

  it('escapes names', () => {
    expect(svg).toContain('a &lt; b');
    expect(svg).not.toContain('a < b');
  });

  it('puts larger ratios further right, on a logarithmic axis', () => {
    const at = [...svg.matchAll(/cx="([\d.]+)" cy="81" r="5"/g)].map((m) => Number(m[1]));
    const perDecade = (at[1]! - at[0]!) / Math.log10(100 / 1.5);
    expect(perDecade).toBeCloseTo(620 / 3, 0); // the axis shows 0.1 … 100
  });
});

describe('duration', () => {
  it('takes the unit that suits', () => {
    expect([0.0123, 12.34, 12_340, 12_340_000].map(duration)).toEqual([
      '12.3 ns',
      '12.3 µs',
      '12.3 ms',
      '12.3 s',
    ]);
  });
});
