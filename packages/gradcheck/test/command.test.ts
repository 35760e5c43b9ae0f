import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fromJson } from '../src/reports/json.ts';
import type { OpResult, RunReport } from '../src/suite/result.ts';
import { command, folder, gradcheckCommand } from './command.ts';
import type { Finished } from './command.ts';

const plugin = 'test/fixtures/broken-plugin';
const minutes = 60_000;

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gradcheck-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe('gradcheck on a plugin that is broken', () => {
  let run: Finished;
  let report: RunReport;
  const written = (name: string): string => readFileSync(join(scratch, 'all', name), 'utf8');

  beforeAll(async () => {
    const output = join(scratch, 'all');
    const summary = join(scratch, 'summary.md');
    writeFileSync(summary, '');
    run = await gradcheckCommand(
      [plugin, '--format', 'table,json,junit,github', '--output', output],
      { env: { GITHUB_STEP_SUMMARY: summary } },
    );
    report = fromJson(written('gradcheck.json'), 'gradcheck.json');
  }, 2 * minutes);

  const opNamed = (name: string): OpResult => report.ops.find((op) => op.name === name)!;

  it('fails with exit code 1', () => {
    expect(run.code).toBe(1);
    expect(report.counts).toEqual({
      ops: 14,
      passed: 1,
      failed: 12,
      inconclusive: 0,
      skipped: 1,
    });
  });

  it.each([
    ['wrongSign', 'vjp.value', /the sign is wrong/],
    ['forgottenFactor', 'vjp.value', /a factor 2 missing/],
    ['notTransposed', 'vjp.value', /the right numbers, transposed/],
    ['notSummed', 'grad.shape', /sum over what was broadcast/],
    ['firstRowOnly', 'vjp.value', /zero although the function depends on it/],
    ['wrongAtZero', 'vjp.value', /zero although the function depends on it/],
    ['nanAtKink', 'vjp.value', /not finite where the function is/],
    ['outsideKink', 'vjp.value', /a slope between those to the left and to the right/],
    ['nonDeterministic', 'grad.deterministic', /hidden state/],
    ['writesToInput', 'args.intact', /copy before writing/],
    ['wrongPattern', 'connection.pattern', /set the connection pattern to true/],
    ['wrongDtype', 'grad.dtype', /in the dtype of its input/],
  ])('names the fault of %s: %s', (name, id, hint) => {
    const failed = opNamed(name).checks.filter((check) => check.verdict === 'fail');
    const own = failed.find((check) => check.id === id);
    expect(own?.hints?.join('; ')).toMatch(hint);
    const shown = run.stdout.split('\n').find((line) => line.startsWith(`${name}: `));
    expect(shown).toContain(`${name}: ${id} FAILED`);
  });

  it('passes the op that is right, and lists the one without samples', () => {
    expect(opNamed('softsign').verdict).toBe('pass');
    expect(opNamed('uncovered')).toMatchObject({ verdict: 'skipped', samples: 0, checks: [] });
  });

  it('says where each op is defined', () => {
    const source = readFileSync(join(folder, plugin, 'src/values.js'), 'utf8').split('\n');
    const { file, line } = opNamed('wrongSign');
    expect(file).toBe(`${plugin}/src/values.js`);
    expect(source[line! - 1]).toContain("elementwise('wrongSign'");
  });

  it('prints a table, the failures and the counts as the last line', () => {
    expect(withoutTimes(run.stdout)).toMatchSnapshot();
    expect(run.stdout.trimEnd().split('\n').at(-1)).toBe(
      '14 ops: 1 passed, 12 failed, 0 inconclusive, 1 skipped',
    );
  });

  it('writes JSON that keeps its published schema', () => {
    const schema = JSON.parse(
      readFileSync(join(folder, 'schema/gradcheck-run.schema.json'), 'utf8'),
    );
    const validate = new Ajv2020({ allErrors: true }).compile(schema);
    validate(JSON.parse(written('gradcheck.json')));
    expect(validate.errors).toBeNull();
    expect(failuresIn(report)).toMatchSnapshot();
  });

  it('writes JUnit XML', () => {
    expect(failingCases(written('gradcheck.xml'))).toMatchSnapshot();
  });

  it('writes a summary for GitHub', () => {
    const summary = readFileSync(join(scratch, 'summary.md'), 'utf8');
    expect(summary.replaceAll(/\| \d+ \|$/gm, '| … |')).toMatchSnapshot();
  });

  it(
    'repeats any failure from its token, to the bit, and nothing else',
    async () => {
      for (const [name, id] of [
        ['wrongSign', 'vjp.value'],
        ['wrongDtype', 'grad.dtype'],
      ]) {
        const check = opNamed(name!).checks.find((c) => c.id === id && c.verdict === 'fail')!;
        const again = await gradcheckCommand([plugin, '--format=json', '--replay', check.replay!]);
        expect(again.code).toBe(1);
        const { ops } = fromJson(again.stdout, 'stdout');
        expect(ops.map((op) => op.checks)).toEqual([[check]]);
      }
    },
    2 * minutes,
  );
});

