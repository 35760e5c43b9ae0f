// Fails if an import or a manifest breaks the layer table of layers.json.
import { fileURLToPath } from 'node:url';
import { checkLayers } from './lib/layers.mjs';
import { readJson } from './lib/workspace.mjs';

const table = readJson(fileURLToPath(new URL('./layers.json', import.meta.url)));
const problems = checkLayers(fileURLToPath(new URL('../..', import.meta.url)), table);
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'layers: ok' : `layers: ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
