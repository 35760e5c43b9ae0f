import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { bundleBlock, codeBlocks, compareOutput, instrument, npmScripts } from '../lib/readme.mjs';
import { withFiles } from './temporary.ts';

const block = (code: string): ReturnType<typeof codeBlocks>[number] => ({
  language: 'ts',
  continued: false,
  line: 10,
  code,
});

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Runs code as if it began at line 10 of a README. */
async function problemsOf(code: string): Promise<readonly string[]> {
  const instrumented = instrument(block(code));
  const program = await bundleBlock(instrumented.code, { folder, fallbacks: [] });
  const output = await withFiles({ 'x.mjs': program }, (cwd) =>
    execFileSync(process.execPath, ['x.mjs'], { cwd, encoding: 'utf8', stdio: 'pipe' }),
  );
  return compareOutput(instrumented.expectations, output);
}

describe('codeBlocks', () => {
  it('gives language, line and code of every fence', () => {
    const markdown =
      'text\n```ts\na;\nb;\n```\n\n```sh continued\nnpm test\n```\n```\nplain\n```\n';
    expect(codeBlocks(markdown)).toEqual([
      { language: 'ts', continued: false, line: 3, code: 'a;\nb;' },
      { language: 'sh', continued: true, line: 8, code: 'npm test' },
      { language: '', continued: false, line: 11, code: 'plain' },
    ]);
  });
});

describe('instrument', () => {
  it('replaces an expectation and keeps the number of lines', () => {
    const { code, expectations } = instrument(block('log(1); // => 1\n// => 2\n// 3\nlog(4);'));
    expect(code).toBe('log(1);;__printed(10);\n;__printed(11);\n// 3\nlog(4);');
    expect(expectations).toEqual([
      { line: 10, lines: ['1'] },
      { line: 11, lines: ['2', '3'] },
    ]);
  });

  it('leaves other comments and arrows alone', () => {
    const code = 'const f = (x) => x; // maps x => x\nconst url = "http://=> x";';
    expect(instrument(block(code))).toEqual({ code, expectations: [] });
  });
});

describe('a block', () => {
  it('passes when it prints what its comments say', async () => {
    const code = `const x: number[] = [1, 2];
console.log(x); // => [ 1, 2 ]
console.log('not mentioned');
console.log(
  'two\\n   lines',
);
// => two
//    lines`;
    expect(await problemsOf(code)).toEqual([]);
  });

  it('fails at the line where it prints something else', async () => {
    expect(await problemsOf('console.log(1);\nconsole.log(2); // => 3')).toEqual([
      'line 11: expected\n3\nbut printed\n2',
    ]);
  });

  it('fails when it prints nothing, or never comes to the comment', async () => {
    expect(await problemsOf(`const f = () => {\n  // => 1\n};\n// => 2`)).toEqual([
      'line 11: the program never comes here',
      'line 13: expected\n2\nbut printed\n',
    ]);
  });

  it('fails when it throws or does not compile', async () => {
    await expect(problemsOf(`throw new Error('no');`)).rejects.toThrow('no');
    await expect(problemsOf(`import 'nowhere';`)).rejects.toThrow('nowhere');
  });
});

describe('npmScripts', () => {
  it('finds the scripts that commands run', () => {
    const shell =
      'npm install cotangent\nnpm test\nnpm run --silent demo -- --fast && npm run pack:check';
    expect(npmScripts(shell)).toEqual(['test', 'demo', 'pack:check']);
  });
});
