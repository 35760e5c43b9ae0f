import { parseSync } from 'oxc-parser';

/**
 * The fields of a syntax node that matter here; which of them a node has depends on its type.
 * @typedef {object} SyntaxNode
 * @property {unknown} [type]
 * @property {unknown} [start]
 * @property {unknown} [source]
 * @property {unknown} [expression]
 * @property {unknown} [callee]
 * @property {unknown} [arguments]
 * @property {unknown} [name]
 * @property {unknown} [value]
 */

/**
 * @param {unknown} value
 * @returns {value is SyntaxNode}
 */
export const isNode = (value) => typeof value === 'object' && value !== null;

/**
 * Parses a TypeScript or JavaScript source and gives every node of its tree, parents before children.
 * @param {string} file its name: the extension picks the language
 * @param {string} source
 * @returns {Generator<SyntaxNode, void, void>}
 * @throws {SyntaxError} if the source does not parse; the message begins with `file:line:`
 */
export function* syntaxNodes(file, source) {
  const { program, errors } = parseSync(file, source);
  const fatal = errors.find((e) => e.severity === 'Error');
  if (fatal !== undefined) {
    const line = lineAt(source, fatal.labels[0]?.start ?? 0);
    throw new SyntaxError(`${file}:${line}: ${fatal.message}`);
  }
  /** @type {unknown[]} */
  const pending = [program];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isNode(node)) continue;
    yield node;
    for (const child of Object.values(node)) if (isNode(child)) pending.push(child);
  }
}

/**
 * @param {string} source
 * @param {number} offset
 * @returns {number} from 1
 */
export const lineAt = (source, offset) => source.slice(0, offset).split('\n').length;

/**
 * Calls that turn text into code, which pages with a strict content security policy refuse: `eval(…)`, `Function(…)`,
 * `new Function(…)`. A method or property called `eval` is none.
 * @param {string} file
 * @param {string} source
 * @returns {readonly string[]} `eval` or `Function`, once for each call
 */
export function codeGeneration(file, source) {
  const names = [];
  for (const { type, callee } of syntaxNodes(file, source)) {
    if (type !== 'CallExpression' && type !== 'NewExpression') continue;
    if (!isNode(callee) || callee.type !== 'Identifier') continue;
    if (callee.name === 'eval' || callee.name === 'Function') names.push(callee.name);
  }
  return names;
}
