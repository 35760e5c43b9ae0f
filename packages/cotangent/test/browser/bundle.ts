import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * A module with all it imports as one file for a browser, from the sources. It may ask for no module of Node.
 *
 * @param entry - relative to the `test` folder.
 * @throws the errors of esbuild, if a module does not resolve or parse.
 */
export async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '..', entry)],
    conditions: ['@cotangent/source'],
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
