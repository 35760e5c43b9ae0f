import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { serve } from './serve.ts';
import type { Files } from './serve.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** The Chromium of this machine: that of the environment variable `CHROMIUM`, or one on the path; or none. */
export function findChromium(): string | undefined {
  const { CHROMIUM: given, PATH: path = '' } = process.env;
  if (given !== undefined && given !== '') return given;
  const candidates = path.split(delimiter).flatMap((folder) => names.map((n) => join(folder, n)));
  return [...candidates, ...elsewhere].find((file) => existsSync(file));
}

/** A page that imports one module; whatever goes wrong before that reports is reported in its place. */
const page = `<!doctype html><meta charset="utf-8"><title>test</title>
<script type="module" src="/guard.mjs"></script><script type="module" src="/main.mjs"></script>`;

const guard = `const report = (why) => fetch('/report', { method: 'POST', body: JSON.stringify({ failure: String(why) }) });
addEventListener('error', (event) => report(event.message || event.error || 'main.mjs did not load'), true);
addEventListener('unhandledrejection', (event) => report(event.reason?.stack ?? event.reason));`;

/** What a page is run with. */
export interface PageOptions {
  readonly chromium: string;
  /** Beside `/main.mjs`, by path. */
  readonly files: Files;
  /** Content security policy of every file. */
  readonly policy?: string;
  /** Whether the page is isolated from other origins, and so has shared memory. */
  readonly isIsolated?: boolean;
  /** Milliseconds. Default: one minute. */
  readonly limit?: number;
}

/**
 * What `/main.mjs` posts to `/report` when a headless Chromium opens a page that imports it: JSON.
 *
 * The browser is not driven from outside, so that the policy is in force for everything that runs in the page.
 *
 * @throws Error if the browser cannot be started, ends, or is silent for too long.
 */
export async function reportOf(options: PageOptions): Promise<unknown> {
  const files = { '/': page, '/guard.mjs': guard, ...options.files };
  const served = await serve(files, options.policy, options.isIsolated);
  const profile = mkdtempSync(join(tmpdir(), 'cotangent-browser-'));
  const browser = start(options.chromium, profile, served.address);
  const stop = new AbortController();
  try {
    const limit = options.limit ?? 60_000;
    const text = await Promise.race([served.reported, ended(browser, limit, stop.signal)]);
    return JSON.parse(text);
  } finally {
    stop.abort();
    served.close();
    await killed(browser);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function start(chromium: string, profile: string, address: string): ChildProcess {
  const flags = [
    '--headless',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--no-first-run',
    `--user-data-dir=${profile}`,
    // The superuser of a container has no other sandbox; the pages are our own.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  // A process group of its own, so that all processes of the browser can be ended together.
  return spawn(chromium, [...flags, address], { detached: true, stdio: 'ignore' });
}

function ended(browser: ChildProcess, limit: number, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no report from the page in ${limit} ms`)),
      limit,
    );
    signal.addEventListener('abort', () => clearTimeout(timer));
    browser.once('error', reject);
    browser.once('exit', (code) =>
      reject(new Error(`the browser ended with code ${code} before the page had reported`)),
    );
  });
}

async function killed(browser: ChildProcess): Promise<void> {
  const { pid } = browser;
  if (pid === undefined || browser.exitCode !== null || browser.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => browser.once('exit', () => resolve()));
  process.kill(-pid, 'SIGKILL');
  await exited;
}
