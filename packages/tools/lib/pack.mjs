import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './workspace.mjs';

/** @typedef {import('./workspace.mjs').Manifest} Manifest */

/**
 * What users may import: the package and its subpaths, without `package.json` and patterns.
 * @param {Manifest} manifest
 * @returns {readonly string[]}
 */
export const entryPoints = ({ name, exports = {} }) =>
  Object.keys(exports)
    .filter((key) => key !== './package.json' && !key.includes('*'))
    .map((key) => (key === '.' ? name : `${name}${key.slice(1)}`));

/**
 * TypeScript that uses every entry point, types included.
 * @param {readonly string[]} entries
 * @returns {string}
 */
export const consumerSource = (entries) =>
  entries
    .map((e, i) => `import * as m${i} from '${e}';\nexport const names${i} = Object.keys(m${i});\n`)
    .join('');

/**
 * Modules in `dist` whose source is gone: the compiler never removes what it once wrote.
 * @param {string} path of a package
 * @returns {readonly string[]} relative to `dist`
 */
export function staleOutputs(path) {
  const dist = join(path, 'dist');
  if (!existsSync(dist)) throw new Error(`${dist} does not exist: build first`);
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .filter((file) => !existsSync(join(path, 'src', file.replace(/\.js$/, '.ts'))));
}

/**
 * Every package below `node_modules` of a project that the package `name` does not need, and, with a leading `-`, every
 * package it needs that is missing. Needed is what `dependencies` and non-optional `peerDependencies` lead to.
 * @param {string} app the project's folder
 * @param {string} name
 * @returns {readonly string[]}
 */
export function unexpectedInstalls(app, name) {
  const modules = join(app, 'node_modules');
  const installed = new Set(installedPackages(modules));
  /** @type {Set<string>} */
  const needed = new Set();
  const pending = [name];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (needed.has(next)) continue;
    needed.add(next);
    if (installed.has(next)) pending.push(...neededBy(join(modules, next, 'package.json')));
  }
  return [
    ...[...installed].filter((n) => !needed.has(n)),
    ...[...needed].filter((n) => !installed.has(n)).map((n) => `-${n}`),
  ];
}

/**
 * @param {string} modules a `node_modules` folder
 * @returns {readonly string[]}
 */
const installedPackages = (modules) =>
  readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((n) => `${name}/${n}`) : [name],
    );

/**
 * @param {string} file a `package.json`
 * @returns {readonly string[]}
 */
function neededBy(file) {
  /** @type {Manifest} */
  const { dependencies, peerDependencies = {}, peerDependenciesMeta = {} } = readJson(file);
  const peers = Object.keys(peerDependencies).filter((n) => !peerDependenciesMeta[n]?.optional);
  return [...Object.keys(dependencies ?? {}), ...peers];
}
