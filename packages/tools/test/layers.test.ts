import { describe, expect, it } from '@jest/globals';
import { importsOf } from '../lib/imports.mjs';
import { checkLayers, splitSpecifier } from '../lib/layers.mjs';
import { type Files, withFiles } from './temporary.ts';

const table = {
  layers: { '@t/low': 1, '@t/mid': 2, '@t/other': 2, '@t/top': 3 },
  private: ['@t/scripts'],
};

const manifest = (name: string, dependencies: object = {}, more: object = {}): object => ({
  name,
  exports: {
    '.': './src/index.ts',
    './extra': './src/extra.ts',
    './family/*': './src/family/*.ts',
  },
  dependencies,
  devDependencies: { '@jest/globals': '1.0.0' },
  ...more,
});

const references = (...folders: readonly string[]): object => ({
  references: folders.map((folder) => ({ path: `../${folder}/tsconfig.build.json` })),
});

/** A small repository that obeys its table. */
const clean: Files = {
  'turbo.json': {
    boundaries: {
      tags: {
        'layer:1': { dependencies: { allow: [] } },
        'layer:2': { dependencies: { allow: ['layer:1'] } },
        'layer:3': { dependencies: { allow: ['layer:1', 'layer:2'] } },
      },
    },
  },
  'packages/low/package.json': manifest('@t/low', { ndarray: '1.0.0' }),
  'packages/low/tsconfig.build.json': references(),
  'packages/low/turbo.json': { tags: ['layer:1'] },
  'packages/low/src/index.ts': `import type { NdArray } from 'ndarray';\nexport type A = NdArray;\n`,
  'packages/low/src/index.test.ts': `import { it } from '@jest/globals';\nimport '@t/low';\nit('x', () => {});\n`,
  'packages/mid/package.json': manifest('@t/mid', { '@t/low': 'workspace:^' }),
  'packages/mid/tsconfig.build.json': references('low'),
  'packages/mid/turbo.json': { tags: ['layer:2'] },
  'packages/mid/src/index.ts': `import { readFileSync } from 'node:fs';\nexport * from '@t/low/extra';\nexport * from '@t/low/family/trig';\nexport { a } from './a.ts';\nconst f: typeof readFileSync = readFileSync;\n`,
  'packages/mid/src/a.ts': 'export const a = 1;\n',
  'packages/other/package.json': manifest('@t/other'),
  'packages/other/turbo.json': { tags: ['layer:2'] },
  'packages/top/package.json': manifest('@t/top', { '@t/mid': 'workspace:^' }),
  'packages/top/tsconfig.build.json': references('mid'),
  'packages/top/turbo.json': { tags: ['layer:3'] },
  'packages/top/src/index.ts': `export * from '@t/mid';\n`,
  'packages/scripts/package.json': manifest(
    '@t/scripts',
    {},
    {
      private: true,
      devDependencies: { '@t/top': 'workspace:^' },
    },
  ),
  'packages/scripts/turbo.json': { tags: ['private'] },
  'packages/scripts/run.mjs': `const { top } = await import('@t/top');\n`,
};

/** What the rule says of the clean repository with some files added or replaced. */
const problemsWith = (changed: Files): Promise<readonly string[]> =>
  withFiles({ ...clean, ...changed }, (root) => checkLayers(root, table));

