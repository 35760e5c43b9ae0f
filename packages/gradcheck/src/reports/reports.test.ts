import { describe, expect, it } from '@jest/globals';
import { runReport } from '../suite/result.ts';
import type { OpResult, RunReport, SuiteCheck } from '../suite/result.ts';
import { baselineOf, parseBaseline, regressionsFrom } from './baseline.ts';
import { githubAnnotations, githubSummary } from './github.ts';
import { fromJson, toJson } from './json.ts';
import { junitXml } from './junit.ts';
import { mergeReports } from './merge.ts';
import { countsText, tableText } from './table.ts';

const failure: SuiteCheck = {
  id: 'args.intact',
  sample: '#0 (float64)',
  verdict: 'fail',
  message: '100 % wrong: <a> & "b",\u0000 then\nmore',
  replay: 'gc1.f.0.args_intact.1',
};

function op(name: string, checks: readonly SuiteCheck[], more: Partial<OpResult> = {}): OpResult {
  const verdicts = checks.map(({ verdict }) => verdict);
  const verdict = verdicts.find((v) => v !== 'pass') ?? verdicts[0] ?? 'skipped';
  const rest = { module: 'm', samples: checks.length, dtypes: ['float64'], skipped: [] };
  return { name, ...rest, verdict, checks, evals: 1, ms: 2, ...more };
}

function run(...ops: readonly OpResult[]): RunReport {
  return runReport(ops, { seed: '5eed', interrupted: false, unfinished: [], ms: 1500 });
}

const pass: SuiteCheck = {
  id: 'vjp.value',
  sample: '#0 (float64)',
  verdict: 'pass',
  resolution: 1e-9,
};

describe('tableText', () => {
  it('ends with the counts, errors among the failures', () => {
    const report = run(
      op('a', [pass]),
      op('b', [failure]),
      op('c', [{ ...failure, verdict: 'error' }]),
      op('d', [{ ...pass, verdict: 'inconclusive' }]),
      op('e', []),
    );
    const last = tableText(report).split('\n').at(-1);
    expect(last).toBe('5 ops: 1 passed, 2 failed, 1 inconclusive, 1 skipped');
    expect(last).toBe(countsText(report.counts));
    expect(report.verdict).toBe('error');
  });

  it('prints the line that repeats the first failure, with what was named', () => {
    const text = tableText(run(op('f', [failure])), { targets: ['my-ops'] });
    expect(text).toContain('replay: gradcheck --replay gc1.f.0.args_intact.1 my-ops');
  });

  it('says what an interrupt left over, and colours on request', () => {
    const report = { ...run(op('f', [failure])), interrupted: true, unfinished: ['g', 'h'] };
    expect(tableText(report)).toContain('interrupted: 2 ops were not checked: g, h');
    expect(tableText(report)).not.toContain('\u001b');
    expect(tableText(report, { color: true })).toContain('\u001b[31m');
  });

  it('lists survivors among the mutants', () => {
    const mutation = { killed: 3, survived: 1, equivalent: 0, score: 0.75, survivors: ['no sign'] };
    const text = tableText(run(op('f', [pass], { mutation })));
    expect(text).toContain('f: mutant survived: no sign');
    expect(text).toContain('mutation score 75.0 %');
    expect(text).toMatch(/3\/4$/m);
  });
});

describe('toJson', () => {
  it('is read back by fromJson, numbers that JSON has not included', () => {
    const worst = {
      arg: 0,
      argName: 'x',
      shape: [],
      index: [],
      analytic: NaN,
      numeric: Infinity,
      absErr: NaN,
      relErr: NaN,
      bound: -Infinity,
      tol: 1e-300,
      ratio: NaN,
      mismatched: 1,
      total: 1,
      along: 'output 0',
      ladder: [{ h: 1, value: NaN, bound: 0 }],
      hints: [],
    };
    const report = run(
      op('f', [
        { ...failure, worst },
        { ...pass, resolution: Infinity },
      ]),
    );
    expect(fromJson(toJson(report), 'x')).toEqual(report);
  });
});

