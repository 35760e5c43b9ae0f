import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { importsOf } from './imports.mjs';
import { readJson, readWorkspace, runtimeDependencies } from './workspace.mjs';

/** @typedef {import('./workspace.mjs').WorkspacePackage} WorkspacePackage */

/**
 * The table of packages: a package may import packages of lower layers only. Private packages stand above all layers and
 * below none.
 * @typedef {object} LayerTable
 * @property {Record<string, number>} layers package name to layer
 * @property {readonly string[]} private
 */

/**
 * What every check needs to know of the repository.
 * @typedef {object} Repository
 * @property {string} root
 * @property {LayerTable} table
 * @property {readonly WorkspacePackage[]} packages
 * @property {ReadonlyMap<string, WorkspacePackage>} byName
 */

/**
 * Every violation of the layer table: imports that point up or sideways, imports not declared in `package.json`, imports
 * of another package's files by a deep or relative path, and manifests, `tsconfig.build.json` references or turbo tags that
 * disagree with the table.
 * @param {string} root the top of the repository
 * @param {LayerTable} table
 * @returns {readonly string[]} one message each, `file:line: text`; empty if all is well
 */
export function checkLayers(root, table) {
  const packages = readWorkspace(root);
  const byName = new Map(packages.map((p) => [p.manifest.name, p]));
  const repository = { root, table, packages, byName };
  return [
    ...checkTurboRules(repository),
    ...packages.flatMap((p) => [
      ...checkManifest(repository, p),
      ...checkReferences(repository, p),
      ...checkTag(repository, p),
      ...sourceFiles(p.path).flatMap((file) => checkFile(repository, p, file)),
    ]),
  ];
}

/**
 * The layer of a package; private packages are above every layer.
 * @param {LayerTable} table
 * @param {string} name
 * @returns {number | undefined} nothing if the table does not list the package
 */
const layerOf = (table, name) => (table.private.includes(name) ? Infinity : table.layers[name]);

/**
 * Why `from` may not import `to`, if so.
 * @param {LayerTable} table
 * @param {string} from
 * @param {string} to
 * @returns {string | undefined}
 */
function forbidden(table, from, to) {
  const [a, b] = [layerOf(table, from), layerOf(table, to)];
  if (b === undefined) return `${to} has no layer`;
  if (b === Infinity) return `${to} is private: no package may import it`;
  if (a === undefined || b < a) return undefined;
  return `${from} (layer ${a}) must not import ${to} (layer ${b}): only lower layers`;
}

/**
 * @param {Repository} repository
 * @param {WorkspacePackage} p
 * @returns {readonly string[]}
 */
function checkManifest({ root, table, byName }, { path, manifest }) {
  const file = join(path, 'package.json');
  const text = readFileSync(file, 'utf8');
  /** @type {(needle: string, message: string) => string} */
  const at = (needle, message) => `${relative(root, file)}:${lineOf(text, needle)}: ${message}`;
  if (layerOf(table, manifest.name) === undefined) {
    return [at('"name"', `${manifest.name} is not in packages/tools/layers.json`)];
  }
  return [manifest.dependencies, manifest.devDependencies, manifest.peerDependencies]
    .flatMap((group) => Object.entries(group ?? {}))
    .flatMap(([name, range]) => {
      if (!byName.has(name)) return [];
      const why = forbidden(table, manifest.name, name);
      const wrongRange =
        range === 'workspace:^' ? undefined : `${name} must be declared as "workspace:^"`;
      return [why, wrongRange].flatMap((m) => (m === undefined ? [] : [at(`"${name}":`, m)]));
    });
}

/**
 * @param {Repository} repository
 * @param {WorkspacePackage} p
 * @returns {readonly string[]}
 */
function checkReferences({ root, byName }, { path, manifest }) {
  const file = join(path, 'tsconfig.build.json');
  if (!existsSync(file)) return [];
  /** @type {{ references?: { path: string }[] }} */
  const { references = [] } = readJson(file);
  const built = new Set(references.map((r) => basename(dirname(resolve(path, r.path)))));
  const declared = new Set(
    [...runtimeDependencies(manifest), ...Object.keys(manifest.devDependencies ?? {})].flatMap(
      (name) => byName.get(name)?.folder ?? [],
    ),
  );
  const where = `${relative(root, file)}:${lineOf(readFileSync(file, 'utf8'), '"references"')}`;
  return [
    ...[...declared]
      .filter((folder) => !built.has(folder))
      .map((folder) => `${where}: references lack ../${folder}, which package.json declares`),
    ...[...built]
      .filter((folder) => !declared.has(folder))
      .map((folder) => `${where}: references ../${folder}, which package.json does not declare`),
  ];
}

/**
 * @param {Repository} repository
 * @param {WorkspacePackage} p
 * @returns {readonly string[]}
 */
function checkTag({ root, table }, { path, manifest }) {
  const file = join(path, 'turbo.json');
  const layer = layerOf(table, manifest.name);
  const expected = layer === Infinity ? 'private' : `layer:${layer}`;
  /** @type {{ tags?: string[] }} */
  const { tags = [] } = existsSync(file) ? readJson(file) : {};
  return tags.join() === expected
    ? []
    : [`${relative(root, file)}:1: tags must be ["${expected}"], as in packages/tools/layers.json`];
}

