// Prints which acceptance IDs of the gradient engine pass, fail or wait for an op, and fails if one does neither.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { report } from './lib/acceptance.mjs';

/** @param {string} path relative to the top of the repository */
const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'acceptance-'));
const results = join(folder, 'results.json');
const options = ['--selectProjects', 'cotangent', '--testPathPatterns', 'test/acceptance/'];
const node = ['--experimental-vm-modules', '--no-warnings', at('node_modules/jest/bin/jest.js')];
const jest = ['-c', at('packages/tools/jest.config.mjs'), ...options, '--silent'];
const output = ['--json', '--outputFile', results, '--reporters', 'default'];
spawnSync(process.execPath, [...node, ...jest, ...output], {
  cwd: at('.'),
  stdio: ['ignore', 'ignore', 'inherit'],
});
const ran = JSON.parse(readFileSync(results, 'utf8'));
rmSync(folder, { recursive: true });
const { waiting, notTested } = JSON.parse(
  readFileSync(at('packages/cotangent/test/acceptance/waiting.json'), 'utf8'),
);
const { lines, isComplete } = report(ran, waiting, notTested);
console.log(lines.join('\n'));
process.exitCode = isComplete ? 0 : 1;
