import type { Case } from './case.ts';
import { hashOf } from './hash.ts';
import { modelCases } from './model-cases.ts';
import { opCases } from './op-cases.ts';

/** The hash of the results of each case, by its name; what a case throws, if it does. */
export type Hashes = Readonly<Record<string, string>>;

/** Whether what another process or a page has sent is a record of texts. */
export function isHashes(value: unknown): value is Hashes {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('failure' in value) &&
    Object.values(value).every((hash) => typeof hash === 'string')
  );
}

/** Every case of the corpus. */
export function corpus(): readonly Case[] {
  return [...opCases(), ...modelCases()];
}

/** Runs the corpus in this engine. */
export async function hashCorpus(): Promise<Hashes> {
  const hashes: Record<string, string> = {};
  for (const { name, run } of corpus()) {
    if (name in hashes) throw new Error(`two cases are called ${name}`);
    try {
      hashes[name] = await hashOf(run());
    } catch (error) {
      hashes[name] = `failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return hashes;
}
