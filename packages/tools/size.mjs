// Fails if a bundle of size.json is over its budget, or holds what it must not.
import { fileURLToPath } from 'node:url';
import { measure, sizeProblems } from './lib/size.mjs';
import { readJson } from './lib/workspace.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** @type {readonly import('./lib/size.mjs').SizeEntry[]} */
const entries = readJson(`${here}size.json`);
const problems = [];
for (const entry of entries) {
  try {
    const measured = await measure(entry.import, here, root);
    problems.push(...sizeProblems(entry, measured));
    const bytes = [measured.bytes, measured.gzip, entry.maxGzip].map((n) => String(n).padStart(8));
    console.log(`${entry.name.padEnd(32)}${bytes[0]} min${bytes[1]} gzip${bytes[2]} budget`);
  } catch (error) {
    problems.push(`${entry.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'size: ok' : `size: ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
