/**
 * Runs the code of README.md and packages/<name>/README.md.
 *
 * - Every block fenced as `ts` or `js` is a program: it runs, on the sources of the packages, and must not throw.
 *   Each stands alone, except that ```` ```ts continued ```` goes on from the blocks above it, up to the last one that
 *   is not `continued`.
 * - A comment `// => text` says what has just been printed, by `console.log` on the same line or above it:
 *
 *       console.log(1 + 1); // => 2
 *       console.log('two\nlines');
 *       // => two
 *       //    lines
 *
 *   Comment lines right below it belong to it. They must equal the last lines printed; spaces at line ends are ignored.
 * - Every `npm run X`, `npm test` in a block fenced as `sh` must be a script of the root package.json.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import {
  bundleBlock,
  codeBlocks,
  compareOutput,
  instrument,
  npmScripts,
  readmes,
} from '../lib/readme.mjs';
import { type Manifest, readJson } from '../lib/workspace.mjs';
import { withFiles } from './temporary.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const fallbacks = ['tools', 'examples', 'bench'].map((p) =>
  join(root, `packages/${p}/node_modules`),
);

type Block = ReturnType<typeof codeBlocks>[number];

/** Runs blocks one after another as one program; gives what is wrong with what they printed. */
async function problemsOf(blocks: readonly Block[], folder: string): Promise<readonly string[]> {
  const parts = blocks.map(instrument);
  const program = await bundleBlock(parts.map((p) => p.code).join('\n'), { folder, fallbacks });
  const output = await withFiles({ 'readme.mjs': program }, (cwd) =>
    execFileSync(process.execPath, ['readme.mjs'], { cwd, encoding: 'utf8', stdio: 'pipe' }),
  );
  return compareOutput(
    parts.flatMap((p) => p.expectations),
    output,
  );
}

const found = readmes(root);
const { scripts = {} } = readJson<Manifest>(join(root, 'package.json'));

describe('the READMEs', () => {
  it('begin with the one at the top of the repository', () => {
    expect(found[0]?.name).toBe('README.md');
  });
});

for (const { name, folder, markdown } of found) {
  const blocks = codeBlocks(markdown);
  const programs = blocks.filter((b) => ['ts', 'js'].includes(b.language));

  describe(name, () => {
    for (const [i, block] of programs.entries()) {
      const start = programs.slice(0, i + 1).findLastIndex((b) => !b.continued);
      it(`prints what its comments say at line ${block.line}`, async () => {
        expect(await problemsOf(programs.slice(start, i + 1), folder)).toEqual([]);
      }, 60_000);
    }

    it('names scripts that exist', () => {
      const shell = blocks.filter((b) => b.language === 'sh').map((b) => b.code);
      const missing = npmScripts(shell.join('\n')).filter((script) => !(script in scripts));
      expect(missing).toEqual([]);
    });
  });
}
