import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, parse, relative, resolve } from 'node:path';
import { UsageError } from './errors.ts';

/** A module to import. */
export interface Target {
  /** What was asked for. */
  readonly label: string;
  readonly file: string;
  /** The folder of the package that it is in. */
  readonly folder: string;
}

/**
 * The module behind what a user names: a file, a folder with a `package.json`, or a package (with a subpath) as it would
 * be found from `folder`.
 *
 * @throws UsageError `GRADCHECK_MODULE_NOT_FOUND`, `GRADCHECK_NO_ENTRY`.
 */
export function resolveTarget(name: string, folder: string): Target {
  const path = resolve(folder, name);
  if (existsSync(path)) {
    return statSync(path).isDirectory()
      ? entryOf(path, '.', name)
      : { label: labelOf(path, name), file: path, folder: packageFolder(path) };
  }
  const [, packageName = '', subpath = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(name) ?? [];
  const root = installedFolder(packageName, folder);
  if (root !== undefined) return entryOf(root, `.${subpath}`, name);
  throw new UsageError(`gradcheck: there is neither a file nor a package ${JSON.stringify(name)}`, {
    code: 'GRADCHECK_MODULE_NOT_FOUND',
    hint: `looked from ${folder}; a path is relative to it, a package must be installed`,
    data: { name },
  });
}

/** The folder of a package that is named as a whole: by its folder or its name. */
export function packageFolderOf(name: string, folder: string): string | undefined {
  const path = resolve(folder, name);
  if (existsSync(path)) return statSync(path).isDirectory() ? path : undefined;
  return /^(?:@[^/]+\/)?[^/]+$/.test(name) ? installedFolder(name, folder) : undefined;
}

/** Where a package is installed, as seen from a folder; or the folder's own package if that is its name. */
function installedFolder(packageName: string, folder: string): string | undefined {
  const found = ancestors(folder)
    .map((above) => join(above, 'node_modules', packageName))
    .find((candidate) => existsSync(join(candidate, 'package.json')));
  return found ?? ancestors(folder).find((above) => manifestOf(above).name === packageName);
}

interface PackageManifest {
  readonly name?: unknown;
  readonly main?: unknown;
  readonly exports?: unknown;
}

function manifestOf(folder: string): PackageManifest {
  try {
    return Object(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  } catch {
    return {}; // no manifest, or none that anybody could read
  }
}

/** The module that a package exports under a subpath, by the conditions that this process resolves with. */
function entryOf(folder: string, subpath: string, label: string): Target {
  const { name, main, exports } = manifestOf(folder);
  const isMap =
    typeof exports === 'object' &&
    exports !== null &&
    Object.keys(exports).some((k) => k.startsWith('.'));
  const branch: unknown = isMap ? Object(exports)[subpath] : subpath === '.' ? exports : undefined;
  const fallback = subpath === '.' ? (typeof main === 'string' ? main : 'index.js') : undefined;
  const file = exports === undefined ? fallback : fileOf(branch, conditions());
  if (file !== undefined && existsSync(join(folder, file))) {
    return { label: typeof name === 'string' ? name : label, file: join(folder, file), folder };
  }
  throw new UsageError(`gradcheck: ${label} has no module at ${JSON.stringify(file ?? subpath)}`, {
    code: 'GRADCHECK_NO_ENTRY',
    hint: 'build the package first, or give the path of a module',
    data: { folder, subpath },
  });
}

/** Node's rule for conditional exports: the first key that is a condition wins. */
function fileOf(branch: unknown, known: ReadonlySet<string>): string | undefined {
  if (typeof branch === 'string') return branch;
  if (typeof branch !== 'object' || branch === null) return undefined;
  for (const [condition, value] of Object.entries(branch)) {
    const file = known.has(condition) ? fileOf(value, known) : undefined;
    if (file !== undefined) return file;
  }
  return undefined;
}

function conditions(): ReadonlySet<string> {
  const given = process.execArgv.flatMap((flag, i, all) => {
    const match = /^(?:--conditions|-C)(?:=(.*))?$/.exec(flag);
    return match === null ? [] : [match[1] ?? all[i + 1] ?? ''];
  });
  return new Set(['node', 'import', 'module-sync', 'default', ...given]);
}

/** The folder itself and all above it. */
function ancestors(folder: string): readonly string[] {
  const all = [resolve(folder)];
  const { root } = parse(all[0]!);
  while (all.at(-1) !== root) all.push(dirname(all.at(-1)!));
  return all;
}

function packageFolder(file: string): string {
  const near = ancestors(dirname(file)).find((above) => existsSync(join(above, 'package.json')));
  return near ?? dirname(file);
}

/** A module by the name of its package and its path in it. */
function labelOf(file: string, name: string): string {
  const folder = packageFolder(file);
  const own = manifestOf(folder).name;
  return typeof own === 'string' ? join(own, relative(folder, file)).replaceAll('\\', '/') : name;
}
