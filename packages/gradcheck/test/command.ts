import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The package's folder: paths in reports are relative to it. */
export const folder: string = at('..');

/** What a run of the command left behind. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The arguments with which Node runs the command from its sources. */
export const command: readonly string[] = [
  '--import',
  at('../../tools/ts-hook.mjs'),
  '--conditions=@cotangent/source',
  at('../src/cli/bin.ts'),
];

/** Runs `gradcheck` in a process of its own, without what the surroundings say of GitHub. */
export function gradcheckCommand(
  args: readonly string[],
  { cwd = folder, env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(?:GITHUB_|NODE_)/.test(key));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...command, ...args],
      { cwd, env: { ...Object.fromEntries(inherited), ...env }, maxBuffer: 2 ** 28 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
