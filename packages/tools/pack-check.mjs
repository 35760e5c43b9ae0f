// Packs every public package, lints the tarballs, and installs each one alone into an empty project that imports,
// requires and type-checks it. Needs `npm run build` first.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { consumerSource, entryPoints, staleOutputs, unexpectedInstalls } from './lib/pack.mjs';
import { closureOf, readWorkspace } from './lib/workspace.mjs';

/** @typedef {import('./lib/workspace.mjs').WorkspacePackage} WorkspacePackage */

/**
 * Entry points that are of use only beside an optional peer dependency, which is then installed too.
 * @type {Readonly<Record<string, string>>}
 */
const besides = {
  '@cotangent/gradcheck/arbitraries': 'fast-check',
  '@cotangent/gradcheck/jest': 'expect',
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'pack-check-'));
const packages = readWorkspace(root).filter((p) => !p.manifest.private);
const manifests = new Map(packages.map((p) => [p.manifest.name, p.manifest]));

/**
 * Runs a command; its output is shown only if it fails.
 * @param {string} command an executable of the repository, or `npm` or Node
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  const local = join(root, 'node_modules/.bin', command);
  try {
    return execFileSync(existsSync(local) ? local : command, args, { cwd, encoding: 'utf8' });
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
    const output = [stdout, stderr].filter(Boolean).join('\n');
    throw new Error(`${command} ${args.join(' ')}\n${output}`, { cause: error });
  }
}

/**
 * @param {WorkspacePackage} p
 * @returns {string} the tarball
 */
function pack({ path, manifest: { name, version } }) {
  const stale = staleOutputs(path);
  if (stale.length > 0) {
    throw new Error(`no source for ${stale.join(', ')}: remove dist and build again`);
  }
  run('pnpm', ['pack', '--pack-destination', work], path);
  const file = join(work, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  run('publint', ['run', file, '--strict'], root);
  run('attw', ['--profile', 'esm-only', file], root);
  return file;
}

/**
 * @param {WorkspacePackage} p
 * @param {ReadonlyMap<string, string>} tarballs by package name
 */
function install({ folder, manifest: { name } }, tarballs) {
  const app = join(work, folder);
  const closure = closureOf(name, manifests);
  const overrides = Object.fromEntries(
    [...closure].filter((n) => n !== name).map((n) => [n, `file:${tarballs.get(n)}`]),
  );
  const dependencies = { [name]: `file:${tarballs.get(name)}` };
  const manifest = { private: true, type: 'module', dependencies, overrides };
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), JSON.stringify(manifest));
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], app);
  const unexpected = unexpectedInstalls(app, name);
  if (unexpected.length > 0) throw new Error(`installed beside it: ${unexpected.join(', ')}`);
  return { app, closure };
}

/**
 * @param {WorkspacePackage} p
 * @param {string} app
 */
function use({ manifest }, app) {
  const entries = entryPoints(manifest);
  useEntries(
    entries.filter((entry) => besides[entry] === undefined),
    app,
  );
  const peers = entries.map((entry) => besides[entry]).filter((peer) => peer !== undefined);
  if (peers.length > 0) {
    run(
      'npm',
      [
        'install',
        '--no-save',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        ...peers.map((peer) => `${peer}@${manifest.peerDependencies?.[peer]}`),
      ],
      app,
    );
    useEntries(
      entries.filter((entry) => besides[entry] !== undefined),
      app,
    );
  }
  for (const command of Object.keys(manifest.bin ?? {})) {
    run(join(app, 'node_modules/.bin', command), ['--help'], app);
  }
  return entries;
}

/**
 * Type-checks, imports and requires entry points.
 * @param {readonly string[]} entries
 * @param {string} app
 */
function useEntries(entries, app) {
  const settings = '--noEmit --strict --module nodenext --target es2022 --lib es2023,webworker';
  writeFileSync(join(app, 'use.mts'), consumerSource(entries));
  run('tsc', [...settings.split(' '), '--skipLibCheck', 'false', 'use.mts'], app);
  for (const entry of entries) {
    run('node', ['--input-type=module', '-e', `await import('${entry}')`], app);
    run('node', ['--no-warnings', '-e', `require('${entry}')`], app);
  }
}

let failures = 0;
/** @type {Map<string, string>} */
const tarballs = new Map();
/**
 * @param {WorkspacePackage} p
 * @param {() => string} check
 */
function attempt(p, check) {
  try {
    console.log(`${p.manifest.name}: ${check()}`);
  } catch (error) {
    failures += 1;
    console.error(`${p.manifest.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
for (const p of packages) {
  attempt(p, () => {
    tarballs.set(p.manifest.name, pack(p));
    return 'packed; publint and attw pass';
  });
}
if (failures === 0) {
  for (const p of packages) {
    attempt(p, () => {
      const { app, closure } = install(p, tarballs);
      const entries = use(p, app);
      return `alone with [${[...closure].join(', ')}], entries [${entries.join(', ')}]`;
    });
  }
}
rmSync(work, { recursive: true, force: true });
console.log(failures === 0 ? 'pack:check: ok' : `pack:check: ${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;
