import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * One fenced block of a README.
 * @typedef {object} CodeBlock
 * @property {string} language the first word after the fence
 * @property {boolean} continued whether its fence says that it goes on from the code above
 * @property {number} line of its first line of code, from 1
 * @property {string} code
 */

/**
 * What a comment says that has been printed when the program comes to it.
 * @typedef {object} Expectation
 * @property {number} line in the README, from 1
 * @property {readonly string[]} lines
 */

/**
 * All fenced blocks of a Markdown text.
 * @param {string} markdown
 * @returns {readonly CodeBlock[]}
 */
export function codeBlocks(markdown) {
  /** @type {CodeBlock[]} */
  const blocks = [];
  /** @type {{ info: string, start: number } | undefined} */
  let open;
  const lines = markdown.split('\n');
  for (const [i, text] of lines.entries()) {
    if (!text.startsWith('```')) continue;
    if (open === undefined) {
      open = { info: text.slice(3).trim(), start: i + 1 };
      continue;
    }
    const [language = '', ...flags] = open.info.split(/\s+/);
    const code = lines.slice(open.start, i).join('\n');
    blocks.push({ language, continued: flags.includes('continued'), line: open.start + 1, code });
    open = undefined;
  }
  return blocks;
}

const expectationStart = /(^|;|\s)\/\/ => ?(.*)$/;
const commentLine = /^\s*\/\/(.*)$/;

/**
 * Replaces every `// => text`, with the comment lines right below it, by a call that compares `text` with what has been
 * printed. Lines keep their numbers.
 * @param {CodeBlock} block
 * @returns {{ readonly code: string, readonly expectations: readonly Expectation[] }}
 */
export function instrument({ code, line }) {
  /** @type {Expectation[]} */
  const expectations = [];
  const lines = code.split('\n');
  const rewritten = lines.map((text, i) => {
    const match = expectationStart.exec(text);
    if (match === null) return text;
    const more = lines
      .slice(i + 1)
      .findIndex((l) => !commentLine.test(l) || expectationStart.test(l));
    const below = lines.slice(i + 1, more === -1 ? undefined : i + 1 + more);
    const tail = below.map((l) => commentLine.exec(l)?.[1]?.trim() ?? '');
    expectations.push({ line: line + i, lines: [match[2]?.trim() ?? '', ...tail] });
    return `${text.slice(0, match.index)};__printed(${line + i});`;
  });
  return { code: rewritten.join('\n'), expectations };
}

/**
 * Bundles a block, workspace packages from their sources, into a program that prints one JSON line for each expectation:
 * `{ line, printed }`, with all lines printed since the expectation before.
 * @param {string} code instrumented
 * @param {{ readonly folder: string, readonly fallbacks: readonly string[] }} resolution where its imports are looked up:
 *   beside the README first, then in these `node_modules` folders
 * @returns {Promise<string>} an ES module
 */
export async function bundleBlock(code, { folder, fallbacks }) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: 'ts', sourcefile: 'README.ts' },
    banner: { js: prelude },
    nodePaths: [...fallbacks],
    conditions: ['@cotangent/source'],
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    bundle: true,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map((f) => f.text).join('\n');
}

/** Records what `console.log` prints, as Node would print it. */
const prelude = `
import { createRequire as __createRequire } from 'node:module';
import { format as __format } from 'node:util';
const require = __createRequire(process.cwd() + '/');
let __lines = [];
console.log = (...values) => void __lines.push(...__format(...values).split('\\n'));
const __printed = (line) => {
  process.stdout.write(JSON.stringify({ line, printed: __lines }) + '\\n');
  __lines = [];
};
`;

/**
 * What is wrong with the output of an instrumented block: an expectation is met when the last lines printed before it are
 * its lines, spaces at their ends aside.
 * @param {readonly Expectation[]} expectations
 * @param {string} output
 * @returns {readonly string[]} `line N: …`
 */
export function compareOutput(expectations, output) {
  /** @type {Map<number, string[]>} */
  const printed = new Map();
  for (const row of output.split('\n').filter(Boolean)) {
    const { line, printed: lines } = JSON.parse(row);
    printed.set(line, lines);
  }
  return expectations.flatMap(({ line, lines }) => {
    const all = printed.get(line);
    if (all === undefined) return [`line ${line}: the program never comes here`];
    const last = all.slice(-lines.length).map((l) => l.trim());
    return last.join('\n') === lines.join('\n')
      ? []
      : [`line ${line}: expected\n${lines.join('\n')}\nbut printed\n${last.join('\n')}`];
  });
}

/**
 * The root scripts that shell commands call: `npm run X`, `npm test`, `npm start`.
 * @param {string} shell
 * @returns {readonly string[]}
 */
export const npmScripts = (shell) =>
  [...shell.matchAll(/\bnpm (?:run (?:--?[\w-]+ )*([\w:-]+)|(test|start)\b)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );

/**
 * `README.md` of the repository and of each package that has one.
 * @param {string} root
 * @returns {readonly { readonly name: string, readonly folder: string, readonly markdown: string }[]}
 */
export function readmes(root) {
  const folders = readdirSync(join(root, 'packages')).toSorted();
  return ['.', ...folders.map((folder) => `packages/${folder}`)].flatMap((path) => {
    const folder = join(root, path);
    return readdirSync(folder).includes('README.md')
      ? [
          {
            name: join(path, 'README.md'),
            folder,
            markdown: readFileSync(join(folder, 'README.md'), 'utf8'),
          },
        ]
      : [];
  });
}