/**
 * turbo's own boundary check must follow the same table.
 * @param {Repository} repository
 * @returns {readonly string[]}
 */
function checkTurboRules({ root, table }) {
  const file = join(root, 'turbo.json');
  /** @type {{ boundaries?: { tags?: Record<string, { dependencies?: { allow?: string[] } }> } }} */
  const { boundaries } = readJson(file);
  const line = lineOf(readFileSync(file, 'utf8'), '"boundaries"');
  const layers = [...new Set(Object.values(table.layers))].toSorted((a, b) => a - b);
  return layers.flatMap((layer) => {
    const expected = layers.filter((l) => l < layer).map((l) => `layer:${l}`);
    const allowed = boundaries?.tags?.[`layer:${layer}`]?.dependencies?.allow;
    return allowed?.join() === expected.join()
      ? []
      : [`turbo.json:${line}: "layer:${layer}" must allow ${JSON.stringify(expected)}`];
  });
}

const sourceName = /\.[cm]?[jt]sx?$/;
const skippedFolders = new Set(['node_modules', 'dist', 'reports', 'coverage']);

/**
 * Every source and test file of a package.
 * @param {string} path
 * @returns {readonly string[]} absolute
 */
function sourceFiles(path) {
  return readdirSync(path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = join(path, entry.name);
      if (!entry.isDirectory()) return sourceName.test(entry.name) ? [file] : [];
      return entry.name.startsWith('.') || skippedFolders.has(entry.name) ? [] : sourceFiles(file);
    });
}

/**
 * @param {Repository} repository
 * @param {WorkspacePackage} p
 * @param {string} file
 * @returns {readonly string[]}
 */
function checkFile(repository, p, file) {
  const name = relative(repository.root, file);
  const isTest = name.split(sep).includes('test') || /\.test\.[cm]?tsx?$/.test(name);
  return importsOf(name, readFileSync(file, 'utf8')).flatMap(({ specifier, line }) => {
    const problem = specifier.startsWith('.')
      ? relativeProblem(p, file, specifier)
      : packageProblem(repository, p, specifier, isTest);
    return problem === undefined ? [] : [`${name}:${line}: ${problem}`];
  });
}

/**
 * @param {WorkspacePackage} p
 * @param {string} file
 * @param {string} specifier
 * @returns {string | undefined}
 */
function relativeProblem(p, file, specifier) {
  const inside = resolve(dirname(file), specifier).startsWith(p.path + sep);
  return inside
    ? undefined
    : `'${specifier}' leaves ${p.manifest.name}: import other packages by name`;
}

/**
 * @param {Repository} repository
 * @param {WorkspacePackage} p
 * @param {string} specifier
 * @param {boolean} isTest
 * @returns {string | undefined}
 */
function packageProblem({ table, byName }, { manifest }, specifier, isTest) {
  if (specifier.startsWith('node:') || specifier.startsWith('#')) return undefined;
  if (isBuiltin(specifier)) return `'${specifier}' is a Node module: write 'node:${specifier}'`;
  const { name, subpath } = splitSpecifier(specifier);
  const target = byName.get(name)?.manifest;
  if (target !== undefined && !exportsSubpath(target.exports, subpath)) {
    return `'${specifier}' is a deep import: ${name} exports no '${subpath}'`;
  }
  if (name === manifest.name) {
    return isTest ? undefined : `'${specifier}' is this package itself: import the file`;
  }
  const why = target && forbidden(table, manifest.name, name);
  if (why !== undefined) return `'${specifier}': ${why}`;
  const declared = [
    ...runtimeDependencies(manifest),
    ...(isTest || manifest.private ? Object.keys(manifest.devDependencies ?? {}) : []),
  ];
  return declared.includes(name)
    ? undefined
    : `'${specifier}': ${name} is not declared in package.json (${isTest ? 'devDependencies' : 'dependencies'})`;
}

/**
 * `@scope/name/a/b` → name `@scope/name`, subpath `./a/b`; the package itself has the subpath `.`.
 * @param {string} specifier
 * @returns {{ readonly name: string, readonly subpath: string }}
 */
export function splitSpecifier(specifier) {
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  const name = parts.slice(0, length).join('/');
  return { name, subpath: ['.', ...parts.slice(length)].join('/') };
}

/**
 * @param {Record<string, unknown> | undefined} exports of a `package.json`; without it only `.` is public here
 * @param {string} subpath
 * @returns {boolean}
 */
function exportsSubpath(exports, subpath) {
  return Object.keys(exports ?? { '.': true }).some((key) => {
    const [head = '', tail] = key.split('*');
    if (tail === undefined) return key === subpath;
    return subpath.startsWith(head) && subpath.endsWith(tail);
  });
}

/**
 * The line of the first occurrence, from 1; 1 if there is none.
 * @param {string} text
 * @param {string} needle
 * @returns {number}
 */
const lineOf = (text, needle) =>
  text.slice(0, Math.max(0, text.indexOf(needle))).split('\n').length;
