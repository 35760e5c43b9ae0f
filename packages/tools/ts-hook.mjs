// Lets Node 20 load TypeScript: `node --import ./packages/tools/ts-hook.mjs --conditions=@cotangent/source file.ts`.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline',
    sourcefile: url,
  });
  return { format: 'module', source: code, shortCircuit: true };
}

// Node loads this file a second time, in the thread that runs hooks, under the address given here.
if (!import.meta.url.includes('?hook')) register(`${import.meta.url}?hook`);
