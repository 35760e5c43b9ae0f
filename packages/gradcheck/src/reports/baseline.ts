import { ValueError } from '@cotangent/tensor';
import * as v from 'valibot';
import type { OpResult, RunReport } from '../suite/result.ts';

const schema = v.object({
  schema: v.literal('gradcheck-baseline/1'),
  ops: v.record(
    v.string(),
    v.object({ checks: v.pipe(v.number(), v.minValue(0)), resolution: v.optional(v.number()) }),
  ),
});

/** What each op had reached before: a ratchet. */
export interface Baseline {
  readonly schema: 'gradcheck-baseline/1';
  /** By op: how many checks passed, and the worst relative resolution among them. */
  readonly ops: Readonly<Record<string, BaselineEntry>>;
}

interface BaselineEntry {
  readonly checks: number;
  readonly resolution?: number | undefined;
}

/** How much worse a resolution may be: the machine, the seed and the rounding of libraries move it a little. */
const slack = 100;

/** What a run has reached, to compare later runs with. */
export function baselineOf(report: RunReport): Baseline {
  const entry = (op: OpResult): [string, BaselineEntry] => {
    const resolution = worstResolution(op);
    return [op.name, { checks: passed(op), ...(resolution !== undefined && { resolution }) }];
  };
  return { schema: 'gradcheck-baseline/1', ops: Object.fromEntries(report.ops.map(entry)) };
}

/** Every op that has fewer passing checks or a worse resolution than before, or is gone, in words. */
export function regressionsFrom(baseline: Baseline, report: RunReport): readonly string[] {
  return Object.entries(baseline.ops).flatMap(([name, before]) => {
    const op = report.ops.find((candidate) => candidate.name === name);
    if (op === undefined) return [`${name}: was checked before, and is not now`];
    const fewer = passed(op) < before.checks;
    const now = worstResolution(op);
    const isWorse =
      before.resolution !== undefined && now !== undefined && now > slack * before.resolution;
    return [
      ...(fewer ? [`${name}: ${passed(op)} checks pass, ${before.checks} did before`] : []),
      ...(isWorse ? [`${name}: resolution ${now}, ${before.resolution} before`] : []),
    ];
  });
}

function passed({ checks }: OpResult): number {
  return checks.filter(({ verdict }) => verdict === 'pass').length;
}

function worstResolution({ checks }: OpResult): number | undefined {
  const all = checks.flatMap(({ verdict, resolution }) =>
    verdict === 'pass' && resolution !== undefined && Number.isFinite(resolution)
      ? [resolution]
      : [],
  );
  return all.length === 0 ? undefined : Math.max(...all);
}

/** @throws ValueError `GRADCHECK_INVALID_BASELINE`. */
export function parseBaseline(text: string, source: string): Baseline {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ValueError(`gradcheck: ${source} is no baseline: ${why}`, {
      code: 'GRADCHECK_INVALID_BASELINE',
      hint: 'write one with --baseline FILE --update-baseline',
      data: { source },
    });
  }
}
