import { failureText } from '../modern/text.ts';
import type { OpResult, RunReport, SuiteCheck } from '../suite/result.ts';
import { element, text } from './xml.ts';

/** What decides whether an inconclusive check is a failure. */
export interface JunitOptions {
  /** Default false: it counts as skipped. */
  readonly strict?: boolean | undefined;
}

/**
 * A run as JUnit XML: a suite for each op, a case for each check at each sample. Seeds, resolutions and replay tokens are
 * properties.
 */
export function junitXml(report: RunReport, { strict = false }: JunitOptions = {}): string {
  const suites = report.ops.map((op) => suiteOf(op, report, strict));
  const all = report.ops.flatMap(casesOf);
  const root = element(
    'testsuites',
    { name: 'gradcheck', ...totals(all, strict), time: seconds(report.ms) },
    suites,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

type Outcome = 'failure' | 'error' | 'skipped' | undefined;

function outcomeOf({ verdict }: SuiteCheck, strict: boolean): Outcome {
  if (verdict === 'pass') return undefined;
  if (verdict === 'fail') return 'failure';
  if (verdict === 'error') return 'error';
  return verdict === 'inconclusive' && strict ? 'failure' : 'skipped';
}

/** The checks of an op; one that says so if there are none. */
function casesOf(op: OpResult): readonly SuiteCheck[] {
  if (op.checks.length > 0) return op.checks;
  const message = op.samples === 0 ? 'uncovered: the op has no samples' : 'nothing was checked';
  return [{ id: 'samples.present', sample: 'all', verdict: 'skipped', message }];
}

function totals(
  checks: readonly SuiteCheck[],
  strict: boolean,
): Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>> {
  const count = (outcome: Outcome): number =>
    checks.filter((check) => outcomeOf(check, strict) === outcome).length;
  return {
    tests: checks.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function suiteOf(op: OpResult, report: RunReport, strict: boolean): string {
  const checks = casesOf(op);
  const properties = [
    element('property', { name: 'seed', value: report.seed }),
    ...(op.mutation === undefined
      ? []
      : [
          element('property', { name: 'mutants-killed', value: op.mutation.killed }),
          element('property', { name: 'mutants-survived', value: op.mutation.survived }),
        ]),
  ];
  return element(
    'testsuite',
    {
      name: `${op.module}.${op.name}`,
      ...totals(checks, strict),
      time: seconds(op.ms),
      file: op.file,
    },
    [element('properties', {}, properties), ...checks.map((check) => caseOf(op, check, strict))],
  );
}

function caseOf(op: OpResult, check: SuiteCheck, strict: boolean): string {
  const { id, sample, message = '', replay, resolution } = check;
  const properties = [
    ...(resolution === undefined
      ? []
      : [element('property', { name: 'resolution', value: resolution })]),
    ...(replay === undefined ? [] : [element('property', { name: 'replay', value: replay })]),
  ];
  const outcome = outcomeOf(check, strict);
  const attributes = { classname: `${op.module}.${op.name}`, name: `${id} ${sample}` };
  return element('testcase', { ...attributes, file: op.file, line: op.line }, [
    ...(properties.length === 0 ? [] : [element('properties', {}, properties)]),
    ...(outcome === undefined ? [] : [outcomeElement(outcome, op, check, message)]),
  ]);
}

function outcomeElement(
  outcome: NonNullable<Outcome>,
  op: OpResult,
  check: SuiteCheck,
  message: string,
): string {
  if (outcome === 'skipped') return element('skipped', { message: message || check.verdict });
  const told = failureText({ ...check, name: op.name }, (line) => line);
  const [head = ''] = told.split('\n');
  return element(outcome, { message: message || head, type: check.id }, [text(told)]);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
