import { readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

const pattern = /\.gradcheck\.(js|mjs|ts)$/;

/**
 * The sample modules of a package, `*.gradcheck.{js,mjs,ts}`, as paths relative to its folder: dependencies and hidden
 * folders left out, and TypeScript of which there is built JavaScript.
 */
export function sampleModulesIn(folder: string): readonly string[] {
  const found: string[] = [];
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isFile() && pattern.test(entry.name)) found.push(path);
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) {
        folders.push(path);
      }
    }
  }
  const built = new Set(found.filter((path) => !path.endsWith('.ts')).map(stemOf));
  return found
    .filter((path) => !path.endsWith('.ts') || !built.has(stemOf(path)))
    .map((path) => `./${relative(folder, path).replaceAll('\\', '/')}`)
    .sort();
}

function stemOf(path: string): string {
  return basename(path).replace(pattern, '');
}
