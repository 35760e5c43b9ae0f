import { describe, expect, it } from '@jest/globals';
import { consumerSource, entryPoints, staleOutputs, unexpectedInstalls } from '../lib/pack.mjs';
import { closureOf } from '../lib/workspace.mjs';
import { type Files, withFiles } from './temporary.ts';

describe('entryPoints', () => {
  it('lists the package and its subpaths', () => {
    const exports = { '.': {}, './nn': {}, './f/*': {}, './package.json': {} };
    expect(entryPoints({ name: '@t/ops', version: '1.0.0', exports })).toEqual([
      '@t/ops',
      '@t/ops/nn',
    ]);
  });
});

describe('consumerSource', () => {
  it('imports every entry point', () => {
    expect(consumerSource(['a', 'a/b'])).toContain(`import * as m1 from 'a/b';`);
  });
});

describe('staleOutputs', () => {
  it('names outputs that have no source', async () => {
    const files = { 'dist/a.js': '', 'dist/in/b.js': '', 'dist/in/b.d.ts': '', 'src/a.ts': '' };
    expect(await withFiles(files, staleOutputs)).toEqual(['in/b.js']);
  });

  it('asks for a build when there is none', async () => {
    await expect(withFiles({ 'src/a.ts': '' }, (path) => staleOutputs(path))).rejects.toThrow(
      'build first',
    );
  });
});

describe('unexpectedInstalls', () => {
  const installed = (name: string, manifest: object): Files => ({
    [`node_modules/${name}/package.json`]: { name, ...manifest },
  });
  const app: Files = {
    ...installed('@t/mid', {
      dependencies: { '@t/low': '1.0.0' },
      peerDependencies: { typescript: '*' },
      peerDependenciesMeta: { typescript: { optional: true } },
    }),
    ...installed('@t/low', { dependencies: { ndarray: '1.0.0' } }),
    ...installed('ndarray', {}),
    'node_modules/.package-lock.json': {},
  };
  const check = (files: Files): Promise<readonly string[]> =>
    withFiles(files, (root) => unexpectedInstalls(root, '@t/mid'));

  it('accepts exactly the declared closure', async () => {
    expect(await check(app)).toEqual([]);
  });

  it('names what is too much and what is missing', async () => {
    const files = { ...app, ...installed('left-pad', {}), ...installed('ndarray', {}) };
    expect(await check(files)).toEqual(['left-pad']);
    expect(await check(installed('@t/mid', { dependencies: { '@t/low': '1' } }))).toEqual([
      '-@t/low',
    ]);
  });
});

describe('closureOf', () => {
  it('follows dependencies among workspace packages only', () => {
    const manifests = new Map([
      ['a', { name: 'a', version: '1.0.0', dependencies: { b: '1', ndarray: '1' } }],
      ['b', { name: 'b', version: '1.0.0', peerDependencies: { c: '1' } }],
      ['c', { name: 'c', version: '1.0.0', dependencies: { a: '1' } }],
      ['d', { name: 'd', version: '1.0.0' }],
    ]);
    expect([...closureOf('a', manifests)].toSorted()).toEqual(['a', 'b', 'c']);
  });
});
