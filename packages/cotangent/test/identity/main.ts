// Runs the corpus of compiled functions in this Node, the newest Node and Bun (whose engine is JavaScriptCore) of npm
// and a headless Chromium, prints the hash of every result, and fails if any two differ:
//   npm run identity -- [--update] [--only NAME]
// `--update` writes hashes.json, which the tests compare with; `--only`: engines whose name holds this, and this Node.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { differences, table } from './compare.ts';
import type { Outcome } from './compare.ts';
import { hashCorpus } from './corpus.ts';
import type { Hashes } from './corpus.ts';
import { chromiumEngine, newest, processEngine } from './engines.ts';
import type { Engine } from './engines.ts';

const { values: options } = parseArgs({
  options: { update: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});

const file = join(import.meta.dirname, 'hashes.json');

/** All that can be had here; what cannot is named. */
function engines(): readonly Engine[] {
  const makers = {
    node: () => processEngine('Node', newest('node')),
    bun: () => processEngine('Bun', newest('bun')),
    chromium: chromiumEngine,
  };
  return Object.entries(makers).flatMap(([name, make]) => {
    if (!name.includes(options.only)) return [];
    try {
      const engine = make();
      if (engine === undefined) console.error(`${name}: not found`);
      return engine === undefined ? [] : [engine];
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  });
}

async function main(): Promise<number> {
  const outcomes: Outcome[] = [{ engine: `Node ${process.version}`, hashes: await hashCorpus() }];
  for (const { name, run } of engines()) outcomes.push({ engine: name, hashes: await run() });
  console.log(table(outcomes));
  const between = differences(outcomes);
  if (options.update && between.length === 0) {
    writeFileSync(file, `${JSON.stringify(outcomes[0]!.hashes, undefined, 2)}\n`);
  }
  // The file is written by this program.
  const committed: Hashes = JSON.parse(readFileSync(file, 'utf8'));
  const problems = differences([{ engine: 'hashes.json', hashes: committed }, ...outcomes]);
  for (const problem of problems) console.error(problem);
  const cases = Object.keys(outcomes[0]!.hashes).length;
  const where = outcomes.map(({ engine }) => engine).join(', ');
  console.log(`identity: ${cases} cases, ${problems.length} with differences, in ${where}`);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main();
