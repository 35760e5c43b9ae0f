import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { describePlan, loadPlan } from './plan.ts';
import type { Plan } from './plan.ts';
import { resolveTarget } from './resolve.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with some files; anything but text becomes JSON. */
function project(files: Readonly<Record<string, string | object>>): string {
  const root = mkdtempSync(join(tmpdir(), 'gradcheck-plan-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(root, path), text);
  }
  return root;
}

// Records as plain data: what is loaded here is never run.
const record = (name: string): string =>
  `export const ${name} = { op: { name: '${name}', infer: () => [], eval: () => [],\n  samples: [{ inputs: [1] }] } };\n`;
const code = (text: string): unknown => expect.objectContaining({ code: text });
const namesIn = ({ suites }: Plan): readonly string[] =>
  suites.map(({ suite }) => suite.record.name);
const load = (folder: string, targets: readonly string[] = [], config?: string): Promise<Plan> =>
  loadPlan({ folder, targets, config });

describe('loadPlan', () => {
  it('finds every op of a package by its folder, its name, and from inside', async () => {
    const root = project({
      'package.json': { type: 'module' },
      'node_modules/plugin/package.json': {
        name: 'plugin',
        type: 'module',
        exports: { '.': { types: './none.d.ts', default: './index.mjs' }, './more': './more.mjs' },
      },
      'node_modules/plugin/index.mjs': `${record('f')}${record('g')}export const other = 1;`,
      'node_modules/plugin/more.mjs': record('h'),
    });
    expect(namesIn(await load(root, ['node_modules/plugin']))).toEqual(['f', 'g']);
    expect(namesIn(await load(root, ['plugin', 'plugin/more']))).toEqual(['f', 'g', 'h']);
    expect(namesIn(await load(join(root, 'node_modules/plugin')))).toEqual(['f', 'g']);
  });

  it('finds the sample modules of a package, built ones in place of their sources', async () => {
    const root = project({
      'package.json': { name: 'plugin', type: 'module', exports: './index.mjs' },
      'index.mjs': record('f'),
      'dist/checks/f.gradcheck.js': `import { f } from '../../index.mjs';
export default [{ op: f, samples: [{ inputs: [1] }, { inputs: [2] }] }];`,
      'src/f.gradcheck.ts': 'this is no JavaScript',
      'test/g.gradcheck.mjs': record('g'),
      'node_modules/other/h.gradcheck.js': record('h'),
    });
    const plan = await load(root);
    expect(namesIn(plan)).toEqual(['f', 'g']);
    expect(describePlan(plan, root).map(({ samples }) => samples)).toEqual([2, 1]);
  });

  it('counts an op once that is exported twice', async () => {
    const root = project({
      'ops.mjs': `${record('f')}export const alias = f; export default [f, f.op];`,
    });
    expect(namesIn(await load(root, ['./ops.mjs']))).toEqual(['f']);
  });

  it('follows a configuration: modules, samples, skips and settings', async () => {
    const root = project({
      'package.json': { name: 'p', type: 'module', exports: './none.mjs' },
      'gradcheck.config.json': {
        modules: ['./ops.mjs'],
        samples: { f: [{ inputs: [7] }, { inputs: [8] }] },
        skip: { f: [{ check: 'vjp.value', reason: 'meant' }] },
        seed: 5,
      },
      'ops.mjs': record('f'),
    });
    const { suites, settings } = await load(root, [root]);
    expect(suites[0]!.suite.samples).toHaveLength(2);
    expect(suites[0]!.suite.skip).toEqual([{ check: 'vjp.value', reason: 'meant' }]);
    expect(settings).toEqual({ seed: 5 });
  });

  it('takes a field of package.json, and ops of a JavaScript configuration', async () => {
    const root = project({
      'package.json': { name: 'p', type: 'module', gradcheck: { modules: ['./ops.mjs'] } },
      'ops.mjs': record('f'),
      'my.config.mjs': `${record('g')}export default { ops: [g], runs: 2 };`,
    });
    expect(namesIn(await load(root))).toEqual(['f']);
    const plan = await load(root, [], join(root, 'my.config.mjs'));
    expect(namesIn(plan)).toEqual(['g']);
    expect(plan.settings).toEqual({ runs: 2 });
    expect(namesIn(await load(root, ['./ops.mjs'], join(root, 'my.config.mjs')))).toEqual([
      'g',
      'f',
    ]);
  });

  it.each([
    [{ sead: 1 }, 'GRADCHECK_INVALID_CONFIG'],
    [{ seed: -1 }, 'GRADCHECK_INVALID_CONFIG'],
    [{ skip: { f: [{ check: 'vjp.value' }] } }, 'GRADCHECK_INVALID_CONFIG'],
    [{ modules: ['./none.mjs'] }, 'GRADCHECK_MODULE_NOT_FOUND'],
    [{ modules: ['./bad.mjs'] }, 'GRADCHECK_LOAD_FAILED'],
    [{ modules: ['./ops.mjs'], skip: { g: [] } }, 'GRADCHECK_UNKNOWN_OP'],
    ['{', 'GRADCHECK_CONFIG_UNREADABLE'],
  ])('refuses the configuration %j', async (config, expected) => {
    const root = project({
      'gradcheck.config.json': config,
      'ops.mjs': record('f'),
      'bad.mjs': 'throw new Error("no");',
    });
    await expect(load(root)).rejects.toThrow(code(expected));
  });

  it('refuses what is not there', async () => {
    const root = project({ 'package.json': { name: 'p' } });
    await expect(load(root, ['nothing'])).rejects.toThrow(code('GRADCHECK_MODULE_NOT_FOUND'));
    await expect(load(root)).rejects.toThrow(code('GRADCHECK_NO_ENTRY'));
    await expect(load(root, [], join(root, 'none.json'))).rejects.toThrow(
      code('GRADCHECK_CONFIG_NOT_FOUND'),
    );
  });
});

describe('describePlan', () => {
  it('finds the line of each definition in the sources of the package', async () => {
    const sites =
      "a = defineOp<1, 1>('f', {});\nb = elementwise(\n  'g', {});\nc = family('h', 2);\n";
    const root = project({
      'package.json': { name: 'p', type: 'module' },
      'plain.mjs': record('f') + record('g') + record('h'),
      'src/sites.ts': sites, // is looked at, never run
      'src/a.test.ts': "elementwise('g', 1)",
    });
    const plan = await load(root, ['./plain.mjs']);
    expect(describePlan(plan, root)).toMatchObject([
      { index: 0, name: 'f', module: 'p/plain.mjs', samples: 1, file: 'src/sites.ts', line: 1 },
      { name: 'g', file: 'src/sites.ts', line: 2 },
      { name: 'h', file: 'src/sites.ts', line: 4 },
    ]);
  });
});

describe('resolveTarget', () => {
  it('goes by the conditions of exports, the first that holds', () => {
    const root = project({
      'package.json': {
        name: 'p',
        exports: { browser: './b.js', node: { require: './r.cjs', import: './n.mjs' } },
      },
      'n.mjs': '',
    });
    expect(resolveTarget('.', root)).toEqual({
      label: 'p',
      file: join(root, 'n.mjs'),
      folder: root,
    });
    expect(resolveTarget('p', root).file).toBe(join(root, 'n.mjs'));
  });

  it('falls back to main without exports', () => {
    const root = project({ 'package.json': { name: 'p', main: 'm.js' }, 'm.js': '' });
    expect(resolveTarget('.', root).file).toBe(join(root, 'm.js'));
  });
});
