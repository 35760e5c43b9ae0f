import { mkdirSync, writeFileSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';

/** @typedef {import('@jest/reporters').TestResult} FileResult */
/** @typedef {import('@jest/reporters').AggregatedResult} AggregatedResult */

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);
// oxlint-disable-next-line no-control-regex -- these are what XML forbids
const unprintable = /\u001b\[[0-9;]*m|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

/**
 * Text made safe for XML: no colour codes or control characters, markup escaped.
 * @param {string} text
 * @returns {string}
 */
export const escapeXml = (text) =>
  text.replace(unprintable, '').replace(/[&<>"]/g, (c) => entities.get(c) ?? c);

/** @param {FileResult['testResults'][number]} test */
function outcome(test) {
  if (test.status === 'passed') return '';
  if (test.status !== 'failed') return '<skipped/>';
  return `<failure>${escapeXml(test.failureMessages.join('\n'))}</failure>`;
}

/** @param {FileResult['testResults'][number]} test */
function testCase(test) {
  const suite = escapeXml(test.ancestorTitles.join(' > '));
  const seconds = (test.duration ?? 0) / 1000;
  return `<testcase classname="${suite}" name="${escapeXml(test.title)}" time="${seconds}">${outcome(test)}</testcase>`;
}

/**
 * @param {FileResult} file
 * @param {string} root
 */
function testSuite(file, root) {
  const crash = file.testExecError
    ? [`<testcase name="(file)"><error>${escapeXml(file.failureMessage ?? '')}</error></testcase>`]
    : [];
  const cases = [...crash, ...file.testResults.map(testCase)].join('');
  const name = escapeXml(relative(root, file.testFilePath));
  const counts = `tests="${file.testResults.length}" failures="${file.numFailingTests}" skipped="${file.numPendingTests}"`;
  return `<testsuite name="${name}" ${counts} time="${(file.perfStats.runtime ?? 0) / 1000}">${cases}</testsuite>`;
}

/**
 * The closing line of a run. A file that could not be run at all counts as one failure.
 * @param {Pick<AggregatedResult, 'numPassedTests' | 'numFailedTests' | 'numRuntimeErrorTestSuites' | 'numPendingTests' | 'numTodoTests'>} totals
 * @returns {string}
 */
export function totalsLine(totals) {
  const failed = totals.numFailedTests + totals.numRuntimeErrorTestSuites;
  const skipped = totals.numPendingTests + totals.numTodoTests;
  return `${totals.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Writes JUnit XML and the line `N passed, N failed, N skipped` to files, and prints that line as the last of the run.
 */
export default class TotalsReporter {
  /**
   * @param {{ readonly rootDir: string }} config
   * @param {{ readonly folder: string }} options
   */
  constructor(config, options) {
    this.root = config.rootDir;
    this.folder = options.folder;
  }

  /**
   * @param {unknown} _contexts
   * @param {AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    const suites = results.testResults.map((file) => testSuite(file, this.root)).join('\n');
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>${suites}</testsuites>\n`;
    const totals = `${totalsLine(results)}\n`;
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, 'junit.xml'), xml);
    writeFileSync(join(this.folder, 'totals.txt'), totals);
    // jest prints its own summary after all reporters, so this waits until the process ends.
    process.once('exit', () => writeSync(1, totals));
  }
}
