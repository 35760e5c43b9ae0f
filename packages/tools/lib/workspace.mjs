import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the scripts read of a `package.json`.
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * One folder of `packages/`.
 * @typedef {object} WorkspacePackage
 * @property {string} folder its name below `packages/`
 * @property {string} path absolute
 * @property {Manifest} manifest
 */

/**
 * @template T
 * @param {string} file holding JSON without comments
 * @returns {T} trusted to be what the caller says: these are the repository's own files
 */
export const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Every package of a repository, sorted by folder.
 * @param {string} root the top of the repository
 * @returns {readonly WorkspacePackage[]}
 */
export function readWorkspace(root) {
  return readdirSync(join(root, 'packages'))
    .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
    .toSorted()
    .map((folder) => {
      const path = join(root, 'packages', folder);
      return { folder, path, manifest: readJson(join(path, 'package.json')) };
    });
}

/**
 * The packages a published package needs at run time: names in `dependencies`, `peerDependencies`, `optionalDependencies`.
 * @param {Manifest} manifest
 * @returns {readonly string[]}
 */
export const runtimeDependencies = (manifest) =>
  Object.keys({
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  });

/**
 * `name` and every workspace package it needs at run time, directly or not.
 * @param {string} name
 * @param {ReadonlyMap<string, Manifest>} manifests by name
 * @returns {ReadonlySet<string>}
 */
export function closureOf(name, manifests) {
  /** @type {Set<string>} */
  const closure = new Set();
  const pending = [name];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const manifest = manifests.get(next);
    if (manifest === undefined || closure.has(next)) continue;
    closure.add(next);
    pending.push(...runtimeDependencies(manifest));
  }
  return closure;
}