describe('gradcheck', () => {
  it(
    'reports ops that hang or leave the process, and goes on with the others',
    async () => {
      const run = await gradcheckCommand([
        `${plugin}/src/hanging.js`,
        '--timeout=4000',
        '--format=json',
      ]);
      expect(run.code).toBe(5);
      const { ops } = fromJson(run.stdout, 'stdout');
      const codes = ops.map(({ name, verdict, checks }) => [name, verdict, checks[0]?.code]);
      expect(codes).toEqual([
        ['behaves', 'pass', undefined],
        ['hangs', 'error', 'GRADCHECK_TIMEOUT'],
        ['leaves', 'error', 'GRADCHECK_WORKER_CRASHED'],
      ]);
    },
    2 * minutes,
  );

  it(
    'prints what was done so far when it is interrupted, and exits with 130',
    async () => {
      const args = [`${plugin}/src/hanging.js`, '--jobs=1'];
      const child = spawn(process.execPath, [...command, ...args], { cwd: folder });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('hanging')) child.kill('SIGINT');
      });
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect(code).toBe(130);
      expect(out).toContain('interrupted: 2 ops were not checked: hangs, leaves');
      expect(out).toContain('1 ops: 1 passed, 0 failed, 0 inconclusive, 0 skipped');
    },
    2 * minutes,
  );

  it(
    'fails when nothing is checked: 4',
    async () => {
      const [nothing, uncovered] = await Promise.all([
        gradcheckCommand([plugin, '--filter', '^none$']),
        gradcheckCommand([plugin, '--op', 'uncovered']),
      ]);
      expect([nothing.code, uncovered.code]).toEqual([4, 4]);
      expect(nothing.stderr).toContain('nothing was checked');
    },
    minutes,
  );

  it(
    'refuses wrong usage and what it cannot load: 2',
    async () => {
      const runs = await Promise.all([
        gradcheckCommand(['--sead', '1']),
        gradcheckCommand(['no-such-package']),
        gradcheckCommand([plugin, '--format', 'json,table']),
      ]);
      expect(runs.map(({ code }) => code)).toEqual([2, 2, 2]);
      expect(runs[0].stderr).toContain('unknown flag --sead');
      expect(runs[1].stderr).toContain('neither a file nor a package "no-such-package"');
      expect(runs[2].stderr).toContain('--output');
    },
    minutes,
  );

  it(
    'takes what a configuration says, splits into shards and merges their reports',
    async () => {
      const config = join(scratch, 'gradcheck.config.json');
      const skip = { wrongSign: [] as object[] };
      for (const check of ['vjp.value', 'jvp.value']) {
        skip.wrongSign.push({ check, reason: 'wrong on purpose' });
      }
      writeFileSync(config, JSON.stringify({ skip, dtypes: ['float64'], order: 1 }));
      const shard = (part: string): Promise<Finished> =>
        gradcheckCommand([
          plugin,
          `--config=${config}`,
          '--filter=^(softsign|wrongSign)$',
          '--format=json',
          `--shard=${part}`,
        ]);
      const parts = await Promise.all([shard('1/2'), shard('2/2')]);
      expect(parts.map(({ code }) => code)).toEqual([0, 0]);
      const files = parts.map(({ stdout }, k) => {
        writeFileSync(join(scratch, `part${k}.json`), stdout);
        return join(scratch, `part${k}.json`);
      });
      const whole = await gradcheckCommand(['merge', ...files, '--format', 'json']);
      const { ops, counts } = fromJson(whole.stdout, 'stdout');
      expect(counts).toMatchObject({ ops: 2, passed: 2 });
      const sign = ops.find(({ name }) => name === 'wrongSign')!;
      expect(new Set(sign.checks.map(({ sample }) => sample.includes('float32')))).toEqual(
        new Set([false]),
      );
      expect(sign.checks.find(({ id }) => id === 'vjp.value')).toMatchObject({
        verdict: 'skipped',
        message: 'wrong on purpose',
      });
    },
    2 * minutes,
  );
});

/** The text without the milliseconds of each op, whose column is the last, and the seconds of the run. */
function withoutTimes(text: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('op  '));
  const end = lines.indexOf('', start);
  return lines
    .map((line, k) => (k >= start && k < end ? line.replace(/ +\S+$/, '') : line))
    .join('\n')
    .replace(/(seed \w+), .* s\n/, '$1\n');
}

/** What did not pass, one of each check, numbers to six digits: processors differ in the last ones. */
function failuresIn({ ops, ...report }: RunReport): unknown {
  const short = (key: string, value: unknown): unknown => {
    if (key === 'ladder' || key === 'ms') return undefined;
    return typeof value === 'number' && Number.isFinite(value)
      ? Number(value.toPrecision(6))
      : typeof value === 'number'
        ? String(value)
        : value;
  };
  const kept = ops.map(({ checks, ...op }) => {
    const bad = checks.filter(({ verdict }) => verdict !== 'pass');
    const first = bad.filter((c, k) => bad.findIndex(({ id }) => id === c.id) === k);
    return { ...op, checks: first };
  });
  return JSON.parse(JSON.stringify({ ...report, ops: kept }, short));
}

/** The suites and, of each, the first case that did not pass. */
function failingCases(xml: string): string {
  return xml
    .replaceAll(/ time="[^"]*"/g, '')
    .split(/(?=<testsuite )/)
    .map((suite) => {
      const [head = '', ...cases] = suite.split(/(?=<testcase )/);
      const bad = cases.find((text) => /<(?:failure|error|skipped)\b/.test(text));
      return bad === undefined ? head : `${head}${bad}`;
    })
    .join('')
    .replaceAll(/(name="resolution" value=")[^"]*/g, '$1…');
}
