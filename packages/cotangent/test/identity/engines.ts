import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundled } from '../browser/bundle.ts';
import { findChromium, reportOf } from '../browser/chromium.ts';
import { isHashes } from './corpus.ts';
import type { Hashes } from './corpus.ts';

/** A JavaScript engine that can run the corpus. */
export interface Engine {
  /** With its version. */
  readonly name: string;
  readonly run: () => Promise<Hashes>;
}

const run = promisify(execFile);
const longest = 300_000; // ms

/** The Chromium of this machine, if there is one. */
export function chromiumEngine(): Engine | undefined {
  const chromium = findChromium();
  if (chromium === undefined) return undefined;
  return {
    name: versionOf(chromium),
    run: async () => {
      const files = { '/main.mjs': await bundled('identity/in-page.ts') };
      return checked(await reportOf({ chromium, files, limit: longest }));
    },
  };
}

/** A program that runs JavaScript modules: Node, Bun. */
export function processEngine(label: string, program: string): Engine {
  return {
    name: `${label} ${versionOf(program)}`,
    run: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'cotangent-identity-'));
      try {
        const file = join(folder, 'corpus.mjs');
        writeFileSync(file, await bundled('identity/in-process.ts'));
        const { stdout } = await run(program, [file], { timeout: longest, maxBuffer: 2 ** 26 });
        return checked(JSON.parse(stdout));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

/**
 * The newest version of a program that npm has, installed into the repository's cache.
 *
 * @throws Error if it can be neither installed nor found there from an earlier time.
 */
export function newest(name: 'bun' | 'node'): string {
  const folder = join(import.meta.dirname, '../../../../node_modules/.cache/identity', name);
  const program = join(folder, 'node_modules', '.bin', name);
  mkdirSync(folder, { recursive: true });
  try {
    const options = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', ...options, `${name}@latest`], {
      stdio: 'pipe',
      timeout: longest,
    });
  } catch (cause) {
    if (!existsSync(program)) throw new Error(`${name} cannot be installed`, { cause });
  }
  return program;
}

function versionOf(program: string): string {
  const text = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' });
  return text.replace(/ built on .*/, '').trim();
}

function checked(value: unknown): Hashes {
  if (isHashes(value)) return value;
  throw new Error(`no hashes: ${JSON.stringify(value).slice(0, 1000)}`);
}
