import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A Node with `Float16Array`, which jax-js needs for float64: this one if it has it, else the newest of npm, installed
 * into the user's cache when first needed.
 *
 * @returns the executable, or `undefined` if it cannot be installed.
 */
export function newestNode(): string | undefined {
  if ('Float16Array' in globalThis) return process.execPath;
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'cotangent-bench');
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node)) install(folder);
  return existsSync(node) ? node : undefined;
}

function install(folder: string): void {
  mkdirSync(folder, { recursive: true });
  try {
    const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', 'node@latest'];
    execFileSync('npm', args, { stdio: 'pipe', timeout: 300_000 });
  } catch {
    // Without it jax-js runs in this Node, and its float64 rows say that they cannot.
  }
}
