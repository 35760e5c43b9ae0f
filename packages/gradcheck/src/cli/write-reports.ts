import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { githubAnnotations, githubSummary } from '../reports/github.ts';
import { toJson } from '../reports/json.ts';
import { junitXml } from '../reports/junit.ts';
import { tableText } from '../reports/table.ts';
import type { RunReport } from '../suite/result.ts';
import type { Format, Settings } from './config.ts';
import { UsageError } from './errors.ts';
import type { Surroundings } from './surroundings.ts';

/** Where reports go. */
export interface ReportPlan {
  readonly formats: readonly Format[];
  /** Absolute. */
  readonly output: string | undefined;
  readonly strict: boolean;
  /** What was named on the command line. */
  readonly targets: readonly string[];
}

const documents: readonly Format[] = ['json', 'junit'];

/**
 * The formats that are asked for; on GitHub Actions annotations too.
 *
 * @throws UsageError `USAGE_CONFLICT` if two texts would be printed into one another.
 */
export function reportPlan(
  settings: Settings,
  targets: readonly string[],
  around: Surroundings,
): ReportPlan {
  const isGithub = around.env['GITHUB_ACTIONS'] === 'true';
  const formats = settings.formats ?? (isGithub ? ['table', 'github'] : ['table']);
  const { output, strict = false } = settings;
  const isMixed = formats.some((format) => documents.includes(format)) && formats.length > 1;
  if (output === undefined && isMixed) {
    throw new UsageError(
      `gradcheck: the formats ${formats.join(', ')} cannot be printed together`,
      {
        code: 'USAGE_CONFLICT',
        hint: 'add --output DIR: json and junit are then written to files',
      },
    );
  }
  return { formats, output: output && resolve(around.folder, output), strict, targets };
}

/** Prints or writes each report. */
export function writeReports(report: RunReport, plan: ReportPlan, around: Surroundings): void {
  const { formats, output, strict, targets } = plan;
  if (output !== undefined) mkdirSync(output, { recursive: true });
  const document = (name: string, text: string): void => {
    if (output === undefined) around.stdout.write(text);
    else writeFileSync(join(output, name), text);
  };
  if (formats.includes('json')) document('gradcheck.json', toJson(report));
  if (formats.includes('junit')) document('gradcheck.xml', junitXml(report, { strict }));
  if (formats.includes('github')) writeGithub(report, around);
  if (formats.includes('table')) {
    around.stdout.write(`${tableText(report, { color: hasColors(around), targets })}\n`);
  }
}

function writeGithub(report: RunReport, around: Surroundings): void {
  const annotations = githubAnnotations(report);
  if (annotations !== '') around.stdout.write(`${annotations}\n`);
  const file = around.env['GITHUB_STEP_SUMMARY'];
  if (file !== undefined && file !== '') appendFileSync(file, githubSummary(report));
}

function hasColors({ stdout, env }: Surroundings): boolean {
  const isOff = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return stdout.isTTY === true && !isOff;
}
