import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where an op is defined. */
export interface Site {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

const mostFiles = 2000;
const mostBytes = 1_000_000;
const sourceFile = /\.[cm]?[jt]s$/;
const notSource = /\.(?:test|spec|d)\.[cm]?[jt]s$/;
const definition = /\b(\w*)(?:<[^()]*>)?\(\s*(['"`])([\w$.-]+)\2/g;
const definers = new Set(['defineOp', 'elementwise', 'foldingElementwise']);

/**
 * Finds definitions of ops by their names in the sources of a package: `defineOp('name'` or `elementwise('name'`; else
 * the first call of anything with that name as its first argument. A convenience for reports: it reads, never runs.
 */
export function definitionSites(folder: string, names: ReadonlySet<string>): Map<string, Site> {
  const sure = new Map<string, Site>();
  const likely = new Map<string, Site>();
  for (const file of sourcesIn(folder)) {
    const text = readFileSync(file, 'utf8');
    for (const match of text.matchAll(definition)) {
      const [, caller = '', , name = ''] = match;
      if (!names.has(name)) continue;
      const found = definers.has(caller) ? sure : likely;
      if (!found.has(name)) found.set(name, { file, line: lineAt(text, match.index) });
    }
  }
  return new Map([...likely, ...sure]);
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Source files of a package, its `src` alone if it has one. */
function sourcesIn(folder: string): readonly string[] {
  const names = entriesOf(folder);
  const pending = names.includes('src') ? [join(folder, 'src')] : [folder];
  const files: string[] = [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const name of entriesOf(next)) {
      if (name === 'node_modules' || name === 'test' || name.startsWith('.')) continue;
      const path = join(next, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory() === true) pending.push(path);
      else if (isSource(name) && (stat?.size ?? Infinity) < mostBytes) files.push(path);
      if (files.length >= mostFiles) return files;
    }
  }
  return files;
}

function isSource(name: string): boolean {
  return sourceFile.test(name) && !notSource.test(name);
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return []; // not a folder that may be read
  }
}