describe('checkLayers', () => {
  it('finds nothing in a clean repository', async () => {
    expect(await problemsWith({})).toEqual([]);
  });

  it('names file and line of an upward import, also of a type', async () => {
    const source = `// first line\nimport type { B } from '@t/mid';\nexport type C = B;\n`;
    expect(await problemsWith({ 'packages/low/src/up.ts': source })).toEqual([
      "packages/low/src/up.ts:2: '@t/mid': @t/low (layer 1) must not import @t/mid (layer 2): only lower layers",
    ]);
  });

  it('refuses an upward import that is declared, in the source and in both manifests', async () => {
    const problems = await problemsWith({
      'packages/low/package.json': manifest('@t/low', { '@t/mid': 'workspace:^', ndarray: '1' }),
      'packages/low/tsconfig.build.json': references('mid'),
      'packages/low/src/up.ts': `export * from '@t/mid';\n`,
    });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^packages\/low\/package\.json:9: @t\/low \(layer 1\) must not/);
    expect(problems[1]).toMatch(/^packages\/low\/src\/up\.ts:1: /);
  });

  it('refuses an import from the same layer, in a test too', async () => {
    const problems = await problemsWith({
      'packages/other/test/same.test.ts': `const x: import('@t/mid').B = 1;\n`,
    });
    expect(problems).toEqual([
      "packages/other/test/same.test.ts:1: '@t/mid': @t/other (layer 2) must not import @t/mid (layer 2): only lower layers",
    ]);
  });

  it('refuses to import a private package', async () => {
    const problems = await problemsWith({
      'packages/top/src/bad.ts': `export * from '@t/scripts';\n`,
    });
    expect(problems).toEqual([
      "packages/top/src/bad.ts:1: '@t/scripts': @t/scripts is private: no package may import it",
    ]);
  });

  it('refuses what package.json does not declare, workspace package or not', async () => {
    const problems = await problemsWith({
      'packages/top/src/low.ts': `import { a } from '@t/low';\nimport nd from 'ndarray';\nexport { a, nd };\n`,
    });
    expect(problems).toEqual([
      "packages/top/src/low.ts:1: '@t/low': @t/low is not declared in package.json (dependencies)",
      "packages/top/src/low.ts:2: 'ndarray': ndarray is not declared in package.json (dependencies)",
    ]);
  });

  it('lets tests use devDependencies, and sources not', async () => {
    const source = `import { it } from '@jest/globals';\nit('x', () => {});\n`;
    const problems = await problemsWith({
      'packages/top/src/helper.ts': source,
      'packages/top/test/helper.ts': source,
      'packages/top/src/x.test.ts': source,
    });
    expect(problems).toEqual([
      "packages/top/src/helper.ts:1: '@jest/globals': @jest/globals is not declared in package.json (dependencies)",
    ]);
  });

  it('refuses a deep import of something the package does not export', async () => {
    const source = `export * from '@t/low/src/index.ts';\n`;
    expect(await problemsWith({ 'packages/mid/src/deep.ts': source })).toEqual([
      "packages/mid/src/deep.ts:1: '@t/low/src/index.ts' is a deep import: @t/low exports no './src/index.ts'",
    ]);
  });

  it('refuses a relative import that crosses packages', async () => {
    const source = `\n\nconst x = await import('../../low/src/index.ts');\n`;
    expect(await problemsWith({ 'packages/mid/src/cross.ts': source })).toEqual([
      "packages/mid/src/cross.ts:3: '../../low/src/index.ts' leaves @t/mid: import other packages by name",
    ]);
  });

  it('refuses to import the own package by name, except in tests', async () => {
    expect(await problemsWith({ 'packages/mid/src/self.ts': `export * from '@t/mid';\n` })).toEqual(
      ["packages/mid/src/self.ts:1: '@t/mid' is this package itself: import the file"],
    );
  });

  it('wants the node: prefix', async () => {
    expect(await problemsWith({ 'packages/mid/src/fs.ts': `import 'fs';\n` })).toEqual([
      "packages/mid/src/fs.ts:1: 'fs' is a Node module: write 'node:fs'",
    ]);
  });

  it('reports a package that the table does not list', async () => {
    const problems = await problemsWith({
      'packages/new/package.json': manifest('@t/new'),
      'packages/new/turbo.json': { tags: ['layer:undefined'] },
    });
    expect(problems).toEqual([
      'packages/new/package.json:2: @t/new is not in packages/tools/layers.json',
    ]);
  });

  it('wants workspace packages declared as workspace:^', async () => {
    const problems = await problemsWith({
      'packages/mid/package.json': manifest('@t/mid', { '@t/low': '^0.1.0' }),
    });
    expect(problems).toEqual([
      'packages/mid/package.json:9: @t/low must be declared as "workspace:^"',
    ]);
  });

  it('wants tsconfig references equal to the declared workspace packages', async () => {
    const problems = await problemsWith({ 'packages/top/tsconfig.build.json': references('low') });
    expect(problems).toEqual([
      'packages/top/tsconfig.build.json:2: references lack ../mid, which package.json declares',
      'packages/top/tsconfig.build.json:2: references ../low, which package.json does not declare',
    ]);
  });

  it('wants turbo tags and rules to follow the table', async () => {
    const problems = await problemsWith({
      'turbo.json': { boundaries: { tags: { 'layer:1': { dependencies: { allow: [] } } } } },
      'packages/mid/turbo.json': { tags: ['layer:1'] },
    });
    expect(problems).toEqual([
      'turbo.json:2: "layer:2" must allow ["layer:1"]',
      'turbo.json:2: "layer:3" must allow ["layer:1","layer:2"]',
      'packages/mid/turbo.json:1: tags must be ["layer:2"], as in packages/tools/layers.json',
    ]);
  });
});

describe('importsOf', () => {
  it('finds every way to name a module, with its line', () => {
    const source = [
      `import type { A } from 'a';`,
      `export * from 'b'; export { c } from 'c';`,
      `const d: import('d').D = await import('e');`,
      `import f = require('f');`,
      `const g = require('g');`,
    ].join('\n');
    expect(importsOf('x.ts', source).map((r) => `${r.line}:${r.specifier}`)).toEqual([
      '1:a',
      '2:b',
      '2:c',
      '3:d',
      '3:e',
      '4:f',
      '5:g',
    ]);
  });

  it('ignores imports in comments and strings', () => {
    expect(importsOf('x.ts', `// import 'a';\nconst s = "import 'b'";\n`)).toEqual([]);
  });

  it('names file and line of a syntax error', () => {
    expect(() => importsOf('x.ts', 'const a = 1;\nconst = 2;\n')).toThrow(/^x\.ts:2: /);
  });
});

describe('splitSpecifier', () => {
  it('separates the package from the path inside it', () => {
    expect(splitSpecifier('@t/low')).toEqual({ name: '@t/low', subpath: '.' });
    expect(splitSpecifier('@t/low/a/b')).toEqual({ name: '@t/low', subpath: './a/b' });
    expect(splitSpecifier('ndarray/x')).toEqual({ name: 'ndarray', subpath: './x' });
  });
});
