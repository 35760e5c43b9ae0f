import { ValueError } from '@cotangent/tensor';
import * as v from 'valibot';
import type { RunReport } from '../suite/result.ts';

/** A run as JSON; numbers that JSON has not are the strings `NaN`, `Infinity` and `-Infinity`. */
export function toJson(report: RunReport): string {
  const plain = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(report, plain, 1)}\n`;
}

const verdict = v.picklist(['pass', 'fail', 'inconclusive', 'skipped', 'error']);
const count = v.pipe(v.number(), v.minValue(0));
const number = v.union([
  v.number(),
  v.pipe(v.picklist(['NaN', 'Infinity', '-Infinity']), v.transform(Number)),
]);

const mismatch = v.looseObject({
  arg: count,
  argName: v.string(),
  shape: v.array(count),
  index: v.array(count),
  analytic: number,
  numeric: number,
  absErr: number,
  relErr: number,
  bound: number,
  tol: number,
  ratio: number,
  mismatched: count,
  total: count,
  along: v.string(),
  ladder: v.array(v.object({ h: number, value: number, bound: number })),
  taylorSlope: v.optional(number),
  hints: v.array(v.object({ id: v.string(), text: v.string() })),
});

const check = v.looseObject({
  id: v.string(),
  sample: v.string(),
  verdict,
  message: v.optional(v.string()),
  hints: v.optional(v.array(v.string())),
  worst: v.optional(mismatch),
  flags: v.optional(v.array(v.string())),
  resolution: v.optional(number),
  replay: v.optional(v.string()),
});

const op = v.looseObject({
  name: v.string(),
  module: v.string(),
  file: v.optional(v.string()),
  line: v.optional(count),
  verdict,
  samples: count,
  dtypes: v.array(v.string()),
  checks: v.array(check),
  skipped: v.array(v.object({ what: v.string(), why: v.string() })),
  mutation: v.optional(
    v.object({
      killed: count,
      survived: count,
      equivalent: count,
      score: v.optional(count),
      survivors: v.array(v.string()),
    }),
  ),
  evals: count,
  ms: count,
});

const run = v.looseObject({
  schema: v.literal('gradcheck-run/1'),
  verdict,
  seed: v.string(),
  interrupted: v.boolean(),
  counts: v.object({
    ops: count,
    passed: count,
    failed: count,
    inconclusive: count,
    skipped: count,
  }),
  ops: v.array(op),
  unfinished: v.array(v.string()),
  mutationScore: v.optional(count),
  ms: count,
});

/**
 * Reads what {@link toJson} wrote. Nothing in it is executed.
 *
 * @param source - for messages: the file's name.
 * @throws ValueError `GRADCHECK_INVALID_REPORT`, `data.path` says where.
 */
export function fromJson(text: string, source: string): RunReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(source, String(error), '');
  }
  const result = v.safeParse(run, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw invalid(source, issue.message, v.getDotPath(issue) ?? '');
  }
  return result.output as unknown as RunReport; // check ids and flags are texts here: a newer release may know more
}

function invalid(source: string, why: string, path: string): ValueError {
  const where = path === '' ? '' : ` at ${path}`;
  return new ValueError(`gradcheck: ${source} is no report of a run${where}: ${why}`, {
    code: 'GRADCHECK_INVALID_REPORT',
    hint: 'give the JSON file that `gradcheck --format json` wrote',
    data: { source, path },
  });
}
