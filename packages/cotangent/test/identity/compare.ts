import type { Hashes } from './corpus.ts';

/** What an engine computed. */
export interface Outcome {
  readonly engine: string;
  readonly hashes: Hashes;
}

/** Names of all cases that some outcome has, in order. */
export function caseNames(outcomes: readonly Outcome[]): readonly string[] {
  return [...new Set(outcomes.flatMap(({ hashes }) => Object.keys(hashes)))];
}

/** The cases in which engines differ, a case is missing or has failed: one line for each. */
export function differences(outcomes: readonly Outcome[]): readonly string[] {
  return caseNames(outcomes).flatMap((name) => {
    const found = outcomes.map(({ hashes }) => hashes[name] ?? 'missing');
    const isSame = found.every((hash) => hash === found[0]) && isHash(found[0]);
    if (isSame) return [];
    const listed = outcomes.map(({ engine }, k) => `${engine}: ${found[k]}`);
    return [`${name}: ${listed.join(', ')}`];
  });
}

function isHash(text: string | undefined): boolean {
  return text !== undefined && /^[\da-f]{16}$/.test(text);
}

/** One row a case, one column an engine; a hash like that of the first engine is shown as `=`. */
export function table(outcomes: readonly Outcome[]): string {
  const names = caseNames(outcomes);
  const width = Math.max(4, ...names.map(({ length }) => length));
  const columns = outcomes.map(({ engine }) => Math.max(16, engine.length));
  const row = (name: string, cells: readonly string[]): string =>
    [name.padEnd(width), ...cells.map((cell, k) => cell.padEnd(columns[k]!))].join('  ').trimEnd();
  const rows = names.map((name) => {
    const found = outcomes.map(({ hashes }) => hashes[name] ?? 'missing');
    const cells = found.map((hash, k) => (k > 0 && hash === found[0] ? '=' : hash));
    return row(name, cells);
  });
  return [
    row(
      'case',
      outcomes.map(({ engine }) => engine),
    ),
    ...rows,
  ].join('\n');
}
