import { describe, expect, it } from '@jest/globals';
import { measure, sizeProblems } from '../lib/size.mjs';
import { codeGeneration } from '../lib/syntax.mjs';
import { type Files, withFiles } from './temporary.ts';

const lib = (name: string, source: string): Files => ({
  [`node_modules/${name}/package.json`]: { name, exports: './index.js', sideEffects: false },
  [`node_modules/${name}/index.js`]: source,
});

const files: Files = {
  ...lib('plain', 'export const plain = 1;'),
  ...lib('builder', 'export const build = (body) => new Function(body);'),
  ...lib('reader', `import { readFileSync } from 'node:fs';\nexport const r = readFileSync;`),
  ...lib('lazy', `import { build } from 'builder';\nexport { plain } from 'plain';`),
  ...lib('user', `export { build } from 'builder';\nexport { plain } from 'plain';`),
};

const problems = (name: string, maxGzip: number): Promise<readonly string[]> =>
  withFiles(files, async (root) => {
    const entry = {
      name,
      import: [name],
      maxGzip,
      forbidInputs: ['node_modules/builder'],
    };
    return sizeProblems(entry, await measure([name], root));
  });

describe('measure', () => {
  it('counts the bytes of a bundle and says which file brings them', async () => {
    const { bytes, gzip, text, inputs } = await withFiles(files, (root) => measure(['user'], root));
    expect(bytes).toBe(text.length);
    expect(gzip).toBeGreaterThan(0);
    expect(inputs.map((i) => i.path)).toContain('node_modules/builder/index.js');
  });

  it('leaves out what nothing uses', async () => {
    const { inputs } = await withFiles(files, (root) => measure(['lazy'], root));
    expect(inputs.map((i) => i.path)).not.toContain('node_modules/builder/index.js');
  });

  it('refuses a module that does not resolve', async () => {
    await expect(withFiles(files, (root) => measure(['nowhere'], root))).rejects.toThrow('nowhere');
  });
});

describe('sizeProblems', () => {
  it('finds nothing in a bundle that keeps its budget', async () => {
    expect(await problems('plain', 1000)).toEqual([]);
  });

  it('names the largest parts of a bundle over its budget', async () => {
    const [problem] = await problems('plain', 10);
    expect(problem).toMatch(
      /^plain: \d+ bytes gzipped, budget 10; the largest parts:\n {4}\d+ node_/,
    );
  });

  it('refuses a module of Node', async () => {
    expect(await problems('reader', 1000)).toEqual(['reader: needs node:fs, which no browser has']);
  });

  it('refuses a forbidden file, and code built from text', async () => {
    expect(await problems('user', 1000)).toEqual([
      'user: must not hold node_modules/builder/index.js',
      'user: builds code from text with Function()',
    ]);
  });
});

describe('codeGeneration', () => {
  it('finds eval and Function', () => {
    expect(codeGeneration('x.js', `eval('1'); Function('2')(); new Function('3');`)).toHaveLength(
      3,
    );
  });

  it('passes methods and properties called eval', () => {
    const source = `const op = { eval(x) { return x; } }; op.eval(1); const { eval: f } = op; f(2);`;
    expect(codeGeneration('x.js', source)).toEqual([]);
  });
});
