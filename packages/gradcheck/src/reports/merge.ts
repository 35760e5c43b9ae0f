import { runReport } from '../suite/result.ts';
import type { RunReport } from '../suite/result.ts';

/** The reports of the parts of one run as one; ops in the order of the parts. */
export function mergeReports(parts: readonly RunReport[]): RunReport {
  return runReport(
    parts.flatMap(({ ops }) => ops),
    {
      seed: [...new Set(parts.map(({ seed }) => seed))].join(','),
      interrupted: parts.some(({ interrupted }) => interrupted),
      unfinished: parts.flatMap(({ unfinished }) => unfinished),
      ms: parts.reduce((sum, { ms }) => sum + ms, 0),
    },
  );
}
