import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { codeGeneration } from './syntax.mjs';

/**
 * One bundle with its budget. No file whose path holds one of `forbidInputs` may be in it, and
 * none may ask for a module of Node or build code from text.
 * @typedef {object} SizeEntry
 * @property {string} name
 * @property {readonly string[]} import modules whose every export goes into the bundle
 * @property {number} maxGzip bytes
 * @property {readonly string[]} [forbidInputs]
 */

/**
 * @typedef {object} Measured
 * @property {number} bytes minified
 * @property {number} gzip
 * @property {string} text the minified code
 * @property {readonly { readonly path: string, readonly bytes: number }[]} inputs files that brought bytes, largest first
 * @property {readonly string[]} builtins modules of Node that the bundle asks for
 */

/** Leaves modules of Node out of the bundle, where a browser build would stop at the first one. */
const nodeModules = {
  name: 'node-modules',
  /** @param {import('esbuild').PluginBuild} plugin */
  setup(plugin) {
    plugin.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * Bundles and minifies the whole of some modules as a browser application would, from their sources.
 * @param {readonly string[]} modules
 * @param {string} folder where the modules are resolved from
 * @param {string} [root] paths of inputs are given relative to this
 * @returns {Promise<Measured>}
 * @throws the errors of esbuild, if a module does not resolve or parse
 */
export async function measure(modules, folder, root = folder) {
  const contents = modules.map((m, i) => `export * as m${i} from '${m}';`).join('\n');
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder },
    absWorkingDir: root,
    conditions: ['@cotangent/source'],
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [nodeModules],
  });
  const outputs = Object.values(metafile.outputs);
  const code = outputFiles.map((f) => f.contents);
  return {
    bytes: outputs.reduce((sum, o) => sum + o.bytes, 0),
    gzip: code.reduce((sum, c) => sum + gzipSync(c, { level: 9 }).length, 0),
    text: outputFiles.map((f) => f.text).join('\n'),
    inputs: outputs
      .flatMap((o) => Object.entries(o.inputs))
      .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
      .filter(({ bytes }) => bytes > 0)
      .toSorted((a, b) => b.bytes - a.bytes),
    builtins: outputs.flatMap((o) => o.imports.filter((i) => i.external).map((i) => i.path)),
  };
}

/**
 * What is wrong with a bundle.
 * @param {SizeEntry} entry
 * @param {Measured} measured
 * @returns {readonly string[]}
 */
export function sizeProblems(entry, measured) {
  const { inputs, builtins, gzip, text } = measured;
  const top = inputs.slice(0, 5).map(({ path, bytes }) => `\n    ${bytes} ${path}`);
  const over = `${gzip} bytes gzipped, budget ${entry.maxGzip}; the largest parts:${top.join('')}`;
  return [
    ...(gzip > entry.maxGzip ? [over] : []),
    ...builtins.map((name) => `needs ${name}, which no browser has`),
    ...(entry.forbidInputs ?? []).flatMap((part) =>
      inputs.filter(({ path }) => path.includes(part)).map(({ path }) => `must not hold ${path}`),
    ),
    ...codeGeneration('bundle.mjs', text).map((name) => `builds code from text with ${name}()`),
  ].map((problem) => `${entry.name}: ${problem}`);
}
