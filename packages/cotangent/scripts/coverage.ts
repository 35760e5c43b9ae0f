// Writes packages/ops/COVERAGE.md: what every op of the library has. `npm run coverage -- --check` compares instead.
import { readFileSync, writeFileSync } from 'node:fs';
import { coverage } from './coverage/table.ts';

const file = new URL('../../ops/COVERAGE.md', import.meta.url);
const { text, problems } = coverage();
const isCheck = process.argv.includes('--check');
const isStale = isCheck && readFileSync(file, 'utf8') !== text;
if (!isCheck) writeFileSync(file, text);
for (const problem of problems) console.error(problem);
if (isStale) console.error('packages/ops/COVERAGE.md is out of date: npm run coverage');
process.exitCode = problems.length > 0 || isStale ? 1 : 0;