describe('fromJson', () => {
  it('refuses anything else, and says where', () => {
    const broken = toJson(run(op('f', [pass]))).replace('"samples": 1', '"samples": -1');
    for (const [text, path] of [
      ['{', ''],
      ['{"schema":"gradcheck-run/2"}', 'schema'],
      [broken, 'ops.0.samples'],
    ] as const) {
      expect(() => fromJson(text, 'x')).toThrow(
        expect.objectContaining({
          code: 'GRADCHECK_INVALID_REPORT',
          data: { source: 'x', path },
        }),
      );
    }
  });
});

describe('junitXml', () => {
  it('escapes, and leaves out what XML cannot hold', () => {
    const xml = junitXml(run(op('f', [failure])));
    expect(xml).toContain(
      '<failure message="100 % wrong: &lt;a&gt; &amp; &quot;b&quot;, then&#10;more" type="args.intact">',
    );
    expect(xml).not.toContain('\u0000');
  });

  it('counts inconclusive checks as skipped, and as failures when strict', () => {
    const report = run(op('f', [pass, { ...pass, id: 'jvp.value', verdict: 'inconclusive' }]));
    const head = 'tests="2"';
    expect(junitXml(report)).toContain(`${head} failures="0" errors="0" skipped="1"`);
    expect(junitXml(report, { strict: true })).toContain(
      `${head} failures="1" errors="0" skipped="0"`,
    );
  });

  it('has a skipped case for an op without samples', () => {
    expect(junitXml(run(op('f', [])))).toContain('<skipped message="uncovered');
  });
});

describe('githubAnnotations', () => {
  it('escapes data and properties', () => {
    const text = githubAnnotations(run(op('f', [failure], { file: 'a,b:c%.ts', line: 3 })));
    expect(text).toMatch(/^::error file=a%2Cb%3Ac%25\.ts,line=3,title=gradcheck%3A f::/);
    expect(text).toContain('100 %25 wrong');
    expect(text.split('\n')).toHaveLength(1);
  });

  it('gives at most ten of a kind, and says how many more there are', () => {
    const ops = Array.from({ length: 13 }, (_, k) => op(`f${k}`, [failure]));
    const unsure = op('u', [{ ...pass, verdict: 'inconclusive' }]);
    const lines = githubAnnotations(run(...ops, unsure)).split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[9]).toContain('and 3 more ops');
    expect(lines[10]).toMatch(/^::warning title=gradcheck%3A u::u: vjp\.value INCONCLUSIVE/);
  });
});

describe('githubSummary', () => {
  it('stays below the limit of GitHub', () => {
    const long = { ...failure, message: 'x'.repeat(60_000) };
    const ops = Array.from({ length: 30 }, (_, k) => op(`f${k}`, [long]));
    const text = githubSummary(run(...ops));
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20);
    expect(text).toContain('The rest does not fit');
  });
});

describe('mergeReports', () => {
  it('adds the parts of a run', () => {
    const whole = mergeReports([run(op('a', [pass])), run(op('b', [failure]))]);
    expect(whole.counts).toEqual({ ops: 2, passed: 1, failed: 1, inconclusive: 0, skipped: 0 });
    expect(whole).toMatchObject({ seed: '5eed', verdict: 'fail', ms: 3000 });
  });
});

describe('regressionsFrom', () => {
  const before = baselineOf(run(op('a', [pass]), op('b', [pass])));

  it('finds nothing in the same run', () => {
    const again = parseBaseline(JSON.stringify(before), 'x');
    expect(regressionsFrom(again, run(op('a', [pass]), op('b', [pass]), op('c', [])))).toEqual([]);
  });

  it('names ops that are gone, have fewer passing checks, or see less', () => {
    const now = run(op('a', [{ ...pass, resolution: 1e-3 }]));
    expect(regressionsFrom(before, now)).toEqual([
      'a: resolution 0.001, 1e-9 before',
      'b: was checked before, and is not now',
    ]);
    expect(regressionsFrom(before, run(op('a', [failure]), op('b', [pass])))).toEqual([
      'a: 0 checks pass, 1 did before',
    ]);
  });

  it('refuses what is no baseline', () => {
    expect(() => parseBaseline('{}', 'x')).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_INVALID_BASELINE' }),
    );
  });
});
