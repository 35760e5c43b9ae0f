import { isNode, lineAt, syntaxNodes } from './syntax.mjs';

/** @typedef {import('./syntax.mjs').SyntaxNode} SyntaxNode */

/**
 * One place where a source file names another module.
 * @typedef {object} ModuleReference
 * @property {string} specifier as written
 * @property {number} line counted from 1
 */

/** Node types whose `source` names a module; the last is `import('m').T` in a type. */
const withSource = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/**
 * The string literal that names a module in `node`, if `node` imports one: `import`, `export … from`, `import()`,
 * `import('m').T`, `import x = require('m')`, `require('m')`.
 * @param {SyntaxNode} node
 * @returns {unknown}
 */
function moduleLiteral(node) {
  const { type, callee } = node;
  if (typeof type === 'string' && withSource.has(type)) return node.source;
  if (type === 'TSExternalModuleReference') return node.expression;
  const isRequire = type === 'CallExpression' && isNode(callee) && callee.name === 'require';
  return isRequire && Array.isArray(node.arguments) ? node.arguments[0] : undefined;
}

/**
 * All modules that a TypeScript or JavaScript source names, type-only imports included. Computed specifiers are left out.
 * @param {string} file its name: the extension picks the language
 * @param {string} source
 * @returns {readonly ModuleReference[]} in source order
 * @throws {SyntaxError} if the source does not parse; the message begins with `file:line:`
 */
export function importsOf(file, source) {
  /** @type {{ specifier: string, start: number }[]} */
  const found = [];
  for (const node of syntaxNodes(file, source)) {
    const literal = moduleLiteral(node);
    if (isNode(literal) && typeof literal.value === 'string') {
      found.push({ specifier: literal.value, start: Number(literal.start) });
    }
  }
  return found
    .toSorted((a, b) => a.start - b.start)
    .map(({ specifier, start }) => ({ specifier, line: lineAt(source, start) }));
}
